"""The numbers on a page, as short digests: so that a code belongs to one page only.

Numbers are what is forged, and what can be read again from paper with certainty. A code
carries two bytes for each, the longest numbers first: twelve bits of a digest, and four that
say how many digits it has.
"""

import re
from hashlib import sha256
from unicodedata import category

DAY = r"\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?"
NUMBER = re.compile(rf"{DAY}|\d+(?:[.,\-/:]\d+)*")
INVISIBLE = "Cf"
"""The Unicode category of what breaks long numbers without being seen."""
SHORTEST = 3
MARK_SIZE = 2
LENGTH_BITS = 0xF
MOST = 24
SALT = b"tongban page mark 1:"


def numbers_of(text: str) -> list[str]:
    """The numbers of a text as digits only, each once; dates and amounts are one number."""
    seen = "".join(one for one in text if category(one) != INVISIBLE)
    found = ("".join(filter(str.isdigit, one)) for one in NUMBER.findall(seen))
    return list(dict.fromkeys(one for one in found if len(one) >= SHORTEST))


def mark_of(number: str) -> bytes:
    """What stands for a number in a code."""
    digest = int.from_bytes(sha256(SALT + number.encode()).digest()[:MARK_SIZE], "big")
    return (digest & ~LENGTH_BITS | length_of(number)).to_bytes(MARK_SIZE, "big")


def length_of(number: str) -> int:
    """How many digits a number has, as a mark says it."""
    return min(len(number) - SHORTEST, LENGTH_BITS)


def length_in(mark: bytes) -> int:
    """What a mark says of the length."""
    return mark[-1] & LENGTH_BITS


def page_marks(text: str) -> bytes:
    """The marks of a page's numbers."""
    chosen = sorted(numbers_of(text), key=len, reverse=True)[:MOST]
    return b"".join(sorted({mark_of(one) for one in chosen}))


def split_marks(marks: bytes) -> set[bytes]:
    """The marks one by one."""
    return {marks[at : at + MARK_SIZE] for at in range(0, len(marks), MARK_SIZE)}

