"""A server of files, and a client of it."""

import aiohttp
import pytest

from tests.offline.sync.servers import Client, FileServer


@pytest.fixture
async def server():
    made = FileServer()
    made.address = await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def http(server):
    async with aiohttp.ClientSession() as session:
        yield Client(server.address, session)
