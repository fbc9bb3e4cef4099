"""The line between a terminal and the platform: a TCP relay that can be cut.

While it is cut, connections end and new ones are refused at once, as when a cable is
pulled out of the terminal's switch.
"""

import asyncio
import contextlib

LARGEST_PIECE = 65536


class Line:
    """Relays every connection to one address."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def serve(self, port: int = 0) -> int:
        """Start listening on loopback; the port."""
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """End all connections and let no new one through."""
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    def close(self) -> None:
        """End all connections and stop listening."""
        self.cut()
        if self._server is not None:
            self._server.close()

    async def _relay(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self._cut:
            back.transport.abort()
            return
        try:
            far, forth = await asyncio.open_connection(*self._target)
        except OSError:
            back.transport.abort()
            return
        self._open |= {back, forth}
        try:
            await asyncio.gather(self._pump(near, forth, True), self._pump(far, back, False))
        finally:
            self._open -= {back, forth}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, forth: bool
    ) -> None:
        """Pass bytes on until either side ends; `forth`: from the terminal to the platform."""
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(LARGEST_PIECE):
                writer.write(data)
                await writer.drain()
        writer.close()
