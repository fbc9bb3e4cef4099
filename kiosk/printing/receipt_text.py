"""Writes a receipt as lines, for printers with a Chinese font of their own.

Lines come out several times faster than a picture. A receipt with a character that no
such font has, such as a rare one in a name, is drawn instead.
"""

import re
from collections.abc import Iterable, Iterator

from drivers.receipt_printer.port import Align, Capabilities, Font, Line
from drivers.receipt_printer.protocol import in_font
from kiosk.printing.port import Receipt

CENTRE = Align.CENTRE
KEPT = "离线打印，网络恢复后自动上报"
KEPT_ENGLISH = "Printed offline; reported when the line is back"


def write_receipt(receipt: Receipt, printer: Capabilities) -> list[Line] | None:
    """The receipt as lines, or None where this printer has to draw it."""
    return write_lines(_lines(receipt), printer)


def write_lines(text: Iterable[Line], printer: Capabilities) -> list[Line] | None:
    """Lines that fit the paper, or None where this printer has to draw them."""
    if printer.font is Font.NONE:
        return None
    lines = [piece for line in text for piece in wrap(line, printer.columns)]
    return lines if all(in_font(one) for line in lines for one in line.text) else None


def _lines(receipt: Receipt) -> Iterator[Line]:
    yield Line("通办 自助服务", CENTRE, 2)
    yield Line(receipt.place, CENTRE)
    yield Line("")
    yield Line("证照打印凭条", CENTRE, 2)
    yield Line("Receipt for a printed certificate", CENTRE)
    yield Line("")
    yield Line(f"证照 Document: {receipt.certificate}")
    if receipt.certificate_en:
        yield Line(receipt.certificate_en)
    yield Line(f"持证人 Holder: {receipt.holder}")
    yield Line(f"用途 Purpose: {receipt.purpose}")
    yield Line(f"份数 Copies: {receipt.copies} 份，共 {receipt.pages} 页")
    yield Line(f"时间 Time: {receipt.printed_at}")
    yield Line(f"终端 Terminal: {receipt.terminal}")
    yield Line(f"编号 Number: {receipt.number}")
    if receipt.kept:
        yield Line("")
        yield Line(KEPT, CENTRE)
        yield Line(KEPT_ENGLISH, CENTRE)
    yield Line("")
    yield Line("请取走身份证和全部纸张", CENTRE, 2)
    yield Line("Please take your card and all papers", CENTRE)
    yield Line("咨询与投诉 12345", CENTRE)


def wrap(line: Line, columns: int) -> Iterator[Line]:
    """A line in pieces that fit the paper; a Chinese character is two columns wide.

    Words of letters stay whole where they fit a line at all.
    """
    limit = columns // line.size
    piece = ""
    for unit in re.findall(r"[!-~]+|.", line.text):
        if wide(piece + unit) > limit and piece:
            yield Line(piece.rstrip(), line.align, line.size)
            piece = ""
        word = unit
        while wide(word) > limit:
            yield Line(word[:limit], line.align, line.size)
            word = word[limit:]
        piece += word if piece or word != " " else ""
    yield Line(piece, line.align, line.size)


def wide(text: str) -> int:
    """Columns that a text takes."""
    return sum(1 if one < "\x80" else 2 for one in text)
