"""Sign-in by phone against a certified provider that none of us wrote (npm oidc-provider)."""

import asyncio
import json

import aiohttp
import pytest
from joserfc.jwk import ECKey

from kiosk.errors import Failure
from kiosk.identity.levels import ACR_CARD_PHONE, ACR_PHONE
from kiosk.identity.oidc import Denied
from kiosk.identity.phone import PhoneSignIn
from kiosk.reasons import Reason


@pytest.fixture
def desk(at_provider):
    """A terminal before a provider: its line, its client and phone sign-in."""

    def open_desk(key=None, **settings):
        made = at_provider(key, **settings)
        return made.platform, made.client, PhoneSignIn(made.client)

    return open_desk


@pytest.mark.parametrize("wants_nonce", [False, True])
async def test_a_citizen_signs_in_with_a_phone_and_the_token_is_bound(desk, phone, wants_nonce):
    platform, client, sign_in = desk(wants_nonce=wants_nonce)
    code = await sign_in.begin()
    assert code.seconds <= 120
    assert code.user_code in code.address
    waiting = asyncio.create_task(sign_in.wait(code))
    await asyncio.to_thread(lambda: phone(code.address).sign_in("li-xiulan"))
    session = await waiting
    assert "token" not in repr(session)
    if wants_nonce:
        return  # what a resource wants as nonce is the resource's own
    address = client.endpoint("userinfo_endpoint")
    told = json.loads(await platform.get(address, session.authorise("GET", address)))
    assert told == {"sub": "li-xiulan"}
    async with aiohttp.ClientSession() as stranger:
        stolen = await stranger.get(address, headers={"Authorization": f"DPoP {session.token}"})
        assert stolen.status in (400, 401)
        other = client.new_proof_key().proof("GET", address, session.token)
        headers = {"Authorization": f"DPoP {session.token}", "DPoP": other}
        assert (await stranger.get(address, headers=headers)).status == 401


async def test_the_level_that_was_asked_for_comes_back(desk, phone):
    _, _, sign_in = desk(acr=ACR_PHONE)
    code = await sign_in.begin(ACR_PHONE)
    await asyncio.to_thread(lambda: phone(code.address).sign_in("li-xiulan"))
    session = await sign_in.wait(code)
    assert (session.acr, session.amr) == (ACR_PHONE, ("user", "pop"))


async def test_a_level_lower_than_asked_for_is_too_low(desk, phone):
    _, _, sign_in = desk(acr=ACR_PHONE)
    code = await sign_in.begin(ACR_CARD_PHONE)
    await asyncio.to_thread(lambda: phone(code.address).sign_in("li-xiulan"))
    with pytest.raises(Failure) as caught:
        await sign_in.wait(code)
    assert caught.value.reason is Reason.LEVEL_TOO_LOW


async def test_what_is_refused_on_the_phone_is_refused_here(desk, phone):
    _, _, sign_in = desk()
    code = await sign_in.begin()
    await asyncio.to_thread(lambda: phone(code.address).refuse())
    with pytest.raises(Denied) as caught:
        await sign_in.wait(code)
    assert (caught.value.error, caught.value.reason) == ("access_denied", Reason.SIGN_IN_REFUSED)


async def test_a_code_is_good_once(desk, phone):
    _, _, sign_in = desk()
    code = await sign_in.begin()
    await asyncio.to_thread(lambda: phone(code.address).sign_in("li-xiulan"))
    await sign_in.wait(code)
    with pytest.raises(Denied) as caught:
        await sign_in.wait(code)
    assert caught.value.error == "invalid_grant"


async def test_a_code_that_ran_out_ends_the_waiting(desk):
    _, _, sign_in = desk(seconds=3)
    code = await sign_in.begin()
    with pytest.raises(Failure) as caught:
        await sign_in.wait(code)
    assert caught.value.reason is Reason.TIMEOUT


async def test_a_terminal_with_another_key_is_nobody(desk):
    _, _, sign_in = desk(key=ECKey.generate_key("P-256"))
    with pytest.raises(Denied) as caught:
        await sign_in.begin()
    assert caught.value.error == "invalid_client"
