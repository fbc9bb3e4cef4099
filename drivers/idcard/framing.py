"""The two kinds of frame that readers use, behind one shape; and the STX/ETX frame.

An STX/ETX frame is 02, a big-endian length of the body, the body, the XOR of length and
body, and 03. Its replies begin with two status bytes, 90 00 for success, and carry the
same two lengths, text and photo as an SDT reply (docs/idcard.md, section 1.7).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from drivers.idcard.protocol import (
    LONGEST_BODY,
    FrameFault,
    Framer,
    Reply,
    Sw3,
    checksum,
    encode_frame,
    parse_reply,
)

STX, ETX = 0x02, 0x03
STX_HEADER, STX_TRAILER = 3, 2
STX_SUCCESS = b"\x90\x00"


class FrameFinder(Protocol):
    """Finds frames in a stream; see `Framer` for what it promises."""

    @property
    def pending(self) -> int:
        """How many received bytes do not make a frame yet."""

    def reset(self) -> None:
        """Forget a half-received frame."""

    def feed(self, received: bytes) -> Iterator[bytes | FrameFault]:
        """Take in bytes and yield the bodies and faults that they complete."""


@dataclass(frozen=True, slots=True)
class Framing:
    """One kind of frame: how to wrap, find and read it."""

    encode: Callable[[bytes], bytes]
    finder: Callable[[], FrameFinder]
    parse_reply: Callable[[bytes], Reply | None]


def encode_stx_frame(body: bytes) -> bytes:
    """An STX/ETX frame around a body."""
    covered = len(body).to_bytes(2, "big") + body
    return bytes([STX]) + covered + bytes([checksum(covered), ETX])


def parse_stx_reply(body: bytes) -> Reply | None:
    """The reply in an STX frame's body, as an SDT reply says the same.

    Only success has a published code; every other status means that no card was read.
    """
    if len(body) < len(STX_SUCCESS):
        return None
    sw3 = Sw3.OK if body.startswith(STX_SUCCESS) else Sw3.NO_CARD
    return Reply(body[0], body[1], sw3, body[len(STX_SUCCESS) :])


class StxFramer:
    """Finds STX/ETX frames and stays in step after garbage."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """How many received bytes do not make a frame yet."""
        return len(self._buffer)

    def reset(self) -> None:
        """Forget a half-received frame."""
        self._buffer.clear()

    def feed(self, received: bytes) -> Iterator[bytes | FrameFault]:
        """Take in bytes and yield the bodies and faults that they complete."""
        self._buffer += received
        while (item := self._take()) is not None:
            yield item

    def _take(self) -> bytes | FrameFault | None:
        start = self._buffer.find(STX)
        if start < 0:
            noise = bool(self._buffer)
            self._buffer.clear()
            return FrameFault.NOISE if noise else None
        if start:
            del self._buffer[:start]
            return FrameFault.NOISE
        if len(self._buffer) < STX_HEADER:
            return None
        size = int.from_bytes(self._buffer[1:STX_HEADER], "big")
        if not 1 <= size <= LONGEST_BODY:
            return self._skip(FrameFault.BAD_LENGTH)
        end = STX_HEADER + size + STX_TRAILER
        if len(self._buffer) < end:
            return None
        if self._buffer[end - 1] != ETX:
            return self._skip(FrameFault.BAD_LENGTH)
        if checksum(self._buffer[1 : end - 1]) != 0:
            return self._skip(FrameFault.BAD_CHECKSUM)
        body = bytes(self._buffer[STX_HEADER : end - STX_TRAILER])
        del self._buffer[:end]
        return body

    def _skip(self, fault: FrameFault) -> FrameFault:
        del self._buffer[0]
        return fault


FRAMINGS: dict[str, Framing] = {
    "sdt": Framing(encode_frame, Framer, parse_reply),
    "stx": Framing(encode_stx_frame, StxFramer, parse_stx_reply),
}
