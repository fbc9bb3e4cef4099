"""A resident card on a PC/SC reader with a SAM of its own.

Such a reader shows itself by an ATR whose bytes 13 and 14 are 90 00, and gives the text
and photo of an SDT read in six blocks of 256 bytes (docs/idcard.md, section 1.7).
"""

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard import layouts
from drivers.idcard.protocol import split_parts
from drivers.smartcard.port import CardSession, Moment
from drivers.smartcard.protocol import transceive

ATR_MARK = slice(13, 15)
BLOCKS = 6
READ_BLOCK = bytes.fromhex("ffb0")


def is_sam(atr: bytes) -> bool:
    """Whether the ATR is that of a resident card behind a SAM."""
    return atr[ATR_MARK] == b"\x90\x00"


def read_resident(moment: Moment) -> CardSession:
    """The session with a resident card. Raises DeviceFailure."""
    data = b""
    for block in range(BLOCKS):
        response = yield from transceive(READ_BLOCK + bytes([block, 0, 0]))
        if not response.good:
            detail = f"block {block}: {response.status}"
            raise DeviceFailure(FailureReason.UNREADABLE, detail)
        data += response.data
    sizes = int.from_bytes(data[0:2], "big") + int.from_bytes(data[2:4], "big")
    parts = split_parts(data[: 4 + sizes], 2)
    document = parts and layouts.decode(parts[0], moment.today, moment.reader, parts[1])
    if not document:
        raise DeviceFailure(FailureReason.UNREADABLE, "the text block is not a document")
    return document
