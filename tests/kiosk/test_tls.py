"""Whom a terminal believes by TLS, and what it shows of itself."""

import asyncio
import ssl

import pytest
from joserfc.jwk import ECKey

from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.platform import Platform
from kiosk.reasons import Reason
from kiosk.tls import open_tls
from tests.kiosk.authority import Authority

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"


def key_pem() -> bytes:
    return ECKey.generate_key("P-256").as_pem(private=True)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ours")


@pytest.fixture
async def server(authority):
    """A server that answers whether it was shown a certificate of our authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.server())
    context.load_verify_locations(authority.roots)
    context.verify_mode = ssl.CERT_OPTIONAL

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        shown = writer.get_extra_info("peercert")
        writer.write(ANSWER + (b"yo" if shown else b"no"))
        await writer.drain()
        writer.close()

    started = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield f"https://127.0.0.1:{started.sockets[0].getsockname()[1]}"
    started.close()
    await started.wait_closed()


async def get(address, tls=None):
    platform = Platform(address, 5.0, tls)
    try:
        return await platform.get(address)
    finally:
        await platform.close()


async def test_a_platform_of_the_configured_authorities_is_believed(server, authority):
    assert await get(server, open_tls(authority.roots, None)) == b"no"
    assert await get(server, open_tls(authority.roots.parent, None)) == b"no"


async def test_a_platform_of_another_authority_is_not(server, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    with pytest.raises(Failure) as caught:
        await get(server, open_tls(Authority(folder, "others").roots, None))
    assert caught.value.reason is Reason.NETWORK


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
async def test_the_environment_does_not_choose_whom_a_terminal_believes(
    server, authority, monkeypatch, variable
):
    monkeypatch.setenv(variable, str(authority.roots))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.roots.parent))
    with pytest.raises(Failure):
        await get(server)


async def test_a_terminal_with_a_certificate_shows_it(server, authority):
    own = authority.client("T1", key_pem())
    tls = open_tls(authority.roots, own)
    assert await get(server, tls) == b"yo"
    assert len(tls.thumbprint) == 43


def test_a_certificate_of_another_key_is_told_by_the_fields_name(authority, tmp_path):
    certificate, _ = authority.client("T1", key_pem())
    other = tmp_path / "other.key"
    other.write_bytes(key_pem())
    with pytest.raises(BadConfiguration, match=r"terminal\.certificate .*terminal\.crt"):
        open_tls(None, (certificate, other))


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_what_is_no_certificate_is_told_by_the_fields_name(authority, tmp_path, content):
    _, key = authority.client("T1", key_pem())
    wrong = tmp_path / "wrong.crt"
    if content is not None:
        wrong.write_bytes(content)
    with pytest.raises(BadConfiguration, match=r"terminal\.certificate"):
        open_tls(None, (wrong, key))
    with pytest.raises(BadConfiguration, match=r"platform\.tls_roots"):
        open_tls(wrong, None)


def test_a_folder_without_authorities_is_told_by_the_fields_name(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(BadConfiguration, match=r"platform\.tls_roots .*no \.crt or \.pem"):
        open_tls(folder, None)
