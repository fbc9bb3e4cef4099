"""Where the glyphs of a text stand (GB/T 33190, clause 11), and how they are drawn."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import skia

from kiosk.ofd.fonts import Face, other_faces
from kiosk.ofd.model import TextCode, TextUnit

SLANT = -0.25
NARROWEST = 0.4
"""How far a stand-in's glyph may be squeezed into the place of the one it stands for."""
PLACEHOLDER = "¤"
STEPS = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph of a typeface at a place, and how far it is squeezed."""

    typeface: skia.Typeface
    glyph: int
    x: float
    y: float
    squeeze: float = 1.0


@dataclass(slots=True)
class _Item:
    """What is drawn at one step: a glyph that was named, or a character."""

    glyph: int | None
    character: str


class Typesetter:
    """Places the glyphs of one text."""

    def __init__(self, unit: TextUnit, face: Face) -> None:
        self._unit = unit
        self._face = face
        self._others = other_faces(unit.weight > 600) if not face.embedded else ()
        self._widths: dict[tuple[int, int], float] = {}
        self._transforms = {one.position: one for one in unit.glyphs}

    def place(self) -> list[Placed]:
        """All glyphs in the order of the text."""
        placed: list[Placed] = []
        start, x, y = 0, 0.0, 0.0
        for code in self._unit.codes:
            x = x if code.x is None else code.x
            y = y if code.y is None else code.y
            placed.extend(self._place(code, list(self._items(code.text, start)), x, y))
            start += len(code.text)
        return placed

    def _items(self, text: str, start: int) -> Iterator[_Item]:
        place = 0
        while place < len(text):
            transform = self._transforms.get(start + place)
            if transform is not None and self._face.embedded:
                characters = text[place : place + transform.characters]
                for number, glyph in enumerate(transform.glyphs):
                    yield _Item(glyph, characters[number : number + 1])
                place += max(1, transform.characters)
            else:
                yield _Item(None, text[place])
                place += 1

    def _place(
        self, code: TextCode, items: list[_Item], x: float, y: float
    ) -> Iterator[Placed]:
        steps = list(self._steps(code, items))
        squeezes: dict[float, float] = {}
        for number, (item, (step_x, step_y)) in enumerate(zip(items, steps, strict=True)):
            typeface, glyph = self._glyph(item)
            if glyph is not None:
                width = 0.0 if self._face.embedded else self._width(typeface, glyph)
                if number < len(code.delta_x):
                    squeezes[width] = self._squeeze(width, step_x)
                # Behind the last distance there is no next glyph to keep clear of.
                yield Placed(typeface, glyph, x, y, squeezes.get(width, 1.0))
            x, y = x + step_x, y + step_y

    def _steps(self, code: TextCode, items: list[_Item]) -> Iterator[tuple[float, float]]:
        """How far it is from each glyph to the next; the last distance goes on."""
        if code.delta_x or code.delta_y:
            yield from zip(
                drawn_out(code.delta_x, len(items)), drawn_out(code.delta_y, len(items)),
                strict=True,
            )
            return
        direction = STEPS[self._unit.read_direction]
        for item in items:
            typeface, glyph = self._glyph(item)
            width = 0.0 if glyph is None else self._width(typeface, glyph)
            yield direction[0] * width, direction[1] * width

    def _glyph(self, item: _Item) -> tuple[skia.Typeface, int | None]:
        """The typeface and glyph for an item; None for what leaves no mark."""
        face = self._face.typeface
        if item.glyph is not None:
            return face, item.glyph
        if item.character in (PLACEHOLDER, ""):
            return face, None
        code = ord(item.character)
        for typeface in (face, *self._others):
            glyph = typeface.unicharToGlyph(code)
            if glyph:
                return typeface, glyph
        for typeface in other_faces(False):
            glyph = typeface.unicharToGlyph(code)
            if glyph:
                return typeface, glyph
        invisible = item.character.isspace() or unicodedata.category(item.character) == "Cc"
        return face, None if invisible else 0

    def _squeeze(self, width: float, step: float) -> float:
        """Stand-ins are wider than some fonts they stand for; they keep to their place."""
        if step <= 0 or width <= step * 1.02:
            return 1.0
        return max(NARROWEST, step / width)

    def _width(self, typeface: skia.Typeface, glyph: int) -> float:
        key = typeface.uniqueID(), glyph
        if key not in self._widths:
            font = run_font(self._unit, self._face, Placed(typeface, glyph, 0, 0))
            self._widths[key] = float(font.getWidths([glyph])[0])
        return self._widths[key]


def drawn_out(deltas: tuple[float, ...], count: int) -> Iterable[float]:
    """So many distances: the given ones, then the last again and again."""
    if not deltas:
        return [0.0] * count
    return [*deltas[:count], *[deltas[-1]] * (count - len(deltas))]


def draw_text(
    canvas: skia.Canvas, unit: TextUnit, face: Face, placed: list[Placed], paint: skia.Paint
) -> None:
    """Draw glyphs, each run of one typeface and width at once."""
    if unit.character_direction:
        for one in placed:
            canvas.save()
            canvas.translate(one.x, one.y)
            canvas.rotate(unit.character_direction)
            _draw_run(canvas, unit, face, [one], paint, at_origin=True)
            canvas.restore()
        return
    run: list[Placed] = []
    for one in placed:
        if run and (one.typeface is not run[0].typeface or one.squeeze != run[0].squeeze):
            _draw_run(canvas, unit, face, run, paint)
            run = []
        run.append(one)
    if run:
        _draw_run(canvas, unit, face, run, paint)


def _draw_run(
    canvas: skia.Canvas, unit: TextUnit, face: Face, run: list[Placed], paint: skia.Paint,
    *, at_origin: bool = False,
) -> None:
    font = run_font(unit, face, run[0])
    builder = skia.TextBlobBuilder()
    places = [skia.Point(0, 0)] if at_origin else [skia.Point(one.x, one.y) for one in run]
    builder.allocRunPos(font, [one.glyph for one in run], places)
    canvas.drawTextBlob(builder.make(), 0, 0, paint)


def run_font(unit: TextUnit, face: Face, first: Placed) -> skia.Font:
    """The font of a run."""
    slant = SLANT if face.slanted else 0
    font = skia.Font(first.typeface, unit.size, unit.horizontal_scale * first.squeeze, slant)
    font.setSubpixel(True)
    font.setLinearMetrics(True)
    font.setHinting(skia.FontHinting.kNone)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    font.setEmbolden(face.emboldened)
    return font
