"""A code that a phone shows, against a certified provider (npm oidc-provider)."""

import asyncio
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from kiosk.errors import Failure
from kiosk.identity.levels import ACR_CARD_FACE, ACR_PHONE, Level
from kiosk.identity.oidc import Denied
from kiosk.identity.show import ShowSignIn
from kiosk.reasons import Reason


class Desk:
    """A terminal that waits for a phone to show something."""

    def __init__(self, terminal, phone):
        self.platform, self.client = terminal.platform, terminal.client
        self.sign_in = ShowSignIn(terminal.client)
        self._phone = phone

    async def shown(self, request):
        """What the phone shows after a yes."""
        return await asyncio.to_thread(
            lambda: self._phone(request.address).authorise("li-xiulan")
        )


@pytest.fixture
def desk(at_provider, phone):
    return lambda **settings: Desk(at_provider(**settings), phone)


def changed(shown, **changes):
    """A shown address with other parameters; None leaves one out."""
    address = urlsplit(shown)
    query = {name: values[0] for name, values in parse_qs(address.query).items()} | changes
    kept = {name: value for name, value in query.items() if value is not None}
    return address._replace(query=urlencode(kept)).geturl()


@pytest.mark.parametrize("wants_nonce", [False, True])
async def test_what_the_phone_shows_signs_in_and_the_token_is_bound(desk, wants_nonce):
    shop = desk(wants_nonce=wants_nonce)
    request = await shop.sign_in.begin()
    assert request.seconds <= 120
    assert set(parse_qs(urlsplit(request.address).query)) == {"client_id", "request_uri"}
    session = await shop.sign_in.finish(request, await shop.shown(request))
    assert (session.acr, session.level) == (ACR_PHONE, Level.SUBSTANTIAL)
    assert session.amr == ("user", "pop")
    if wants_nonce:
        return  # what a resource wants as nonce is the resource's own
    address = shop.client.endpoint("userinfo_endpoint")
    told = json.loads(await shop.platform.get(address, session.authorise("GET", address)))
    assert told["sub"] == "li-xiulan"
    stolen = {"Authorization": f"Bearer {session.token}"}
    with pytest.raises(Failure):
        await shop.platform.get(address, stolen)


async def test_a_phone_that_is_signed_in_need_not_do_so_again(desk, phone):
    shop = desk()
    first = await shop.sign_in.begin()
    holder = await asyncio.to_thread(lambda: phone(first.address))
    await shop.sign_in.finish(first, await asyncio.to_thread(holder.authorise, "li-xiulan"))
    second = await shop.sign_in.begin()
    shown = await asyncio.to_thread(holder.go, second.address)
    assert await shop.sign_in.finish(second, shown) is not None


async def test_what_is_shown_is_good_once(desk):
    shop = desk()
    request = await shop.sign_in.begin()
    shown = await shop.shown(request)
    await shop.sign_in.finish(request, shown)
    with pytest.raises(Denied) as caught:
        await shop.sign_in.finish(request, shown)
    assert caught.value.error == "invalid_grant"


async def test_the_answer_to_an_earlier_request_is_not_taken_for_one_to_this(desk):
    shop = desk()
    earlier = await shop.sign_in.begin()
    shown = await shop.shown(earlier)
    assert await shop.sign_in.finish(await shop.sign_in.begin(), shown) is None


async def test_a_code_without_its_verifier_or_its_key_is_of_no_use(desk):
    shop = desk()
    for wrong in ({"verifier": "w" * 43}, {"proof_key": shop.client.new_proof_key()}):
        request = await shop.sign_in.begin()
        shown = await shop.shown(request)
        with pytest.raises(Denied) as caught:
            await shop.sign_in.finish(replace(request, **wrong), shown)
        assert caught.value.error == "invalid_grant"


async def test_an_answer_that_names_another_issuer_or_none_is_not_believed(desk):
    shop = desk()
    request = await shop.sign_in.begin()
    shown = await shop.shown(request)
    for issuer in ("https://elsewhere.example", None):
        with pytest.raises(Failure) as caught:
            await shop.sign_in.finish(request, changed(shown, iss=issuer))
        assert caught.value.reason is Reason.PLATFORM_INVALID
    assert await shop.sign_in.finish(request, shown) is not None


async def test_no_on_the_phone_is_no_here(desk, phone):
    shop = desk()
    request = await shop.sign_in.begin()
    shown = await asyncio.to_thread(lambda: phone(request.address).decline())
    with pytest.raises(Denied) as caught:
        await shop.sign_in.finish(request, shown)
    assert (caught.value.error, caught.value.reason) == ("access_denied", Reason.SIGN_IN_REFUSED)


async def test_a_level_lower_than_asked_for_is_too_low(desk):
    shop = desk(acr=ACR_PHONE)
    request = await shop.sign_in.begin(ACR_CARD_FACE)
    with pytest.raises(Failure) as caught:
        await shop.sign_in.finish(request, await shop.shown(request))
    assert caught.value.reason is Reason.LEVEL_TOO_LOW
