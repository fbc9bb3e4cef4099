"""How wide characters are, and the part of a font that a document needs."""

import io
from functools import cache
from pathlib import Path

import skia
from fontTools import subset
from fontTools.ttLib import TTFont

from kiosk.ofd.fonts import other_faces


def advances(text: str, typeface: skia.Typeface, size: float) -> list[float]:
    """The width of each character, in the unit of `size`."""
    font = skia.Font(typeface, 1000)
    glyphs = typeface.unicharsToGlyphs([ord(one) for one in text])
    widths = list(font.getWidths(glyphs))
    for place, (character, glyph) in enumerate(zip(text, glyphs, strict=True)):
        if not glyph:
            widths[place] = _elsewhere(character)
    return [one * size / 1000 for one in widths]


def _elsewhere(character: str) -> float:
    for face in other_faces(bold=False):
        glyph = face.unicharToGlyph(ord(character))
        if glyph:
            return float(skia.Font(face, 1000).getWidths([glyph])[0])
    return 1000.0


@cache
def cut_font(path: Path, index: int, characters: str) -> bytes:
    """A font with these characters only, as it is embedded."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        options = subset.Options(
            layout_features=[], name_IDs=[1, 2], hinting=False, notdef_outline=True,
        )
        cutter = subset.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
