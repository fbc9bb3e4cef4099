"""Mutual TLS (RFC 8705) against a certified provider (npm oidc-provider)."""

import asyncio
import json
import ssl

import aiohttp
import pytest
from joserfc.jwk import ECKey

from kiosk.errors import Failure
from kiosk.identity.call import PhoneCall
from kiosk.identity.levels import ACR_CARD_PHONE
from kiosk.identity.oidc import Denied
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.show import ShowSignIn
from kiosk.reasons import Reason
from kiosk.tls import open_tls
from tests.kiosk.authority import Authority
from tests.kiosk.identity.conftest import TERMINAL
from tests.kiosk.identity.desks import DOCUMENT


def key_pem() -> bytes:
    return ECKey.generate_key("P-256").as_pem(private=True)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ours")


@pytest.fixture
def at_tls_provider(at_provider, authority):
    """A terminal before a provider that wants a certificate; `own`: what it shows."""

    def open_terminal(own, **settings):
        return at_provider(tls=open_tls(authority.roots, own), authority=authority, **settings)

    return open_terminal


async def signed_in(terminal, phone, authority):
    """A session by a code that a phone showed."""
    sign_in = ShowSignIn(terminal.client)
    request = await sign_in.begin()
    shown = await asyncio.to_thread(
        lambda: phone(request.address, authority.roots).authorise("li-xiulan")
    )
    return await sign_in.finish(request, shown)


async def test_a_token_is_bound_to_the_terminals_certificate(at_tls_provider, authority, phone):
    terminal = at_tls_provider(authority.client(TERMINAL, key_pem()))
    session = await signed_in(terminal, phone, authority)
    assert session.proof_key is None
    address = terminal.client.endpoint("userinfo_endpoint")
    assert not address.startswith(terminal.provider.address)
    headers = session.authorise("GET", address)
    assert headers == {"Authorization": f"Bearer {session.token}"}
    assert json.loads(await terminal.platform.get(address, headers))["sub"] == "li-xiulan"
    for own in (None, authority.client(TERMINAL, key_pem(), label="thief")):
        thief = ssl.create_default_context(cafile=str(authority.roots))
        if own:
            thief.load_cert_chain(*own)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=thief)) as stranger:
            assert (await stranger.get(address, headers=headers)).status == 401


async def test_a_phone_can_be_called_by_a_terminal_with_a_certificate(at_tls_provider, authority):
    terminal = at_tls_provider(authority.client(TERMINAL, key_pem()), acr=ACR_CARD_PHONE)
    code = await PhoneCall(terminal.client).begin(DOCUMENT)
    told = await asyncio.to_thread(terminal.provider.called)
    await asyncio.to_thread(terminal.provider.answer, told, yes=True)
    session = await PhoneSignIn(terminal.client).wait(code)
    assert (session.acr, session.proof_key) == (ACR_CARD_PHONE, None)


async def test_a_terminal_without_a_certificate_is_nobody(at_tls_provider):
    with pytest.raises(Denied) as caught:
        await ShowSignIn(at_tls_provider(None).client).begin()
    assert caught.value.error == "invalid_client"


async def test_another_terminals_certificate_is_refused(at_tls_provider, authority):
    terminal = at_tls_provider(authority.client("TB-0002", key_pem()))
    with pytest.raises(Denied) as caught:
        await ShowSignIn(terminal.client).begin()
    assert caught.value.error == "invalid_client"


async def test_a_certificate_of_another_authority_is_refused(at_tls_provider, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    own = Authority(folder, "others").client(TERMINAL, key_pem())
    with pytest.raises(Denied) as caught:
        await ShowSignIn(at_tls_provider(own).client).begin()
    assert caught.value.error == "invalid_client"


async def test_a_provider_of_another_authority_is_not_spoken_to(at_provider, authority, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    tls = open_tls(Authority(folder, "others").roots, None)
    terminal = at_provider(tls=tls, authority=authority)
    with pytest.raises(Failure) as caught:
        await terminal.client.discover()
    assert caught.value.reason is Reason.NETWORK


async def test_a_provider_that_knows_no_certificates_is_asked_by_key(
    at_provider, authority, phone
):
    own = authority.client(TERMINAL, key_pem())
    terminal = at_provider(tls=open_tls(authority.roots, own))
    session = await signed_in(terminal, phone, authority)
    assert session.proof_key is not None
