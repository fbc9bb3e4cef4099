"""The line between terminal and device process: whole messages over a pair of sockets.

A message is a JSON object and byte strings, framed as `kiosk.worker` frames them. Both ends
use this module; neither trusts the other with its memory: sizes are bounded.
"""

import asyncio
import json
import socket
from collections.abc import Sequence
from typing import Any

from kiosk.worker import HEADER, Fields, encode

LONGEST_HEADER = 1 << 16
"""Bytes of a message's JSON object."""
LONGEST_BLOBS = 1 << 24
"""Bytes of all byte strings of a message: a receipt of several metres has a tenth."""

Message = tuple[Fields, list[bytes]]


class Garbled(Exception):
    """What came is no message; the line cannot be used any more."""


class Line:
    """One end of the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Line":
        """The line over one of a pair of sockets, which it owns from here on."""
        return cls(*await asyncio.open_connection(sock=end))

    def send(self, fields: Fields, blobs: Sequence[bytes] = ()) -> None:
        """Send a message; nothing happens where the other end has gone."""
        if not self._writer.is_closing():
            self._writer.write(encode(fields, blobs))

    async def receive(self) -> Message | None:
        """The next message; None where the other end has gone. Raises Garbled."""
        try:
            size = HEADER.unpack(await self._reader.readexactly(HEADER.size))[0]
            if size > LONGEST_HEADER:
                raise Garbled(f"a header of {size} bytes")
            header = json.loads(await self._reader.readexactly(size))
            fields, lengths = _parts(header)
            return fields, [await self._reader.readexactly(length) for length in lengths]
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise Garbled("a header that is not JSON") from None

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def _parts(header: Any) -> tuple[Fields, list[int]]:
    """A header's object and the lengths of what follows. Raises Garbled."""
    if not isinstance(header, dict) or header.keys() != {"fields", "blobs"}:
        raise Garbled("a header without its parts")
    fields, lengths = header["fields"], header["blobs"]
    if not isinstance(fields, dict) or not isinstance(lengths, list):
        raise Garbled("a header whose parts are of other kinds")
    if any(type(one) is not int or one < 0 for one in lengths) or sum(lengths) > LONGEST_BLOBS:
        raise Garbled("byte strings of impossible lengths")
    return fields, lengths
