"""Packages come over a slow line as well, whole or not at all."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from kiosk.errors import Failure
from kiosk.packages import http
from kiosk.packages.http import HttpPackages
from kiosk.platform import Platform
from kiosk.reasons import Reason

PACKAGE = "01" * 16
SECONDS = 1.0
"""The line's deadline."""
PIECES, PAUSE = 12, 0.15
"""Together longer than the deadline, each of them shorter."""


def authorise(url, body):
    return {"Authorization": "Bearer of the terminal"}


@asynccontextmanager
async def packages(answer):
    """Packages of a platform that answers each request by `answer(writer)`."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    platform = Platform(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", SECONDS)
    async with server:
        yield HttpPackages(platform, authorise)
        await platform.close()


def head(status="200 OK", length=PIECES):
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n".encode()


async def test_a_package_may_take_longer_than_the_deadline_while_something_comes():
    async def slowly(writer):
        writer.write(head())
        for number in range(PIECES):
            writer.write(bytes([number]))
            await writer.drain()
            await asyncio.sleep(PAUSE)

    async with packages(slowly) as source:
        assert await source.fetch(PACKAGE) == bytes(range(PIECES))


async def test_a_line_that_falls_silent_or_breaks_gives_nothing():
    async def silent(writer):
        writer.write(head() + b"some")
        await writer.drain()
        await asyncio.sleep(3 * SECONDS)

    async def broken(writer):
        writer.write(head() + b"some")

    for answer, reason in ((silent, Reason.PLATFORM_TIMEOUT), (broken, Reason.PLATFORM_INVALID)):
        async with packages(answer) as source:
            with pytest.raises(Failure) as caught:
                await source.fetch(PACKAGE)
        assert caught.value.reason is reason


async def test_a_package_that_the_platform_has_not_is_none():
    async def refuse(writer):
        writer.write(head("404 Not Found", 0))

    async with packages(refuse) as source:
        with pytest.raises(Failure) as caught:
            await source.fetch(PACKAGE)
    assert caught.value.reason is Reason.CERTIFICATE_NOT_FOUND


async def test_a_package_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(http, "LARGEST", 4)

    async def much(writer):
        writer.write(head() + bytes(PIECES))

    async with packages(much) as source:
        with pytest.raises(Failure, match="too large"):
            await source.fetch(PACKAGE)
