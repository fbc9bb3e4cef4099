"""Paths from their abbreviations (GB/T 33190, clause 9.1): S, M, L, Q, B, A and C."""

from collections.abc import Callable

import skia

from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.values import SEPARATOR, to_number

LONGEST_PATH = 1_000_000
ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0, "Z": 0}


def to_path(data: str, *, even_odd: bool = False) -> skia.Path:
    """A path. Raises OfdError (BAD_VALUE, TOO_LARGE)."""
    words = [word for word in SEPARATOR.split(data.strip()) if word]
    if len(words) > LONGEST_PATH:
        raise OfdError(OfdReason.TOO_LARGE, "AbbreviatedData", f"{len(words)} words")
    path = skia.Path()
    if even_odd:
        path.setFillType(skia.PathFillType.kEvenOdd)
    draw: dict[str, Callable[..., object]] = {
        "S": path.moveTo, "M": path.moveTo, "L": path.lineTo,
        "Q": path.quadTo, "B": path.cubicTo,
        "A": lambda *numbers: _arc(path, *numbers),
        "C": path.close, "Z": path.close,
    }
    place, operator = 0, ""
    while place < len(words):
        if words[place] in ARGUMENTS:
            operator = words[place]
            place += 1
        elif not ARGUMENTS.get(operator):
            raise OfdError(OfdReason.BAD_VALUE, "AbbreviatedData", repr(words[place][:20]))
        count = ARGUMENTS[operator]
        numbers = [to_number(word, "AbbreviatedData") for word in words[place : place + count]]
        if len(numbers) < count:
            raise OfdError(OfdReason.BAD_VALUE, "AbbreviatedData", f"{operator} breaks off")
        draw[operator](*numbers)
        place += count
    return path


def _arc(
    path: skia.Path, rx: float, ry: float, angle: float, large: float, sweep: float,
    x: float, y: float,
) -> None:
    """An arc of an ellipse to a point; `sweep` 1 turns clockwise, as y goes down."""
    if rx <= 0 or ry <= 0:
        path.lineTo(x, y)
        return
    size = skia.Path.ArcSize.kLarge_ArcSize if large else skia.Path.ArcSize.kSmall_ArcSize
    direction = skia.PathDirection.kCW if sweep else skia.PathDirection.kCCW
    path.arcTo(rx, ry, angle, size, direction, x, y)
