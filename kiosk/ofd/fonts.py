"""Typefaces: those that a document brings along, and stand-ins for those that it only names.

Stand-ins are Noto Serif and Sans CJK (SC), DejaVu Sans Mono for fixed widths, and HanaMin
for characters that Noto lacks; files are opened by name, so that a page looks the same
on every terminal.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import skia

from kiosk.ofd.container import Package
from kiosk.ofd.errors import OfdError
from kiosk.ofd.model import Font

FONT_FOLDER = Path("/usr/share/fonts")
SIMPLIFIED = 2
"""The face of simplified Chinese in Noto's collections."""
NOTO = FONT_FOLDER / "opentype/noto"
SERIF = (NOTO / "NotoSerifCJK-Regular.ttc", NOTO / "NotoSerifCJK-Bold.ttc", SIMPLIFIED)
SANS = (NOTO / "NotoSansCJK-Regular.ttc", NOTO / "NotoSansCJK-Bold.ttc", SIMPLIFIED)
MONO = (
    FONT_FOLDER / "truetype/dejavu/DejaVuSansMono.ttf",
    FONT_FOLDER / "truetype/dejavu/DejaVuSansMono-Bold.ttf",
    0,
)
RARE = (FONT_FOLDER / "truetype/hanazono/HanaMinA.ttf",) * 2 + (0,)
RARER = (FONT_FOLDER / "truetype/hanazono/HanaMinB.ttf",) * 2 + (0,)

SANS_WORDS = (
    "hei", "黑", "yahei", "雅黑", "gothic", "sans", "arial", "helvetica", "圆", "yuan", "dengxian",
    "等线", "verdana", "tahoma", "segoe", "microsoft",
)
MONO_WORDS = ("courier", "mono", "consol")
BOLD_WORDS = ("bold", "black", "heavy", "simhei", "黑体", "小标宋", "xiaobiaosong")
BOLD_WEIGHT = 600


class FontsMissing(RuntimeError):
    """The machine lacks the fonts that stand in for others."""


@cache
def _manager() -> skia.FontMgr:
    return skia.FontMgr.New_Custom_Empty()


@cache
def _load(path: Path, index: int) -> skia.Typeface | None:
    return _manager().makeFromFile(str(path), index) if path.exists() else None


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface and how far it is from the one that was asked for."""

    typeface: skia.Typeface
    embedded: bool
    slanted: bool = False
    """Whether it has to be slanted, as it has no italic of its own."""
    emboldened: bool = False


def stand_in(font: Font, *, bold: bool) -> skia.Typeface:
    """What is drawn for a font that is only named. Raises FontsMissing."""
    words = f"{font.name} {font.family}".lower()
    files = SERIF
    if font.fixed_width or any(word in words for word in MONO_WORDS):
        files = MONO
    elif not font.serif and any(word in words for word in SANS_WORDS):
        files = SANS
    found = _load(files[1 if bold else 0], files[2]) or _load(files[0], files[2])
    found = found or _load(SERIF[0], SERIF[2])
    if found is None:
        raise FontsMissing(f"{files[0]} is missing")
    return found


def other_faces(bold: bool) -> tuple[skia.Typeface, ...]:
    """Where to look for a character that a typeface lacks, in this order."""
    families = (SERIF, SANS, RARE, RARER, MONO)
    chosen = (_load(files[1 if bold else 0], files[2]) for files in families)
    return tuple(one for one in chosen if one is not None)


class FontBook:
    """The fonts of one document; each is opened once."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._embedded: dict[str, skia.Typeface | None] = {}
        self.problems: list[str] = []

    def face(self, font: Font | None, weight: int, italic: bool) -> Face:
        """The typeface for some text. Raises FontsMissing."""
        font = font or Font("", "")
        bold = font.bold or weight >= BOLD_WEIGHT
        if font.part:
            typeface = self._open(font.part)
            if typeface is not None:
                heavier = bold and not typeface.isBold() and not font.bold
                return Face(typeface, True, italic and not typeface.isItalic(), heavier)
        words = f"{font.name} {font.family}".lower()
        bold = bold or any(word in words for word in BOLD_WORDS)
        return Face(stand_in(font, bold=bold), False, slanted=italic or font.italic)

    def _open(self, part: str) -> skia.Typeface | None:
        if part not in self._embedded:
            try:
                # Data(bytes) would not copy, and the bytes are gone before they are drawn.
                data = skia.Data.MakeWithCopy(self._package.read(part))
                self._embedded[part] = _manager().makeFromData(data)
                if self._embedded[part] is None:
                    self.problems.append(f"not_drawable: font {part}")
            except OfdError as error:
                self.problems.append(str(error))
                self._embedded[part] = None
        return self._embedded[part]
