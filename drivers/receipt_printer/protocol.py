"""ESC/POS as this driver uses it: bytes in, bytes out.

Printing is `GS v 0` rasters, which every model has and which shows any character, or
lines of text where the model has a Chinese font. Status is asked for in real time by
`DLE EOT n`, or told by the printer itself after `GS a n`. A job is followed by `GS r 1`, which
the printer answers only after it has worked through all before it: that answer is what
settles a receipt (Epson, ESC/POS command reference).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from drivers.receipt_printer.port import Condition, Line, Paper, Raster

INITIALISE = b"\x1b@"
FEED_AND_CUT = b"\x1dVB\x00"
FEED_TO_TEAR = b"\x1bd\x05"
RECOVER_AND_CLEAR = b"\x10\x05\x02"
"""DLE ENQ 2: leave an error and throw away what has not been printed."""
REPORT_WHEN_DONE = b"\x1dr\x01"

ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"

CHINESE_MODE = b"\x1c&"
"""FS &: two bytes are one Chinese character."""
BEGIN_STATUS_BACK, END_STATUS_BACK = b"\x1da\x0e", b"\x1da\x00"
"""GS a: tell by itself when online state, errors or paper change; and at once how it is."""
STATUS_BACK_SIZE = 4

ROWS_PER_BAND = 255
"""Rows in one raster command: printers with little memory print band by band."""


def encode_raster(raster: Raster) -> bytes:
    """The commands that print a raster; its width is filled up to whole bytes."""
    packed = np.packbits(raster, axis=1)
    width = packed.shape[1]
    commands = []
    for start in range(0, packed.shape[0], ROWS_PER_BAND):
        band = packed[start : start + ROWS_PER_BAND]
        size = width.to_bytes(2, "little") + len(band).to_bytes(2, "little")
        commands.append(b"\x1dv0\x00" + size + band.tobytes())
    return b"".join(commands)


def encode_lines(lines: Sequence[Line]) -> bytes:
    """The commands that print lines in the printer's own font.

    Raises ValueError with the character that no such font has.
    """
    commands = [CHINESE_MODE]
    for line in lines:
        missing = next((one for one in line.text if not in_font(one)), None)
        if missing is not None:
            raise ValueError(f"no printer's font has {missing!r}")
        scale = (line.size - 1) * 0x11
        commands.append(b"\x1ba" + bytes([line.align]) + b"\x1d!" + bytes([scale]))
        commands.append(line.text.encode("gb18030") + b"\n")
    return b"".join(commands)


def in_font(character: str) -> bool:
    """Whether fonts of printers have a character: ASCII, or two bytes in GB 18030."""
    if character < "\x80":
        return character >= " "
    return len(character.encode("gb18030", "replace")) == 2


def encode_receipt(receipt: Raster | Sequence[Line], cutter: bool) -> bytes:
    """A whole receipt: prepare, print, cut (or feed to the edge), report when done."""
    end = FEED_AND_CUT if cutter else FEED_TO_TEAR
    body = encode_raster(receipt) if isinstance(receipt, np.ndarray) else encode_lines(receipt)
    return INITIALISE + body + end + REPORT_WHEN_DONE


class AnswerKind(Enum):
    """What an answer of a printer is about."""

    REALTIME = auto()
    STATUS_BACK = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer: a byte, or the four of an automatic status."""

    kind: AnswerKind
    data: bytes


class AnswerReader:
    """Cuts what a printer sends into answers.

    The fixed bits of the first byte tell which it is: 0xx1xx10 answers DLE EOT, 0xx1xx00
    begins an automatic status of four bytes, 0xx0xxxx answers GS r. Others are noise.
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, received: bytes) -> Iterator[Answer]:
        """Take in bytes and yield the answers that they complete."""
        self._rest += received
        while self._rest:
            first = self._rest[0]
            if first & 0b10010011 == 0b00010000:
                if len(self._rest) < STATUS_BACK_SIZE:
                    return
                yield Answer(AnswerKind.STATUS_BACK, self._rest[:STATUS_BACK_SIZE])
                self._rest = self._rest[STATUS_BACK_SIZE:]
                continue
            if is_realtime_answer(first):
                yield Answer(AnswerKind.REALTIME, self._rest[:1])
            elif is_done_answer(first):
                yield Answer(AnswerKind.DONE, self._rest[:1])
            self._rest = self._rest[1:]


def is_realtime_answer(byte: int) -> bool:
    """Whether a byte answers DLE EOT: bits 1 and 4 set, 0 and 7 clear."""
    return byte & 0b10010011 == 0b00010010


def is_done_answer(byte: int) -> bool:
    """Whether a byte answers GS r: bits 4 and 7 clear."""
    return byte & 0b10010000 == 0


def decode_condition(offline_cause: int | None, paper: int | None) -> Condition:
    """The printer's condition from its answers to ASK_OFFLINE_CAUSE and ASK_PAPER.

    An answer that did not come (None) or is none leaves its part unknown.
    """
    cover = fault = None
    supply = Paper.UNKNOWN
    if offline_cause is not None and is_realtime_answer(offline_cause):
        cover = bool(offline_cause & 0b00000100)
        fault = bool(offline_cause & 0b01000000)
    if paper is not None and is_realtime_answer(paper):
        supply = Paper.LOW if paper & 0b00001100 else Paper.FULL
        supply = Paper.OUT if paper & 0b01100000 else supply
    return Condition(supply, cover, fault)


def decode_status_back(status: bytes) -> Condition:
    """The printer's condition from the four bytes of an automatic status."""
    printer, errors, sensors = status[0], status[1], status[2]
    supply = Paper.LOW if sensors & 0b00000011 else Paper.FULL
    supply = Paper.OUT if sensors & 0b00001100 else supply
    return Condition(supply, bool(printer & 0b00100000), bool(errors & 0b01101000))
