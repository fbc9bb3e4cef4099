"""The platform's server: its page, its documents, its line."""

import asyncio
import subprocess
import sys

import cbor2
import pytest
import requests

from sandbox.directory import REGIONS
from sandbox.library.regions import home, other_regions
from sandbox.line import Line
from sandbox.people.registry import people
from sandbox.serving import free_port
from tests.conftest import ROOT, run_module


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--port", str(port),
         "--state", str(tmp_path_factory.mktemp("state"))],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )
    process.stdout.readline()
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            requests.get(f"{address}/health", timeout=1)
            break
        except requests.ConnectionError:
            asyncio.run(asyncio.sleep(0.05))
    yield address
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


def test_the_api_page_needs_nothing_from_outside(platform):
    page = requests.get(f"{platform}/docs", timeout=5).text
    assert "swagger-ui-bundle.js" in page
    assert "https://" not in page
    script = requests.get(f"{platform}/swagger/swagger-ui-bundle.js", timeout=5)
    assert script.status_code == 200


def test_the_openapi_document_names_every_operation(platform):
    paths = requests.get(f"{platform}/openapi.json", timeout=5).json()["paths"]
    assert {
        "/.well-known/openid-configuration", "/identity/jwks", "/identity/token",
        "/identity/revoke", "/identity/face-reference", "/library/certificates",
        "/library/certificates/{identifier}/file", "/library/directory",
    } <= set(paths)


def test_the_directory_leads_to_every_region_and_each_wants_a_token(platform):
    signed = cbor2.loads(requests.get(f"{platform}/library/directory", timeout=5).content)
    regions = {one[1]: one[4] for one in cbor2.loads(signed.value[2])[REGIONS]}
    assert regions.keys() == {home().code, *other_regions()}
    assert regions[home().code] == f"{platform}/library"
    for address in regions.values():
        answer = requests.get(f"{address}/certificates", timeout=5)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_regions_hold_certificates_of_residents_with_their_own_area():
    for code, region in other_regions().items():
        assert {one.department.area for one in region.types.values()} == {code}
        held = {one.type for all_of in region.holdings.values() for one in all_of}
        assert held == set(region.types)
        assert set(region.holdings) <= set(people())


def test_discovery_names_this_issuer_and_keys_without_their_secret(platform):
    told = requests.get(f"{platform}/.well-known/openid-configuration", timeout=5).json()
    assert told["issuer"] == platform
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    keys = requests.get(told["jwks_uri"], timeout=5).json()["keys"]
    assert all("d" not in key for key in keys)


def test_nobody_gets_anything_without_a_token(platform):
    for path in ("/library/certificates", "/library/certificates/x/file"):
        answer = requests.get(platform + path, timeout=5)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_an_unknown_fault_is_refused_with_the_known_ones(platform):
    answer = requests.post(f"{platform}/sandbox/faults", json={"name": "x"}, timeout=5)
    assert answer.status_code == 422
    assert "error_500" in answer.json()["detail"]


async def test_a_cut_line_ends_connections_and_a_mended_one_carries_them():
    async def echo(reader, writer):
        writer.write(await reader.read(10))
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    line = Line("127.0.0.1", server.sockets[0].getsockname()[1])
    port = await line.serve()

    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(b"hello")
            return await asyncio.wait_for(reader.read(10), 2)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    assert await ask() == b"hello"
    line.cut()
    assert await ask() == b""
    line.mend()
    assert await ask() == b"hello"
    line.close()
    server.close()
    await asyncio.sleep(0.05)


def test_the_command_line_lists_people_and_draws_one(tmp_path):
    assert "li-xiulan" in run_module("sandbox", "people").stdout
    out = tmp_path / "face.png"
    assert run_module("sandbox", "portrait", "li-xiulan", "--out", str(out)).returncode == 0
    assert out.exists()
    done = run_module("sandbox", "portrait", "nobody", "--out", str(out))
    assert done.returncode == 2
    assert "nobody is called 'nobody'" in done.stderr
