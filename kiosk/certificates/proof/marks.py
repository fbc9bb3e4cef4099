"""The numbers on a page, as short digests: so that a code belongs to one page only.

Numbers are what is forged, and what can be read again from paper with certainty. A code
carries two bytes for each, the longest numbers first.
"""

import re
from hashlib import sha256

NUMBER = re.compile(r"\d+(?:(?:[.,\-/:]|\s?[年月]\s?)\d+)*")
SHORTEST = 3
MARK_SIZE = 2
MOST = 24
SALT = b"tongban page mark 1:"


def numbers_of(text: str) -> list[str]:
    """The numbers of a text as digits only, each once; dates and amounts are one number."""
    found = ("".join(filter(str.isdigit, one)) for one in NUMBER.findall(text))
    return list(dict.fromkeys(one for one in found if len(one) >= SHORTEST))


def mark_of(number: str) -> bytes:
    """What stands for a number in a code."""
    return sha256(SALT + number.encode()).digest()[:MARK_SIZE]


def page_marks(text: str) -> bytes:
    """The marks of a page's numbers."""
    chosen = sorted(numbers_of(text), key=len, reverse=True)[:MOST]
    return b"".join(sorted({mark_of(one) for one in chosen}))


def split_marks(marks: bytes) -> set[bytes]:
    """The marks one by one."""
    return {marks[at : at + MARK_SIZE] for at in range(0, len(marks), MARK_SIZE)}

