"""What a platform must say before a phone is waited for."""

import json

import pytest

from kiosk.errors import Failure
from kiosk.identity.call import PhoneCall
from kiosk.identity.levels import ACR_CARD_PHONE, ACR_PHONE
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.polling import Poller
from kiosk.platform import Reply
from kiosk.reasons import Reason
from tests.kiosk.identity.desks import DOCUMENT
from tests.kiosk.identity.stubs import DISCOVERY, ISSUER, NOW, Provider, client_of

PHONES = DISCOVERY | {
    "device_authorization_endpoint": f"{ISSUER}/device",
    "backchannel_authentication_endpoint": f"{ISSUER}/backchannel",
    "token_endpoint": f"{ISSUER}/token",
}
CODES = {
    "device_code": "handle", "user_code": "BCDF", "verification_uri": f"{ISSUER}/phone",
    "expires_in": 60,
}
CALL = {"auth_req_id": "handle", "expires_in": 60, "interval": 2}


class Platform(Provider):
    """A platform that gives one answer, and what it was asked."""

    def __init__(self, answer, **told):
        super().__init__(PHONES)
        self.form = {}
        self._answer = answer
        self._told = told

    async def exchange(self, url, form, headers):
        self.form = dict(form)
        if url.endswith("/token"):
            return Reply(200, {}, json.dumps(self.answer(**self._told)).encode())
        return Reply(200, {}, json.dumps(self._answer).encode())


async def call(platform):
    letters = iter("KTRW")
    return await PhoneCall(await client_of(platform), lambda _: next(letters)).begin(DOCUMENT)


async def test_a_code_is_asked_for_by_level_and_freshness():
    platform = Platform(CODES)
    code = await PhoneSignIn(await client_of(platform)).begin(ACR_PHONE)
    assert (code.address, code.interval, code.called) == (f"{ISSUER}/phone", 5, False)
    assert (platform.form["acr_values"], platform.form["max_age"]) == (ACR_PHONE, "600")
    assert code.acr == ACR_PHONE


async def test_a_call_says_whose_phone_by_evidence_and_what_both_screens_show():
    platform = Platform(CALL)
    code = await call(platform)
    assert (code.user_code, code.called, code.interval) == ("KTRW", True, 2)
    assert platform.form["binding_message"] == "KTRW/T1"
    assert (platform.form["acr_values"], platform.form["requested_expiry"]) == (
        ACR_CARD_PHONE, "120"
    )
    assert platform.form["login_hint_token"].count(".") == 2
    assert DOCUMENT.number not in platform.form.values()


async def at_once(_):
    """Waiting that takes no time."""


async def test_a_phone_that_scans_must_have_signed_in_lately_and_one_that_is_called_does_so_now():
    long_ago = {"auth_time": NOW - 3600, "acr": ACR_CARD_PHONE}
    scanned, called = Platform(CODES, **long_ago), Platform(CALL, **long_ago)
    sign_in = PhoneSignIn(await client_of(scanned), Poller(lambda: 0.0, at_once))
    with pytest.raises(Failure) as caught:
        await sign_in.wait(await sign_in.begin(ACR_PHONE))
    assert caught.value.reason is Reason.PLATFORM_INVALID
    code = await call(called)
    waiting = PhoneSignIn(await client_of(called), Poller(lambda: 0.0, at_once))
    assert (await waiting.wait(code)).acr == ACR_CARD_PHONE
    assert called.form == called.form | {
        "grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": "handle"
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"device_code": None}, {"user_code": None}, {"expires_in": "soon"}, {"interval": []},
        {"verification_uri": None}, {"verification_uri": ""},
    ],
)
async def test_an_answer_without_a_code_for_a_phone_is_not_understood(changes):
    answer = {name: one for name, one in (CODES | changes).items() if one is not None}
    sign_in = PhoneSignIn(await client_of(Platform(answer)))
    with pytest.raises(Failure) as caught:
        await sign_in.begin()
    assert caught.value.reason is Reason.PLATFORM_INVALID


@pytest.mark.parametrize("changes", [{"auth_req_id": None}, {"expires_in": None}])
async def test_an_answer_without_a_call_is_not_understood(changes):
    answer = {name: one for name, one in (CALL | changes).items() if one is not None}
    with pytest.raises(Failure) as caught:
        await call(Platform(answer))
    assert caught.value.reason is Reason.PLATFORM_INVALID
