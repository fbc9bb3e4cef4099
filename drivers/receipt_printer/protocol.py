"""ESC/POS as this driver uses it: bytes in, bytes out.

Printing is `GS v 0` rasters, which every model has and which shows any character.
Status is asked for in real time by `DLE EOT n`. A job is followed by `GS r 1`, which
the printer answers only after it has worked through all before it: that answer is what
settles a receipt (Epson, ESC/POS command reference).
"""

import numpy as np

from drivers.receipt_printer.port import Condition, Paper, Raster

INITIALISE = b"\x1b@"
FEED_AND_CUT = b"\x1dVB\x00"
FEED_TO_TEAR = b"\x1bd\x05"
RECOVER_AND_CLEAR = b"\x10\x05\x02"
"""DLE ENQ 2: leave an error and throw away what has not been printed."""
REPORT_WHEN_DONE = b"\x1dr\x01"

ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"

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


def encode_receipt(raster: Raster, cutter: bool) -> bytes:
    """A whole receipt: prepare, print, cut (or feed to the edge), report when done."""
    end = FEED_AND_CUT if cutter else FEED_TO_TEAR
    return INITIALISE + encode_raster(raster) + end + REPORT_WHEN_DONE


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
