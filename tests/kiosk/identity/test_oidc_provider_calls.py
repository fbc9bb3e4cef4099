"""Calling a phone against a certified provider that none of us wrote (npm oidc-provider)."""

import asyncio
import time
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from kiosk.errors import Failure
from kiosk.identity.call import PhoneCall
from kiosk.identity.levels import ACR_CARD_PHONE, ACR_PHONE, Level
from kiosk.identity.oidc import Denied
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.polling import Poller
from kiosk.reasons import Reason
from tests.kiosk.identity.conftest import TERMINAL
from tests.kiosk.identity.desks import DOCUMENT

QUICKER = 20


async def quick_sleep(seconds):
    """The provider names no interval, so it is five seconds, in which nothing happens."""
    await asyncio.sleep(seconds / QUICKER)


class Desk:
    """A terminal that calls, and waits by a quicker clock."""

    def __init__(self, terminal):
        self.provider = terminal.provider
        self.call = PhoneCall(terminal.client)
        poller = Poller(lambda: time.monotonic() * QUICKER, quick_sleep)
        self.phone = PhoneSignIn(terminal.client, poller)

    async def answer(self, *, yes):
        told = await asyncio.to_thread(self.provider.called)
        await asyncio.to_thread(self.provider.answer, told, yes=yes)
        return told


@pytest.fixture
def desk(at_provider):
    return lambda key=None, **settings: Desk(at_provider(key, **settings))


@pytest.mark.parametrize("wants_nonce", [False, True])
async def test_the_phone_that_was_called_says_yes(desk, wants_nonce):
    called = desk(acr=ACR_CARD_PHONE, wants_nonce=wants_nonce)
    code = await called.call.begin(DOCUMENT)
    assert (code.called, code.interval) == (True, 5)
    assert code.seconds <= 120
    waiting = asyncio.create_task(called.phone.wait(code))
    told = await asyncio.to_thread(called.provider.called)
    await asyncio.sleep(0.6)
    assert not waiting.done()
    await asyncio.to_thread(called.provider.answer, told, yes=True)
    session = await waiting
    assert session.level is Level.HIGH
    assert session.subject == DOCUMENT.number
    assert told["message"] == f"{code.user_code}/{TERMINAL}"
    assert told["acr"] == ACR_CARD_PHONE


async def test_a_call_that_was_refused_is_refused_here(desk):
    called = desk()
    code = await called.call.begin(DOCUMENT)
    await called.answer(yes=False)
    with pytest.raises(Denied) as caught:
        await called.phone.wait(code)
    assert (caught.value.error, caught.value.reason) == ("access_denied", Reason.SIGN_IN_REFUSED)


async def test_a_call_is_good_once(desk):
    called = desk(acr=ACR_CARD_PHONE)
    code = await called.call.begin(DOCUMENT)
    await called.answer(yes=True)
    await called.phone.wait(code)
    with pytest.raises(Denied) as caught:
        await called.phone.wait(code)
    assert caught.value.error == "invalid_grant"


async def test_a_call_that_ran_out_ends_the_waiting_by_the_providers_word(desk):
    called = desk(seconds=1)
    code = await called.call.begin(DOCUMENT)
    await asyncio.sleep(1.2)
    with pytest.raises(Failure) as caught:
        await called.phone.wait(replace(code, seconds=100))
    assert caught.value.reason is Reason.TIMEOUT


async def test_a_level_lower_than_asked_for_is_too_low(desk):
    called = desk(acr=ACR_PHONE)
    code = await called.call.begin(DOCUMENT)
    await called.answer(yes=True)
    with pytest.raises(Failure) as caught:
        await called.phone.wait(code)
    assert caught.value.reason is Reason.LEVEL_TOO_LOW


async def test_who_has_no_phone_is_not_signed_in(desk):
    with pytest.raises(Denied) as caught:
        await desk(nobody=DOCUMENT.number).call.begin(DOCUMENT)
    assert caught.value.error == "unknown_user_id"


async def test_a_hint_of_another_key_calls_nobody(desk):
    with pytest.raises(Denied) as caught:
        await desk(key=ECKey.generate_key("P-256")).call.begin(DOCUMENT)
    assert caught.value.error == "invalid_client"
