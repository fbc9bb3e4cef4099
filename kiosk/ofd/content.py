"""Graphic units from XML (GB/T 33190, clauses 8 to 13).

A unit that cannot be read is left out and told: one odd object does not cost the page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.model import (
    Appearance,
    ClipArea,
    Clips,
    Common,
    CompositeUnit,
    Glyphs,
    GroupUnit,
    ImageUnit,
    Layer,
    PathUnit,
    TextCode,
    TextUnit,
    Unit,
)
from kiosk.ofd.styles import identifier, read_alpha, read_colour, read_style, to_id
from kiosk.ofd.values import (
    Box,
    flag,
    maybe_flag,
    maybe_number,
    number,
    to_box,
    to_deltas,
    to_matrix,
    to_number,
)
from kiosk.ofd.xml import Element, attribute, child, children, text_of

T = TypeVar("T")

MOST_UNITS = 500_000
DEEPEST = 24
ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4})")
MOST_PROBLEMS = 50


class ContentReader:
    """Reads the units of one page; keeps what could not be read."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._units = 0
        self._depth = 0

    def layers(self, content: Element | None) -> tuple[Layer, ...]:
        """The layers of a page's content."""
        return tuple(
            Layer(
                attribute(one, "Type") or "Body",
                self.units(one),
                self._guard(partial(identifier, one, "DrawParam")),
            )
            for one in children(content, "Layer")
        )

    def units(self, parent: Element) -> tuple[Unit, ...]:
        """The units below an element. Raises OfdError (TOO_LARGE)."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise OfdError(OfdReason.TOO_LARGE, str(parent.tag), "too many levels")
        try:
            found = []
            for one in children(parent):
                unit = self._guard(partial(self._unit, one))
                if unit is not None:
                    found.append(unit)
            return tuple(found)
        finally:
            self._depth -= 1

    def annotation(self, element: Element) -> Appearance | None:
        """What an annotation looks like; None for one that has no looks."""
        return self._guard(partial(self._appearance, element))

    def _appearance(self, element: Element) -> Appearance | None:
        look = child(element, "Appearance")
        if look is None:
            return None
        boundary = to_box(attribute(look, "Boundary"), "Appearance@Boundary")
        return Appearance(
            attribute(element, "Type") or "", boundary or Box(0, 0, 0, 0), self.units(look),
            flag(element, "Print", True),
        )

    def _guard(self, read: Callable[[], T]) -> T | None:
        """What `read` gives, or None with the problem noted."""
        try:
            return read()
        except OfdError as error:
            if error.reason is OfdReason.TOO_LARGE:
                raise
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append(str(error))
            return None

    def _unit(self, element: Element) -> Unit | None:
        self._units += 1
        if self._units > MOST_UNITS:
            raise OfdError(OfdReason.TOO_LARGE, str(element.tag), f"over {MOST_UNITS} objects")
        match element.tag:
            case "TextObject" | "Text":
                return self._text(element)
            case "PathObject" | "Path":
                return self._path(element)
            case "ImageObject":
                return self._image(element)
            case "CompositeObject" | "CompositeGraphicUnit" | "CompositeGraphicObject":
                return CompositeUnit(self._common(element), required(element, "ResourceID"))
            case "PageBlock" | "Content" | "Layer":
                return GroupUnit(self.units(element))
        return None

    def _common(self, element: Element) -> Common:
        where = str(element.tag)
        return Common(
            boundary=to_box(attribute(element, "Boundary"), f"{where}@Boundary"),
            matrix=to_matrix(attribute(element, "CTM"), f"{where}@CTM"),
            style=read_style(element, self.units),
            draw_param=identifier(element, "DrawParam"),
            alpha=read_alpha(element),
            visible=flag(element, "Visible", True),
            clips=self._clips(child(element, "Clips")),
        )

    def _clips(self, element: Element | None) -> Clips | None:
        if element is None:
            return None
        clips = []
        for clip in children(element, "Clip"):
            areas = []
            for area in children(clip, "Area"):
                matrix = to_matrix(attribute(area, "CTM"), "Area@CTM")
                for one in children(area, "Path", "Text"):
                    unit = self._unit(one)
                    assert isinstance(unit, PathUnit | TextUnit)
                    areas.append(ClipArea(unit, matrix))
            clips.append(tuple(areas))
        return Clips(tuple(clips), flag(element, "TransFlag", True))

    def _path(self, element: Element) -> PathUnit:
        return PathUnit(
            common=self._common(element),
            data=text_of(child(element, "AbbreviatedData")),
            fill=flag(element, "Fill", False),
            stroke=flag(element, "Stroke", True),
            even_odd=(attribute(element, "Rule") or "").lower() == "even-odd",
        )

    def _text(self, element: Element) -> TextUnit:
        size = number(element, "Size", 0.0)
        if size <= 0:
            raise OfdError(OfdReason.BAD_VALUE, "TextObject@Size", f"{size:g}")
        return TextUnit(
            common=self._common(element),
            font=required(element, "Font"),
            size=size,
            fill=flag(element, "Fill", True),
            stroke=flag(element, "Stroke", False),
            codes=tuple(read_code(one) for one in children(element, "TextCode")),
            glyphs=tuple(read_transforms(element)),
            horizontal_scale=number(element, "HScale", 1.0),
            read_direction=quarter(element, "ReadDirection"),
            character_direction=quarter(element, "CharDirection"),
            weight=int(number(element, "Weight", 400)),
            italic=flag(element, "Italic", False),
        )

    def _image(self, element: Element) -> ImageUnit:
        border = child(element, "Border")
        return ImageUnit(
            common=self._common(element),
            resource=required(element, "ResourceID"),
            substitution=identifier(element, "Substitution"),
            mask=identifier(element, "ImageMask"),
            border=read_colour(child(border, "BorderColor"), self.units),
            border_width=None if border is None else number(border, "LineWidth", 0.353),
        )


def required(element: Element, name: str) -> int:
    """A reference that must be there. Raises OfdError."""
    found = to_id(attribute(element, name), f"{element.tag}@{name}")
    if found is None:
        raise OfdError(OfdReason.BAD_VALUE, f"{element.tag}@{name}", "missing")
    return found


def quarter(element: Element, name: str) -> int:
    """A direction: 0, 90, 180 or 270 degrees; others are taken to the nearest. Raises OfdError."""
    return round(number(element, name, 0.0) / 90) % 4 * 90


def read_code(element: Element) -> TextCode:
    """One TextCode. Raises OfdError."""
    return TextCode(
        text=code_text(element),
        x=maybe_number(element, "X"),
        y=maybe_number(element, "Y"),
        delta_x=to_deltas(attribute(element, "DeltaX"), "TextCode@DeltaX"),
        delta_y=to_deltas(attribute(element, "DeltaY"), "TextCode@DeltaY"),
    )


def read_glyphs(element: Element) -> Glyphs:
    """One CGTransform. Raises OfdError."""
    words = text_of(child(element, "Glyphs")).split()
    glyphs = tuple(int(to_number(word, "Glyphs")) for word in words)
    return Glyphs(
        position=int(number(element, "CodePosition", 0)),
        characters=int(number(element, "CodeCount", 1)),
        glyphs=glyphs[: int(number(element, "GlyphCount", len(glyphs)))],
    )


def read_transforms(element: Element) -> Iterator[Glyphs]:
    """The glyph transforms of a text, positions counted over all its codes.

    They stand before the code that they belong to; some writers count anew in each.
    """
    start, counted, waiting = 0, 0, []
    for one in children(element, "TextCode", "CGTransform"):
        if one.tag == "CGTransform":
            waiting.append(read_glyphs(one))
            continue
        anew = any(glyphs.position < start for glyphs in waiting)
        yield from (replace(g, position=g.position + start) if anew else g for g in waiting)
        waiting = []
        counted += len(code_text(one))
        start = counted
    yield from waiting


def code_text(element: Element) -> str:
    """The characters of a TextCode; line breaks in the XML are none of them.

    What XML cannot hold is written as a backslash and four hexadecimal digits (clause 11.3).
    """
    text = "".join(str(one) for one in element.itertext()).replace("\r", "").replace("\n", "")
    if "\\" not in text:
        return text
    plain = ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    # Characters beyond the first 65536 are escaped as two halves.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_shown(element: Element) -> bool:
    """Whether an annotation is to be seen."""
    return maybe_flag(element, "Visible") is not False
