"""What is published, over the platform's HTTP; an `offline.sync.http.Http`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import urlencode

from kiosk.content.failures import as_sync_failure
from kiosk.errors import Failure
from kiosk.platform import Platform
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.http import Response

PATH = "/published"


class PlatformFiles:
    """Gets files for one terminal."""

    def __init__(self, platform: Platform, terminal: str) -> None:
        self._platform = platform
        self._terminal = terminal

    def get(self, path: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Response]:
        """Ask for `path`, such as `guides/manifest`. Raises SyncFailure."""
        query = urlencode({"terminal": self._terminal})
        return self._get(f"{self._platform.address}{PATH}/{path}?{query}", headers)

    @asynccontextmanager
    async def _get(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Response]:
        try:
            async with self._platform.stream(url, headers) as answer:
                names = {name.lower(): value for name, value in answer.headers.items()}
                yield Response(answer.status, names, _pieces(answer.pieces))
        except Failure as failure:
            raise as_sync_failure(failure) from failure


async def _pieces(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A body; whatever ends it too early is the line's."""
    try:
        async for piece in pieces:
            yield piece
    except Failure as failure:
        raise SyncFailure(SyncReason.NO_LINE, str(failure)) from failure
