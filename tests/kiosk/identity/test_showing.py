"""A sign-in whose answer the phone shows, as the sandbox's service sees it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.authorize import ShowDesk
from sandbox.digests import s256
from sandbox.identity import ACR_PHONE
from sandbox.people.registry import person
from sandbox.refused import Refused
from tests.kiosk.identity.desks import ISSUER, KEY

VERIFIER = "v" * 43
SHOW = f"{ISSUER}/show"
FORM = {
    "response_type": "code", "client_id": "T1", "redirect_uri": SHOW, "scope": "openid",
    "state": "state-1", "nonce": "nonce-1", "code_challenge": s256(VERIFIER),
    "code_challenge_method": "S256", "dpop_jkt": KEY,
}


@pytest.fixture
def shows(desk):
    return ShowDesk(desk.service, lambda: desk.now)


def push(shows, **changes):
    return shows.push("T1", FORM | changes)["request_uri"]


def confirm(shows, request, who="li-xiulan", wanted=""):
    """What the phone shows after a yes: the parameters of the answer."""
    address = urlsplit(shows.answer(request, "T1", person(who) if who else None, wanted))
    assert f"{address.scheme}://{address.netloc}{address.path}" == SHOW
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def exchange(shows, code, terminal="T1", redirect_uri=SHOW, verifier=VERIFIER, key=KEY):
    return shows.exchange(terminal, code, redirect_uri, verifier, False, key)


def test_a_code_that_the_phone_showed_signs_in_once(desk, shows):
    shown = confirm(shows, push(shows), wanted="identifier-1")
    assert (shown["state"], shown["iss"]) == ("state-1", ISSUER)
    answer = exchange(shows, shown["code"])
    told = desk.told(answer)
    assert (told["acr"], told["nonce"], told["wanted"]) == (ACR_PHONE, "nonce-1", "identifier-1")
    with pytest.raises(Refused, match="used"):
        exchange(shows, shown["code"])


def test_a_code_that_comes_twice_ends_what_came_of_it(desk, shows):
    shown = confirm(shows, push(shows))
    token = exchange(shows, shown["code"])["access_token"]
    with pytest.raises(Refused, match="used"):
        exchange(shows, shown["code"])
    with pytest.raises(Refused, match="unknown"):
        desk.service.grant(token, "", "GET", ISSUER)


def test_nothing_is_said_to_be_wanted_where_nothing_was_chosen(desk, shows):
    assert "wanted" not in desk.told(exchange(shows, confirm(shows, push(shows))["code"]))


def test_no_on_the_phone_is_an_answer_without_a_code(shows):
    shown = confirm(shows, push(shows), who=None)
    assert shown["error"] == "access_denied"
    assert "code" not in shown


def test_a_request_can_be_answered_once_and_while_it_lives(desk, shows):
    request = push(shows)
    confirm(shows, request)
    assert shows.answer(request, "T1", person("li-xiulan")) is None
    request = push(shows)
    desk.now += 121
    assert shows.find(request, "T1") is None
    assert shows.answer(request, "T1", person("li-xiulan")) is None


def test_a_new_request_puts_the_old_one_out_of_use(shows):
    old, new = push(shows), push(shows)
    assert shows.find(old, "T1") is None
    assert shows.newest() == (new, "T1")


def test_a_request_is_not_another_terminals(shows):
    assert shows.find(push(shows), "T2") is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verifier": "w" * 43}, "verifier"),
        ({"terminal": "T2"}, "another terminal"),
        ({"redirect_uri": f"{ISSUER}/elsewhere"}, "another page"),
        ({"key": "another"}, "another key"),
    ],
)
def test_a_code_is_of_no_use_but_to_who_pushed_the_request(shows, changes, why):
    code = confirm(shows, push(shows))["code"]
    with pytest.raises(Refused, match=why):
        exchange(shows, code, **changes)
    with pytest.raises(Refused, match="used"):
        exchange(shows, code)


def test_a_code_runs_out_within_two_minutes(desk, shows):
    code = confirm(shows, push(shows))["code"]
    desk.now += 120
    with pytest.raises(Refused, match="run out"):
        exchange(shows, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "token"}, {"client_id": "T2"}, {"redirect_uri": "https://elsewhere"},
        {"scope": "certificates"}, {"state": ""}, {"code_challenge_method": "plain"},
        {"code_challenge": "short"}, {"request_uri": "urn:x"},
    ],
)
def test_a_request_that_is_not_right_is_refused_by_the_fields_name(shows, changes):
    with pytest.raises(Refused, match=f"invalid_request: {next(iter(changes))} "):
        push(shows, **changes)
