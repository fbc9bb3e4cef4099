"""Fonts for the screens: `python -m screens.fonts` makes them from Debian's packages.

Kivy takes the first face of a font collection, and that of Noto Sans CJK has Japanese
forms; so the simplified-Chinese face is taken out into a file of its own. Characters
that it lacks (names may hold rare ones) come from Hanazono.
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTCollection

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "fonts"
COLLECTIONS = Path("/usr/share/fonts/opentype/noto")
SC_FACE = 2
REGULAR = CACHE / "TongbanSans-Regular.otf"
BOLD = CACHE / "TongbanSans-Bold.otf"
SOURCES = {REGULAR: "NotoSansCJK-Regular.ttc", BOLD: "NotoSansCJK-Bold.ttc"}
RARE = Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf")
FIRST_RARE = 0x20000
"""From here on (the supplementary ideographic plane) the rare font is used."""


class NoFonts(RuntimeError):
    """The fonts are missing; the message says what to do."""


def make() -> None:
    """Take the faces out where they are missing. Raises NoFonts."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for target, name in SOURCES.items():
        source = COLLECTIONS / name
        if target.exists():
            continue
        if not source.exists():
            raise NoFonts(f"{source} is missing: install fonts-noto-cjk")
        face = TTCollection(source, lazy=True).fonts[SC_FACE]
        part = target.with_suffix(".part")
        face.save(part)
        part.replace(target)
        print(f"made {target.name}")


def require() -> None:
    """Raise NoFonts where a font is missing."""
    for path in (REGULAR, BOLD):
        if not path.exists():
            raise NoFonts(f"{path} is missing: run python -m screens.fonts")


def has_rare(text: str) -> bool:
    """Whether a text needs the rare font somewhere."""
    return any(ord(character) >= FIRST_RARE for character in text)


def with_fallback(text: str) -> str:
    """Kivy markup of a text, with rare characters in the rare font."""
    pieces = []
    for character in text:
        escaped = {"&": "&amp;", "[": "&bl;", "]": "&br;"}.get(character, character)
        rare = ord(character) >= FIRST_RARE and RARE.exists()
        pieces.append(f"[font={RARE}]{escaped}[/font]" if rare else escaped)
    return "".join(pieces)


if __name__ == "__main__":
    try:
        make()
    except NoFonts as error:
        sys.exit(str(error))
