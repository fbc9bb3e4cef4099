"""A certificate as an OFD document: the same page as `template.typ`, set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.ofd.fonts import SERIF, stand_in
from sandbox.ofd.measure import advances, cut_font
from sandbox.ofd.package import SIGNATURES, StampWish
from sandbox.ofd.writer import BLACK, FontEntry, OfdWriter, PageWriter, Rgb

BLUE: Rgb = (23, 66, 107)
FRAME: Rgb = (130, 150, 175)
PALE: Rgb = (236, 240, 245)
GREY: Rgb = (80, 80, 80)
POINT = 25.4 / 72
LEFT, RIGHT, WIDTH = 22.0, 188.0, 166.0
LABEL = 32.0
SEAL_BOX = (133.0, 226.0, 40.0, 40.0)
SAMPLE = "演示用样本，不具法律效力 · Sample for demonstration only"


@dataclass(slots=True)
class Setter:
    """Sets one page from the top down."""

    page: PageWriter
    serif: FontEntry
    sans: FontEntry
    bold: FontEntry
    y: float = 24.0

    def width(self, text: str, size: float, font: FontEntry) -> float:
        """How wide a text is."""
        return sum(advances(text, stand_in(font.font, bold=font.bold), size))

    def centred(self, text: str, points: float, font: FontEntry, colour: Rgb) -> None:
        """A line in the middle of the page."""
        size = points * POINT
        x = (210 - self.width(text, size, font)) / 2
        self.page.text(x, self.y, size, text, font, colour)

    def wrapped(self, text: str, points: float, font: FontEntry, width: float) -> Iterator[str]:
        """A text in lines of a width at most."""
        line, filled = "", 0.0
        for character in text:
            step = self.width(character, points * POINT, font)
            if line and filled + step > width:
                yield line
                line, filled = "", 0.0
            line, filled = line + character, filled + step
        yield line

    def facts(self, fields: list[list[str]], points: float) -> None:
        """A table of labels and values."""
        lead = points * POINT * 1.5
        for label, value in fields:
            lines = list(self.wrapped(value, points, self.serif, WIDTH - LABEL - 5))
            height = lead * len(lines) + 3.2
            self.cell(LEFT, LABEL, height, PALE)
            self.cell(LEFT + LABEL, WIDTH - LABEL, height)
            self.page.text(LEFT + 2.5, self.y + lead + 0.4, points * POINT, label, self.sans)
            for number, line in enumerate(lines):
                self.page.text(
                    LEFT + LABEL + 2.5, self.y + lead * (number + 1) + 0.4, points * POINT,
                    line, self.serif,
                )
            self.y += height

    def grid(self, columns: list[str], rows: list[list[str]]) -> None:
        """A table with a head."""
        width, height, size = WIDTH / len(columns), 8.0, 10 * POINT
        for number, row in enumerate([columns, *rows]):
            font = self.serif if number else self.bold
            for place, text in enumerate(row):
                x = LEFT + place * width
                self.cell(x, width, height, None if number else PALE)
                self.page.text(
                    x + (width - self.width(text, size, font)) / 2, self.y + 5.4, size, text, font
                )
            self.y += height

    def cell(self, x: float, width: float, height: float, inside: Rgb | None = None) -> None:
        """A frame at the present height."""
        outline = f"M 0 0 L {width:g} 0 L {width:g} {height:g} L 0 {height:g} C"
        self.page.path((x, self.y, width, height), outline, 0.18, FRAME, inside)


def certificate_parts(
    data: dict[str, Any], custom: dict[str, str], characters: str
) -> tuple[dict[str, bytes], StampWish]:
    """The document's files, not signed yet, and where the seal goes.

    `characters`: those that the embedded font has; other certificates may share it.
    """
    writer = OfdWriter(data["name"], custom)
    page = writer.page()
    setter = Setter(
        page,
        serif=writer.font("Noto Serif CJK SC", file=cut_font(SERIF[0], SERIF[2], characters)),
        sans=writer.font("Noto Sans CJK SC"),
        bold=writer.font("Noto Serif CJK SC", bold=True),
    )
    page.path((11, 13.5, 188, 270), "M 0 0 L 188 0 L 188 270 L 0 270 C", 0.3, FRAME)
    _set(setter, data)
    return writer.parts(SIGNATURES), StampWish(page.id, SEAL_BOX)


def _set(setter: Setter, data: dict[str, Any]) -> None:
    page, small = setter.page, 9 * POINT
    setter.y = 34.0
    setter.centred(data["name"], 22, setter.bold, BLUE)
    setter.y = 40.5
    setter.centred(data["name_en"], 9.5, setter.sans, GREY)
    page.text(LEFT, 50, small, f"编号：{data['face_number']}", setter.sans)
    made = f"出具日期：{data['issued']}"
    page.text(RIGHT - setter.width(made, small, setter.sans), 50, small, made, setter.sans)
    setter.y = 54.0
    if data["body"]:
        setter.y += 8
        for line in setter.wrapped("　　" + data["body"], 13, setter.serif, WIDTH):
            page.text(LEFT, setter.y, 13 * POINT, line, setter.serif)
            setter.y += 8.5
    setter.facts(data["fields"], 13 if data["layout"] == "card" else 11)
    if data["columns"]:
        setter.y += 4
        setter.grid(data["columns"], data["rows"])
    setter.y += 9
    for line in setter.wrapped(promise(data), 9.5, setter.serif, WIDTH):
        page.text(LEFT, setter.y, 9.5 * POINT, line, setter.serif, GREY)
        setter.y += 5.4
    page.text(LEFT, 262, 7.5 * POINT, "电子证照标识", setter.sans, GREY)
    page.text(LEFT, 266, 7.5 * POINT, data["identifier"], setter.sans, GREY)
    x, _, width, _ = SEAL_BOX
    for y, text in ((249.0, data["issuer"]), (256.0, data["issued"])):
        middle = (width - setter.width(text, 11 * POINT, setter.serif)) / 2
        page.text(x + middle, y, 11 * POINT, text, setter.serif, BLACK)
    setter.y = 279.0
    setter.centred(SAMPLE, 7.5, setter.sans, GREY)


def promise(data: dict[str, Any]) -> str:
    """What stands below every certificate."""
    return f"本证明由电子证照库出具，与纸质证明具有同等效力；有效期至：{data['expires']}。"


def all_text(data: dict[str, Any]) -> str:
    """Every character that the embedded font has to have for a certificate."""
    fields = "".join(value for _, value in data["fields"])
    rows = "".join(text for row in data["rows"] for text in row)
    written = (fields, rows, data["body"], data["issuer"], data["issued"], promise(data), "　")
    return "".join(map(str, written))
