"""What the platform publishes: files by their digest, with ranges, under a manifest that grows."""

from hashlib import sha256

import aiohttp
import cbor2
import pytest
from yarl import URL

from sandbox.publishing import COLLECTION, DATA, FILES, NUMBER
from sandbox.server import create_app
from sandbox.serving import Served

SENIOR = (DATA / "guides" / "senior.toml").read_bytes()
PLACE = f"/published/guides/files/{sha256(SENIOR).hexdigest()}"


@pytest.fixture
async def ask(tmp_path):
    """Asks the platform's server: status, headers and body of the answer."""
    served = Served()
    address = await served.open()
    await served.serve(create_app(address, tmp_path))
    async with aiohttp.ClientSession() as session:

        async def one(path, headers=None, order=None):
            method = "GET" if order is None else "POST"
            url = URL(address + path, encoded=True)
            async with session.request(method, url, headers=headers, json=order) as answer:
                return answer.status, answer.headers, await answer.read()

        yield one
    await served.stop()


async def manifest(ask, collection="guides"):
    _, _, content = await ask(f"/published/{collection}/manifest?terminal=T1")
    return cbor2.loads(cbor2.loads(content).value[2])


async def test_a_manifest_names_every_file_with_its_size_and_digest(ask):
    said = await manifest(ask)
    named = {one[1]: (one[2], one[3]) for one in said[FILES]}
    assert said[COLLECTION] == "guides"
    assert len(named) == 16
    assert named["senior.toml"] == (len(SENIOR), sha256(SENIOR).digest())
    assert (await manifest(ask, "configuration"))[FILES] == []


async def test_a_change_is_a_new_number_and_another_file(ask):
    before = await manifest(ask)
    order = {"files": {"senior.toml": "x = 1", "marriage.toml": None}}
    assert (await ask("/sandbox/published/guides", order=order))[0] == 200
    after = await manifest(ask)
    assert after[NUMBER] > before[NUMBER]
    assert len(after[FILES]) == 15
    assert (await ask(PLACE))[0] == 404


async def test_a_file_is_gone_on_with_only_where_it_is_still_the_same(ask):
    _, headers, content = await ask(PLACE)
    assert content == SENIOR
    ranged = {"Range": "bytes=10-"}
    status, told, rest = await ask(PLACE, {**ranged, "If-Range": headers["ETag"]})
    assert (status, rest) == (206, SENIOR[10:])
    assert told["Content-Range"] == f"bytes 10-{len(SENIOR) - 1}/{len(SENIOR)}"
    status, _, whole = await ask(PLACE, {**ranged, "If-Range": '"other"'})
    assert (status, whole) == (200, SENIOR)


@pytest.mark.parametrize("path", [
    "/published/secrets/manifest?terminal=T1", "/published/secrets/files/x",
    "/published/guides/files/..%2f..%2fkeys%2froot.key", PLACE.replace("guides", "prompts"),
])
async def test_nothing_else_is_given_out(ask, path):
    assert (await ask(path))[0] == 404


async def test_a_collection_that_is_not_there_is_not_changed(ask):
    assert (await ask("/sandbox/published/secrets", order={"files": {}}))[0] == 404
