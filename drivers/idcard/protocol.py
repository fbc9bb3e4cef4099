"""The SDT/SAM wire protocol: frames, commands, status codes. Bytes in, bytes out.

A frame is a preamble, a big-endian length, a body, and an XOR of everything between
preamble and itself; the length counts body and checksum. The layout and the codes are
those of docs/idcard.md, section 1 (GA/T 467 as implementations have it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from itertools import accumulate, pairwise
from operator import xor

from drivers.device import FailureReason

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
HEADER_SIZE = len(PREAMBLE) + 2
LONGEST_BODY = 4096
"""The longest reply in use has 2,314 bytes; a length beyond this is noise."""

ADDED_ADDRESS = 70
"""Bytes of one added address: 35 characters of two bytes."""

BAUD_RATES = (115200, 57600, 38400, 19200, 9600)


class Command(IntEnum):
    """Commands: the high byte is CMD, the low byte is PARA."""

    RESET_SAM = 0x10FF
    SAM_STATUS = 0x11FF
    SAM_ID = 0x12FF
    FIND_CARD = 0x2001
    SELECT_CARD = 0x2002
    READ_TEXT_PHOTO = 0x3001
    READ_ADDED_ADDRESS = 0x3003
    READ_MANAGEMENT_NUMBER = 0x3005
    READ_TEXT_PHOTO_FINGERPRINT = 0x3010


class Sw3(IntEnum):
    """Status of the module in a reply."""

    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_PERMITTED = 0x23
    UNRECOGNISED_ERROR = 0x24
    CARD_REJECTS_READER = 0x31
    READER_REJECTS_CARD = 0x32
    DATA_VERIFICATION_FAILED = 0x33
    NOT_SELECTED = 0x34
    UNKNOWN_CARD_TYPE = 0x40
    READ_FAILED = 0x41
    NO_RANDOM = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    NO_SUCH_ITEM = 0x91
    CARD_FOUND = 0x9F


class Remedy(IntEnum):
    """What the driver does about a status before it gives up."""

    NONE = 0
    RESEND = 1
    FIND_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """A status as the driver sees it: the reason it ends in, and what to try first."""

    reason: FailureReason
    remedy: Remedy = Remedy.NONE


FAILURES: dict[int, Meaning] = {
    Sw3.BAD_CHECKSUM: Meaning(FailureReason.READER_FAULT, Remedy.RESEND),
    Sw3.BAD_LENGTH: Meaning(FailureReason.READER_FAULT, Remedy.RESEND),
    Sw3.BAD_COMMAND: Meaning(FailureReason.READER_FAULT),
    Sw3.NOT_PERMITTED: Meaning(FailureReason.READER_NOT_AUTHORISED),
    Sw3.UNRECOGNISED_ERROR: Meaning(FailureReason.READER_FAULT, Remedy.FIND_AGAIN),
    Sw3.CARD_REJECTS_READER: Meaning(FailureReason.AUTH_FAILED, Remedy.FIND_AGAIN),
    Sw3.READER_REJECTS_CARD: Meaning(FailureReason.AUTH_FAILED),
    Sw3.DATA_VERIFICATION_FAILED: Meaning(FailureReason.AUTH_FAILED),
    Sw3.NOT_SELECTED: Meaning(FailureReason.REMOVED_EARLY, Remedy.FIND_AGAIN),
    Sw3.UNKNOWN_CARD_TYPE: Meaning(FailureReason.WRONG_CARD_TYPE),
    Sw3.READ_FAILED: Meaning(FailureReason.UNREADABLE, Remedy.FIND_AGAIN),
    Sw3.NO_RANDOM: Meaning(FailureReason.UNREADABLE, Remedy.FIND_AGAIN),
    Sw3.SELF_TEST_FAILED: Meaning(FailureReason.READER_FAULT),
    Sw3.NOT_AUTHORISED: Meaning(FailureReason.READER_NOT_AUTHORISED),
    Sw3.NO_CARD: Meaning(FailureReason.REMOVED_EARLY),
    Sw3.SELECT_FAILED: Meaning(FailureReason.UNREADABLE, Remedy.FIND_AGAIN),
}


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One whole, checked reply of the reader."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes

    @property
    def meaning(self) -> Meaning | None:
        """Why this is a failure, or None where it is none.

        A status outside the table is a fault of the reader.
        """
        if self.sw3 in (Sw3.OK, Sw3.CARD_FOUND, Sw3.NO_SUCH_ITEM):
            return None
        return FAILURES.get(self.sw3, Meaning(FailureReason.READER_FAULT))


def checksum(covered: bytes | bytearray) -> int:
    """XOR of all bytes after the preamble, the length included."""
    return reduce(xor, covered, 0)


def encode_frame(body: bytes) -> bytes:
    """A frame around a body (a command, or the status words and data of a reply)."""
    covered = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + covered + bytes([checksum(covered)])


def encode_command(command: Command, data: bytes = b"") -> bytes:
    """The request for a command."""
    return encode_frame(command.to_bytes(2, "big") + data)


def encode_reply(sw3: int, data: bytes = b"", sw1: int = 0, sw2: int = 0) -> bytes:
    """The reply that a reader sends: for simulators."""
    return encode_frame(bytes([sw1, sw2, sw3]) + data)


class FrameFault(IntEnum):
    """Why bytes were thrown away while looking for a frame."""

    NOISE = 0
    BAD_CHECKSUM = 1
    BAD_LENGTH = 2


class Framer:
    """Finds frames in a stream of bytes and stays in step after garbage.

    Works for both directions. `feed` yields, in order, the bodies of whole frames and
    a `FrameFault` for what had to be passed over. After a wrong checksum the search
    goes on one byte behind the preamble, so a true frame inside a false one is found.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def reset(self) -> None:
        """Forget a half-received frame."""
        self._buffer.clear()

    @property
    def pending(self) -> int:
        """How many received bytes do not make a frame yet."""
        return len(self._buffer)

    def feed(self, received: bytes) -> Iterator[bytes | FrameFault]:
        """Take in bytes and yield what they complete."""
        self._buffer += received
        while (item := self._take()) is not None:
            yield item

    def _take(self) -> bytes | FrameFault | None:
        start = self._buffer.find(PREAMBLE)
        if start < 0:
            return self._drop_noise()
        if start:
            del self._buffer[:start]
            return FrameFault.NOISE
        if len(self._buffer) < HEADER_SIZE:
            return None
        length = int.from_bytes(self._buffer[len(PREAMBLE) : HEADER_SIZE], "big")
        if not 2 <= length <= LONGEST_BODY:
            return self._skip_preamble(FrameFault.BAD_LENGTH)
        if len(self._buffer) < HEADER_SIZE + length:
            return None
        return self._close_frame(HEADER_SIZE + length)

    def _close_frame(self, end: int) -> bytes | FrameFault:
        if checksum(self._buffer[len(PREAMBLE) : end]) != 0:
            return self._skip_preamble(FrameFault.BAD_CHECKSUM)
        body = bytes(self._buffer[HEADER_SIZE : end - 1])
        del self._buffer[:end]
        return body

    def _skip_preamble(self, fault: FrameFault) -> FrameFault:
        del self._buffer[0]
        return fault

    def _drop_noise(self) -> FrameFault | None:
        """Drop everything that cannot be the beginning of a preamble."""
        keep = next(
            (
                size
                for size in range(min(len(PREAMBLE) - 1, len(self._buffer)), 0, -1)
                if self._buffer.endswith(PREAMBLE[:size])
            ),
            0,
        )
        noise = len(self._buffer) - keep
        if not noise:
            return None
        del self._buffer[:noise]
        return FrameFault.NOISE


def parse_reply(body: bytes) -> Reply | None:
    """The reply in a frame's body, or None where it is too short to be one."""
    if len(body) < 3:
        return None
    return Reply(body[0], body[1], body[2], body[3:])


def split_parts(data: bytes, count: int) -> tuple[bytes, ...] | None:
    """The parts of a read's data (text, photo, fingerprint), by its own lengths.

    The lengths of all `count` parts stand before the first. None where they do not fit.
    """
    if len(data) < 2 * count:
        return None
    sizes = [int.from_bytes(data[2 * i : 2 * i + 2], "big") for i in range(count)]
    if 2 * count + sum(sizes) != len(data):
        return None
    ends = list(accumulate(sizes, initial=2 * count))
    return tuple(data[begin:end] for begin, end in pairwise(ends))


def join_parts(*parts: bytes) -> bytes:
    """The data of a read's reply: for simulators."""
    return b"".join(len(part).to_bytes(2, "big") for part in parts) + b"".join(parts)


def split_added_addresses(data: bytes) -> tuple[str, ...]:
    """The addresses that were added to a card: up to four of 35 characters."""
    pieces = (data[at : at + ADDED_ADDRESS] for at in range(0, len(data), ADDED_ADDRESS))
    texts = (piece.decode("utf-16-le", "replace").strip(" \0\u3000") for piece in pieces)
    return tuple(text for text in texts if text)


def format_sam_id(raw: bytes) -> str | None:
    """The SAM id as it is printed on readers, such as 05.03-20150908-0000012345-….

    `raw` is 16 bytes little-endian: two of 16 bits, three of 32. None if the size is
    another.
    """
    if len(raw) != 16:
        return None
    first, second = (int.from_bytes(raw[i : i + 2], "little") for i in (0, 2))
    day, serial, extra = (int.from_bytes(raw[i : i + 4], "little") for i in (4, 8, 12))
    return f"{first:02d}.{second:02d}-{day:08d}-{serial:010d}-{extra:010d}"
