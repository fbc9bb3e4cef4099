"""Telephone numbers of the mainland: which are whole, and how one is shown in public.

Mobile numbers have eleven digits and begin with 13 to 19; landlines are given with their area
code, which begins with 0 (Telecommunication network numbering plan, 2017 edition).
"""

import re

MOST_DIGITS = 12
WHOLE = re.compile(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}")
FIRST, LAST = 3, 4
"""Digits that are shown of a number."""


def is_phone(text: str) -> bool:
    """Whether a text is a whole number."""
    return WHOLE.fullmatch(text) is not None


def mask_phone(text: str) -> str:
    """A number as it may stand on a screen in public."""
    return text[:FIRST] + "*" * max(0, len(text) - FIRST - LAST) + text[FIRST:][-LAST:]
