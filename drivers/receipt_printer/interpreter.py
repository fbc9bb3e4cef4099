"""Understands ESC/POS as a printer does: splits a stream into operations.

Covers the published commands that receipts use, those of this driver and of others,
so that what a foreign program sends is drawn too. A command of known length that draws
nothing is passed over; an unknown one is reported and its two bytes skipped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

ESC, GS, DLE, FS = 0x1B, 0x1D, 0x10, 0x1C


@dataclass(frozen=True, slots=True, repr=False)
class Operation:
    """One thing to do: its name, its parameter bytes, and its data."""

    name: str
    arguments: bytes = b""
    data: bytes = b""


_FIXED: dict[bytes, tuple[str, int]] = {
    bytes([ESC, ord("@")]): ("initialise", 0),
    bytes([ESC, ord("a")]): ("align", 1),
    bytes([ESC, ord("d")]): ("feed_lines", 1),
    bytes([ESC, ord("J")]): ("feed_dots", 1),
    bytes([ESC, ord("!")]): ("mode", 1),
    bytes([ESC, ord("E")]): ("nothing", 1),
    bytes([ESC, ord("-")]): ("nothing", 1),
    bytes([ESC, ord("M")]): ("nothing", 1),
    bytes([ESC, ord("G")]): ("nothing", 1),
    bytes([ESC, ord("t")]): ("nothing", 1),
    bytes([ESC, ord("R")]): ("nothing", 1),
    bytes([ESC, ord("3")]): ("nothing", 1),
    bytes([ESC, ord("2")]): ("nothing", 0),
    bytes([ESC, ord("{")]): ("nothing", 1),
    bytes([ESC, ord("p")]): ("nothing", 3),
    bytes([GS, ord("!")]): ("size", 1),
    bytes([GS, ord("B")]): ("nothing", 1),
    bytes([GS, ord("L")]): ("nothing", 2),
    bytes([GS, ord("W")]): ("nothing", 2),
    bytes([GS, ord("h")]): ("nothing", 1),
    bytes([GS, ord("w")]): ("nothing", 1),
    bytes([GS, ord("H")]): ("nothing", 1),
    bytes([GS, ord("a")]): ("status_back", 1),
    bytes([GS, ord("r")]): ("report", 1),
    bytes([DLE, 0x04]): ("status", 1),
    bytes([DLE, 0x05]): ("recover", 1),
    bytes([FS, ord("&")]): ("nothing", 0),
    bytes([FS, ord(".")]): ("nothing", 0),
    bytes([FS, ord("!")]): ("nothing", 1),
    bytes([FS, ord("S")]): ("nothing", 2),
}


class Interpreter:
    """Takes in bytes as they come and yields whole operations."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._line = bytearray()

    def feed(self, received: bytes) -> Iterator[Operation]:
        """Take in bytes and yield what they complete."""
        self._buffer += received
        while self._buffer:
            first = self._buffer[0]
            if first in (ESC, GS, DLE, FS):
                operation = self._command()
                if operation is None:
                    return
                if self._line and operation.name not in ("status", "status_back", "nothing"):
                    yield self._text()
                yield operation
            elif first == 0x0A:
                del self._buffer[0]
                yield self._text()
            else:
                self._line.append(first)
                del self._buffer[0]

    def _text(self) -> Operation:
        line = bytes(self._line).replace(b"\r", b"")
        self._line.clear()
        return Operation("text", data=line)

    def _command(self) -> Operation | None:
        """The command at the beginning of the buffer, or None where more must come."""
        head = bytes(self._buffer[:2])
        if len(head) < 2:
            return None
        if head in _FIXED:
            name, size = _FIXED[head]
            return self._take(name, 2, size, 0)
        match head:
            case b"\x1dV":
                return self._cut()
            case b"\x1dv":
                return self._sized("raster", 8, lambda a: _u16(a, 2) * _u16(a, 4))
            case b"\x1b*":
                return self._sized(
                    "nothing", 5, lambda a: _u16(a, 1) * (3 if a[0] >= 32 else 1)
                )
            case b"\x1d(" | b"\x1b(":
                return self._sized("nothing", 5, lambda a: _u16(a, 1))
            case b"\x1dk":
                return self._sized("nothing", 4, lambda a: a[1])
        return self._take("unknown", 2, 0, 0)

    def _cut(self) -> Operation | None:
        if len(self._buffer) < 3:
            return None
        return self._take("cut", 2, 2 if self._buffer[2] in (65, 66) else 1, 0)

    def _sized(
        self, name: str, head: int, size: Callable[[bytes], int]
    ) -> Operation | None:
        """A command whose first `head` bytes tell how much data follows."""
        if len(self._buffer) < head:
            return None
        arguments = bytes(self._buffer[2:head])
        return self._take(name, 2, head - 2, size(arguments))

    def _take(self, name: str, skip: int, arguments: int, data: int) -> Operation | None:
        end = skip + arguments + data
        if len(self._buffer) < end:
            return None
        operation = Operation(
            name,
            bytes(self._buffer[skip : skip + arguments]),
            bytes(self._buffer[skip + arguments : end]),
        )
        del self._buffer[:end]
        return operation


def _u16(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 2], "little")
