"""What a terminal takes for the answer to its request when a phone shows something."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import Failure
from kiosk.identity.dpop import s256
from kiosk.identity.oidc import Denied
from kiosk.identity.show import ShowSignIn
from kiosk.platform import Reply
from kiosk.reasons import Reason
from tests.kiosk.identity.stubs import DISCOVERY, ISSUER, NOW, Provider, client_of

SHOWS = DISCOVERY | {
    "pushed_authorization_request_endpoint": f"{ISSUER}/par",
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
}
PUSHED = {"request_uri": "urn:x:1", "expires_in": 90}


class Platform(Provider):
    """A platform that takes pushed requests and exchanges codes, and what it was asked."""

    def __init__(self, discovery=SHOWS, pushed=PUSHED, **told):
        super().__init__(discovery)
        self.forms = []
        self._pushed = pushed
        self._told = told

    async def exchange(self, url, form, headers):
        self.forms.append(dict(form))
        if url.endswith("/par"):
            return Reply(201, {}, json.dumps(self._pushed).encode())
        answer = self.answer(**{"nonce": self.forms[0]["nonce"]} | self._told)
        return Reply(200, {}, json.dumps(answer).encode())


async def begin(platform):
    numbers = iter("abc")
    sign_in = ShowSignIn(await client_of(platform), lambda: next(numbers) * 43)
    return sign_in, await sign_in.begin()


def shown(request, page=f"{ISSUER}/show", **changes):
    answer = {"code": "code-1", "state": request.state, "iss": ISSUER} | changes
    kept = {name: value for name, value in answer.items() if value is not None}
    return f"{page}?{urlencode(kept)}"


async def test_the_request_is_pushed_and_the_phone_gets_no_more_than_its_name():
    platform = Platform()
    sign_in, request = await begin(platform)
    assert request.address == f"{ISSUER}/authorize?client_id=T1&request_uri=urn%3Ax%3A1"
    assert request.seconds == 90
    pushed = platform.forms[0]
    assert (pushed["code_challenge"], pushed["code_challenge_method"]) == (
        s256(request.verifier), "S256"
    )
    assert request.verifier not in pushed.values()
    assert await sign_in.finish(request, f" {shown(request)}\n") is not None
    told = platform.forms[1]
    assert (told["code"], told["code_verifier"]) == ("code-1", request.verifier)
    assert told["redirect_uri"] == pushed["redirect_uri"] == f"{ISSUER}/show"


async def test_the_page_that_draws_the_answer_is_where_discovery_says():
    page = "https://elsewhere.example/drawn"
    platform = Platform(SHOWS | {"show_endpoint": page})
    sign_in, request = await begin(platform)
    assert platform.forms[0]["redirect_uri"] == page
    assert await sign_in.finish(request, shown(request)) is None
    assert await sign_in.finish(request, shown(request, page)) is not None


@pytest.mark.parametrize("changes", [{"state": "other"}, {"state": None}, {"code": None}])
async def test_what_answers_another_request_or_nothing_is_no_answer(changes):
    platform = Platform()
    sign_in, request = await begin(platform)
    assert await sign_in.finish(request, shown(request, **changes)) is None
    assert len(platform.forms) == 1


async def test_an_issuer_is_checked_where_it_is_named_or_promised():
    sign_in, request = await begin(Platform())
    assert await sign_in.finish(request, shown(request, iss=None)) is not None
    promised = SHOWS | {"authorization_response_iss_parameter_supported": True}
    for discovery, issuer in ((SHOWS, "https://elsewhere.example"), (promised, None)):
        sign_in, request = await begin(Platform(discovery))
        with pytest.raises(Failure) as caught:
            await sign_in.finish(request, shown(request, iss=issuer))
        assert caught.value.reason is Reason.PLATFORM_INVALID


async def test_a_parameter_that_is_there_twice_makes_no_answer():
    sign_in, request = await begin(Platform())
    assert await sign_in.finish(request, f"{shown(request)}&code=code-2") is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"nonce": "another"}, Reason.PLATFORM_INVALID),
        ({"auth_time": NOW - 3600}, Reason.PLATFORM_INVALID),
        ({"acr": "urn:elsewhere:low"}, Reason.LEVEL_TOO_LOW),
    ],
)
async def test_tokens_of_another_request_of_long_ago_or_of_a_low_level_are_refused(told, reason):
    sign_in, request = await begin(Platform(**told))
    with pytest.raises(Failure) as caught:
        await sign_in.finish(request, shown(request))
    assert caught.value.reason is reason


async def test_a_refusal_that_is_shown_is_a_refusal():
    sign_in, request = await begin(Platform())
    with pytest.raises(Denied) as caught:
        await sign_in.finish(request, shown(request, code=None, error="access_denied"))
    assert caught.value.error == "access_denied"


@pytest.mark.parametrize(
    "pushed", [{}, {"request_uri": "urn:x:1"}, {"request_uri": "urn:x:1", "expires_in": "soon"}]
)
async def test_a_platform_that_names_no_request_is_not_understood(pushed):
    with pytest.raises(Failure) as caught:
        await begin(Platform(pushed=pushed))
    assert caught.value.reason is Reason.PLATFORM_INVALID


@given(text=st.text() | st.text().map(lambda query: f"{ISSUER}/show?{query}"))
async def test_no_other_text_is_taken_for_an_answer(text):
    platform = Platform()
    sign_in, request = await begin(platform)
    assert await sign_in.finish(request, text) is None
    assert len(platform.forms) == 1
