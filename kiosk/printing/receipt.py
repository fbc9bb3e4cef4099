"""Draws a receipt: large type, both languages, nothing that tells who the citizen is."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from drivers.receipt_printer.port import Align, Line
from kiosk.printing.port import Receipt
from kiosk.printing.receipt_text import KEPT, KEPT_ENGLISH

REGULAR = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
BOLD = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
SC_FACE = 2
"""The simplified-Chinese face of the collection; face 0 has Japanese forms."""
MARGIN = 16
INK = 0


@cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in dots."""
    return ImageFont.truetype(str(path), size, index=SC_FACE)


class _Sheet:
    """A strip of paper that is filled from the top."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._image = Image.new("L", (width, 4000), 255)
        self._draw = ImageDraw.Draw(self._image)
        self.y = 8

    def centred(self, text: str, size: int, bold: bool = False) -> None:
        """A line in the middle, broken where it is too long."""
        face = font(BOLD if bold else REGULAR, size)
        for line in self._lines(text, face):
            self._draw.text((self.width / 2, self.y), line, INK, face, anchor="ma")
            self.y += round(size * 1.45)

    def line(self, text: str, size: int, bold: bool = False) -> None:
        """A line from the left, broken where it is too long."""
        face = font(BOLD if bold else REGULAR, size)
        for line in self._lines(text, face):
            self._draw.text((MARGIN, self.y), line, INK, face)
            self.y += round(size * 1.45)

    def fact(self, label: str, value: str) -> None:
        """A label with its value behind it."""
        small, large = font(REGULAR, 22), font(BOLD, 28)
        self._draw.text((MARGIN, self.y + 5), label, INK, small)
        left = MARGIN + 190
        for line in self._lines(value, large, self.width - left - MARGIN):
            self._draw.text((left, self.y), line, INK, large)
            self.y += 40
        self.y += 6

    def rule(self) -> None:
        """A line across."""
        self.y += 8
        self._draw.line((MARGIN, self.y, self.width - MARGIN, self.y), INK, 2)
        self.y += 14

    def dots(self) -> npt.NDArray[np.bool_]:
        """What was drawn, as black and white."""
        strip = self._image.crop((0, 0, self.width, self.y + 16))
        return np.asarray(strip) < 128

    def _lines(
        self, text: str, face: ImageFont.FreeTypeFont, width: float | None = None
    ) -> list[str]:
        limit = width or self.width - 2 * MARGIN
        lines = [""]
        for character in text:
            if face.getlength(lines[-1] + character) > limit:
                lines.append("")
            lines[-1] += character
        return lines


LINE_DOTS, LARGE_DOTS = 26, 44


def draw_lines(lines: Iterable[Line], dots: int) -> npt.NDArray[np.bool_]:
    """Lines, that a printer cannot write, as rows of dots, as wide as the paper."""
    sheet = _Sheet(dots)
    for line in lines:
        large = line.size > 1
        place = sheet.centred if line.align is Align.CENTRE else sheet.line
        place(line.text, LARGE_DOTS if large else LINE_DOTS, bold=large)
    return sheet.dots()


def draw_receipt(receipt: Receipt, dots: int) -> npt.NDArray[np.bool_]:
    """A receipt as rows of dots, as wide as the paper."""
    sheet = _Sheet(dots)
    sheet.centred("通办 自助服务", 44, bold=True)
    sheet.centred(receipt.place, 26)
    sheet.rule()
    sheet.centred("证照打印凭条", 34, bold=True)
    sheet.centred("Receipt for a printed certificate", 22)
    sheet.rule()
    sheet.fact("证照 Document", receipt.certificate)
    if receipt.certificate_en:
        sheet.centred(receipt.certificate_en, 20)
    sheet.fact("持证人 Holder", receipt.holder)
    sheet.fact("用途 Purpose", receipt.purpose)
    sheet.fact("份数 Copies", f"{receipt.copies} 份，共 {receipt.pages} 页")
    sheet.fact("时间 Time", receipt.printed_at)
    sheet.fact("终端 Terminal", receipt.terminal)
    sheet.fact("编号 Number", receipt.number)
    if receipt.kept:
        sheet.rule()
        sheet.centred(KEPT, 26)
        sheet.centred(KEPT_ENGLISH, 20)
    sheet.rule()
    sheet.centred("请取走身份证和全部纸张", 28, bold=True)
    sheet.centred("Please take your card and all papers", 22)
    sheet.centred("咨询与投诉 12345", 24)
    return sheet.dots()
