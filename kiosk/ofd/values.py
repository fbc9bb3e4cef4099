"""Simple values of GB/T 33190, clause 7.3: numbers, arrays, boxes, references. No I/O."""

import math
import re
from typing import NamedTuple

from kiosk.ofd.errors import OfdError, OfdReason
from kiosk.ofd.xml import Element, attribute

SEPARATOR = re.compile(r"[\s,]+")
FARTHEST = 1e7
"""Millimetres; what is farther away is a mistake or an attack."""
LONGEST_ARRAY = 200_000


class Box(NamedTuple):
    """A rectangle in millimetres; `x` and `y` of its top left corner."""

    x: float
    y: float
    width: float
    height: float


class Matrix(NamedTuple):
    """`x' = a x + c y + e`, `y' = b x + d y + f` (ST_Array of six)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float


def to_number(text: str, where: str) -> float:
    """A finite number of sensible size. Raises OfdError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -FARTHEST <= value <= FARTHEST:
        raise OfdError(OfdReason.BAD_VALUE, where, repr(text[:40]))
    return value


def to_numbers(text: str, where: str) -> tuple[float, ...]:
    """Numbers with blanks or commas between them. Raises OfdError."""
    words = SEPARATOR.split(text.strip())
    if len(words) > LONGEST_ARRAY:
        raise OfdError(OfdReason.TOO_LARGE, where, f"{len(words)} numbers")
    return tuple(to_number(word, where) for word in words if word)


def to_box(text: str | None, where: str) -> Box | None:
    """A box; None where there is none. Raises OfdError."""
    if text is None:
        return None
    numbers = to_numbers(text, where)
    if len(numbers) != 4 or numbers[2] < 0 or numbers[3] < 0:
        raise OfdError(OfdReason.BAD_VALUE, where, repr(text[:40]))
    return Box(*numbers)


def to_matrix(text: str | None, where: str) -> Matrix | None:
    """A transformation; None where there is none. Raises OfdError."""
    if text is None:
        return None
    numbers = to_numbers(text, where)
    if len(numbers) != 6:
        raise OfdError(OfdReason.BAD_VALUE, where, repr(text[:40]))
    return Matrix(*numbers)


def to_deltas(text: str | None, where: str) -> tuple[float, ...]:
    """Distances between glyphs; `g n v` stands for n times v (clause 11.3). Raises OfdError."""
    words = SEPARATOR.split(text.strip()) if text and text.strip() else []
    deltas: list[float] = []
    place = 0
    while place < len(words):
        if words[place] == "g":
            if place + 2 >= len(words):
                raise OfdError(OfdReason.BAD_VALUE, where, "a run without its value")
            count = int(to_number(words[place + 1], where))
            if count < 0 or len(deltas) + count > LONGEST_ARRAY:
                raise OfdError(OfdReason.TOO_LARGE, where, f"a run of {count}")
            deltas.extend([to_number(words[place + 2], where)] * count)
            place += 3
        else:
            deltas.append(to_number(words[place], where))
            place += 1
    return tuple(deltas)


def number(element: Element, name: str, default: float) -> float:
    """An attribute that is a number. Raises OfdError."""
    text = attribute(element, name)
    return default if text is None else to_number(text, f"{element.tag}@{name}")


def maybe_number(element: Element, name: str) -> float | None:
    """An attribute that is a number, or None where it is missing. Raises OfdError."""
    text = attribute(element, name)
    return None if text is None else to_number(text, f"{element.tag}@{name}")


def flag(element: Element, name: str, default: bool) -> bool:
    """An attribute that is true or false."""
    text = attribute(element, name)
    return default if text is None else text.lower() in ("true", "1")


def maybe_flag(element: Element, name: str) -> bool | None:
    """The same, None where it is missing."""
    text = attribute(element, name)
    return None if text is None else text.lower() in ("true", "1")
