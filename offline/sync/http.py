"""The little of HTTP that syncing asks for; whoever puts a terminal together passes it in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from offline.sync.failures import SyncFailure, SyncReason


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of any status, whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    pieces: AsyncIterator[bytes]
    """The body. Raises SyncFailure (NO_LINE) where it ends too early."""


class Http(Protocol):
    """Gets what is at a path of the platform."""

    def get(
        self, path: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Response]:
        """Ask; the answer, for as long as the context lasts. Raises SyncFailure (NO_LINE)."""


async def fetch(http: Http, path: str, largest: int) -> bytes:
    """A small body of a 200 answer. Raises SyncFailure."""
    async with http.get(path, {}) as response:
        if response.status != 200:
            raise SyncFailure(SyncReason.BAD_ANSWER, f"HTTP {response.status}")
        body = b""
        async for piece in response.pieces:
            body += piece
            if len(body) > largest:
                raise SyncFailure(SyncReason.BAD_ANSWER, f"more than {largest} bytes")
    return body
