"""The text behind the glyphs of a PDF: radicals become the characters that were written.

Fonts draw a radical (U+2F00 and others) and its character with one glyph, and the drawing
library, which knows glyphs only, names the first of the two. Who searches or copies would not
find the character. The maps from glyphs to text are those of ISO 32000-1, 9.10.3.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from unicodedata import normalize

import pikepdf

from kiosk.ofd.fonts import other_faces

RADICALS = range(0x2E80, 0x2FE0)
IDEOGRAPHS = range(0x4E00, 0xA000)
MOST_IN_BLOCK = 100
BLOCK = re.compile(rb"\d+ beginbf(char|range)\s(.*?)endbf\1\s*", re.DOTALL)
CHARACTER = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
LARGEST_RANGE = 65536


def mend_text(pdf: bytes) -> bytes:
    """A PDF of our own making whose text names no radicals; the pages look the same."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        mended = False
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
                written = one["/ToUnicode"].read_bytes()
                better = mend_map(written)
                if better != written:
                    one["/ToUnicode"].write(better)
                    mended = True
        if not mended:
            return pdf
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def mend_map(written: bytes) -> bytes:
    """A map from glyphs to text without radicals; the same where there are none."""
    entries = [one for block in BLOCK.finditer(written) for one in _entries(block)]
    if not any(text in characters() for _, text in entries):
        return written
    lines = [
        b"<%s> <%s>\n" % (code, f"{characters().get(text, text):04X}".encode())
        for code, text in entries
    ]
    blocks = b"".join(
        b"%d beginbfchar\n%sendbfchar\n" % (len(some), b"".join(some))
        for some in (lines[at : at + MOST_IN_BLOCK] for at in range(0, len(lines), MOST_IN_BLOCK))
    )
    first = next(BLOCK.finditer(written)).start()
    return BLOCK.sub(b"", written[:first]) + blocks + BLOCK.sub(b"", written[first:])


def _entries(block: re.Match[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each glyph's code, as digits, and the number that its text is in UTF-16."""
    if block.group(1) == b"char":
        for code, text in CHARACTER.findall(block.group(2)):
            yield code, int(text, 16)
        return
    for first, last, text in RANGE.findall(block.group(2)):
        begin, end = int(first, 16), int(last, 16)
        for place in range(min(end - begin + 1, LARGEST_RANGE)):
            yield b"%0*X" % (len(first), begin + place), int(text, 16) + place


@cache
def characters() -> dict[int, int]:
    """Radicals and the characters that they are drawn as, by the fonts here, else by Unicode."""
    found: dict[int, int] = {}
    for face in other_faces(bold=False):
        glyphs = face.unicharsToGlyphs(list(IDEOGRAPHS))
        drawn = {glyph: code for glyph, code in zip(glyphs, IDEOGRAPHS, strict=True) if glyph}
        for code, glyph in zip(RADICALS, face.unicharsToGlyphs(list(RADICALS)), strict=True):
            if glyph in drawn:
                found.setdefault(code, drawn[glyph])
    by_unicode = {code: normalize("NFKC", chr(code)) for code in RADICALS}
    named = {code: ord(text) for code, text in by_unicode.items() if text != chr(code)}
    return named | found
