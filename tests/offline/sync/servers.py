"""A server of files whose line breaks off, and the other end of it; HTTP as it is on the wire."""

import asyncio
import contextlib

import aiohttp
from aiohttp import web

from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.http import Response

TAG = '"first"'


class FileServer:
    """Serves contents by path, with ranges, and remembers what was asked for."""

    def __init__(self):
        self.files = {}
        self.tag = TAG
        self.breaks_after = []
        """How many bytes of each next answer arrive before the connection ends."""
        self.asked = []
        """Path and first byte of each request."""
        self.sent = 0
        self.answer = None
        """An answer of another kind: status and headers."""

    async def start(self):
        """Listen; the address."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self):
        await self._runner.cleanup()

    async def _serve(self, request):
        content = self.files.get(request.match_info["path"])
        if content is None:
            return web.Response(status=404)
        begin = self._begin(request, len(content))
        self.asked.append((request.match_info["path"], begin))
        status, headers = self.answer or (206 if begin else 200, {})
        if begin >= len(content) > 0:
            return web.Response(status=416)
        headers = {"ETag": self.tag, "Content-Length": str(len(content) - begin), **headers}
        if status == 206:
            headers.setdefault(
                "Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}"
            )
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        rest = content[begin:]
        if self.breaks_after:
            rest = rest[: self.breaks_after.pop(0)]
        for at in range(0, len(rest), 1000):
            await response.write(rest[at : at + 1000])
        self.sent += len(rest)
        if begin + len(rest) < len(content):
            # What has arrived is read before the end is noticed.
            await asyncio.sleep(0.1)
            request.transport.close()
        return response

    def _begin(self, request, size):
        if request.headers.get("If-Range") != self.tag or "Range" not in request.headers:
            return 0
        return int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))


class Client:
    """The least that is an `offline.sync.http.Http`."""

    def __init__(self, address, session):
        self.address = address
        self.session = session

    @contextlib.asynccontextmanager
    async def get(self, path, headers):
        try:
            answer = await self.session.get(f"{self.address}/{path}", headers=headers)
        except aiohttp.ClientError as error:
            raise SyncFailure(SyncReason.NO_LINE, str(error)) from error
        try:
            names = {name.lower(): value for name, value in answer.headers.items()}
            yield Response(answer.status, names, self._pieces(answer))
        finally:
            answer.release()

    async def _pieces(self, answer):
        try:
            async for piece in answer.content.iter_any():
                yield piece
        except aiohttp.ClientError as error:
            raise SyncFailure(SyncReason.NO_LINE, str(error)) from error
