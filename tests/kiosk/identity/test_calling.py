"""Calling a phone, as the sandbox's service sees it, and as the terminal asks for it."""

import pytest

from drivers.idcard.port import DocumentType, IdentityDocument
from sandbox.backchannel import Backchannel
from sandbox.identity import ACR_CARD_PHONE
from sandbox.people.registry import person
from sandbox.refused import Refused
from tests.kiosk.identity.desks import DOCUMENT, ISSUER, KEY

MESSAGE = "KTRW/T1"


@pytest.fixture
def calls(desk):
    return Backchannel(desk.service)


def call(desk, calls, document=DOCUMENT, message=MESSAGE, seconds=120):
    hint = desk.sign(desk.tokens.call(ISSUER, document))
    return calls.call("T1", hint, message, seconds)


def poll(calls, answer, terminal="T1"):
    return calls.poll(terminal, answer["auth_req_id"], False, KEY)


def test_who_was_called_says_yes_and_is_signed_in_once(desk, calls):
    answer = call(desk, calls)
    with pytest.raises(Refused, match="authorization_pending"):
        poll(calls, answer)
    desk.service.answer_newest_phone(person("li-xiulan"))
    told = desk.told(poll(calls, answer))
    assert told["acr"] == ACR_CARD_PHONE
    assert told["amr"] == ["sc", "pop", "user", "mfa"]
    with pytest.raises(Refused, match="used"):
        poll(calls, answer)


def test_the_phone_that_is_called_shows_the_terminals_message(desk, calls):
    call(desk, calls)
    (waiting,) = desk.service.phones.calls(person("li-xiulan"))
    assert waiting.message == MESSAGE
    assert not desk.service.phones.calls(person("wang-jianguo"))


def test_nobody_else_can_say_yes_to_a_call(desk, calls):
    answer = call(desk, calls)
    assert not desk.service.answer_newest_phone(person("wang-jianguo"))
    with pytest.raises(Refused, match="authorization_pending"):
        poll(calls, answer)


def test_no_on_a_phone_that_was_called_is_no(desk, calls):
    answer = call(desk, calls)
    desk.service.answer_newest_phone(None)
    with pytest.raises(Refused, match="access_denied"):
        poll(calls, answer)


def test_a_call_ends_when_the_terminal_wanted_and_never_later_than_in_two_minutes(desk, calls):
    assert call(desk, calls, seconds=600)["expires_in"] == 120
    answer = call(desk, calls, seconds=30)
    desk.now += 31
    assert not desk.service.answer_newest_phone(person("li-xiulan"))
    with pytest.raises(Refused, match="expired_token"):
        poll(calls, answer)


def test_who_asks_too_often_is_told_to_slow_down(desk, calls):
    answer = call(desk, calls)
    with pytest.raises(Refused, match="authorization_pending"):
        poll(calls, answer)
    with pytest.raises(Refused, match="slow_down"):
        poll(calls, answer)


def test_a_call_is_of_no_use_to_another_terminal_nor_to_another_grant(desk, calls):
    answer = call(desk, calls)
    desk.service.answer_newest_phone(person("li-xiulan"))
    with pytest.raises(Refused, match="no such code"):
        poll(calls, answer, terminal="T2")
    with pytest.raises(Refused, match="no such code"):
        desk.service.poll_phone("T1", answer["auth_req_id"], False, KEY)
    scanned = desk.service.begin_phone("T1")
    with pytest.raises(Refused, match="no such code"):
        calls.poll("T1", scanned["device_code"], False, KEY)


def test_nobody_is_called_who_has_no_such_document(desk, calls):
    stranger = IdentityDocument(DocumentType.CN_RESIDENT, "119900194908210510", "无名")
    with pytest.raises(Refused, match="unknown_user_id"):
        call(desk, calls, document=stranger)


def test_nobody_is_called_by_a_hint_without_a_checked_chip(desk, calls):
    claims = desk.tokens.call(ISSUER, DOCUMENT)
    claims["verified_claims"]["verification"]["evidence"][0]["check_details"] = []
    with pytest.raises(Refused, match="chip was not checked"):
        calls.call("T1", desk.sign(claims), MESSAGE)


def test_a_hint_is_good_once_and_for_the_terminal_that_signed_it(desk, calls):
    hint = desk.sign(desk.tokens.call(ISSUER, DOCUMENT))
    with pytest.raises(Refused, match="another terminal"):
        calls.call("T2", hint, MESSAGE)
    hint = desk.sign(desk.tokens.call(ISSUER, DOCUMENT))
    calls.call("T1", hint, MESSAGE)
    with pytest.raises(Refused, match="used before"):
        calls.call("T1", hint, MESSAGE)


@pytest.mark.parametrize("message", ["", "x" * 41, "two\nlines"])
def test_a_message_that_a_phone_cannot_show_is_refused(desk, calls, message):
    with pytest.raises(Refused, match="invalid_binding_message"):
        call(desk, calls, message=message)
