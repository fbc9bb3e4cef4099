"""The numbers of a page as marks in a code (docs/paper-proof.md), as a library makes them.

A terminal that is on the line sends the marks of what it prints. For copies that are printed
without a line the library signs codes beforehand, so it reads its own file.
"""

import hashlib
import re

import pypdfium2

from kiosk.ofd.document import OfdFile
from kiosk.ofd.plain import page_text

NUMBERS = re.compile(
    r"\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?|\d+(?:[.,\-/:]\d+)*"
)
ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def text_and_pages(document: bytes, form: str) -> tuple[str, int]:
    """The text of a file's first page, and how many pages it has; `form`: pdf or ofd."""
    if form == "ofd":
        file = OfdFile(document)
        return page_text(file.page(1)), file.page_count
    opened = pypdfium2.PdfDocument(document)
    try:
        return str(opened[0].get_textpage().get_text_range()), len(opened)
    finally:
        opened.close()


def marks_of(text: str) -> bytes:
    """The marks of the 24 longest numbers of a text."""
    found: dict[str, None] = {}
    for one in NUMBERS.findall(text.translate(ZERO_WIDTH)):
        digits = "".join(filter(str.isdigit, one))
        if len(digits) >= 3:
            found[digits] = None
    longest = sorted(found, key=len, reverse=True)[:24]
    return b"".join(sorted({_mark(one) for one in longest}))


def _mark(digits: str) -> bytes:
    digest = hashlib.sha256(b"tongban page mark 1:" + digits.encode()).digest()
    value = int.from_bytes(digest[:2], "big") & 0xFFF0 | min(len(digits) - 3, 15)
    return value.to_bytes(2, "big")
