"""The code by which a citizen asks again for what was left: twelve digits, the last a check.

Digits alone are said and typed without a doubt in every language, and the terminal's keypad has
them. The check digit is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004): it finds
every wrong digit and every swap of two neighbours.
"""

from random import Random

DIGITS = 12
GROUP = 4
QUASIGROUP = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)
"""A totally anti-symmetric quasigroup of order ten whose diagonal is zero."""


def new_code(chance: Random) -> str:
    """A code at random."""
    digits = "".join(chance.choice("0123456789") for _ in range(DIGITS - 1))
    return digits + str(_check(digits))


def is_code(text: str) -> bool:
    """Whether a text is a code, without a slip in it."""
    return len(text) == DIGITS and text.isascii() and text.isdigit() and _check(text) == 0


def grouped(code: str) -> str:
    """A code, or the beginning of one, as it is shown and printed."""
    return " ".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def _check(digits: str) -> int:
    """The digit that belongs behind these; zero behind a code that is whole."""
    state = 0
    for digit in digits:
        state = int(QUASIGROUP[state][int(digit)])
    return state
