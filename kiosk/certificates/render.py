"""Files of certificates, opened once: verified, as pictures, and as a printer takes them.

For the worker process.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from kiosk.certificates.formats import sniff
from kiosk.certificates.ofd import OfdDocument
from kiosk.certificates.pdf import PdfDocument
from kiosk.certificates.port import Page
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import FileFormat, Verification


class Opened(Protocol):
    """An open file of either format; pages count from 1, what cannot be read is a ValueError."""

    def verify(self, trust: Trust, now: datetime) -> Verification:
        """Intact, what is not covered, signed by whom, trusted or not."""

    def count_pages(self) -> int:
        """How many pages it has."""

    def draw_page(self, number: int, dpi: float) -> Page:
        """A page at a resolution."""

    def printable(self) -> bytes:
        """The file as a PDF, which printers take: of OFD the pages as vectors."""

    def page_text(self, number: int) -> str:
        """The text of a page."""

    def written_metadata(self) -> dict[str, str]:
        """Names and values that the file says of itself, as written."""


FORMATS: dict[FileFormat, Callable[[bytes], Opened]] = {
    FileFormat.OFD: OfdDocument, FileFormat.PDF: PdfDocument,
}


def open_document(document: bytes) -> Opened:
    """Open a file by what it is. Raises ValueError."""
    found = sniff(document)
    if found is None:
        raise ValueError("neither an OFD nor a PDF file")
    return FORMATS[found](document)


def render_page(document: bytes, number: int, dpi: float) -> Page:
    """A page (the first is 1) at a resolution. Raises ValueError."""
    return open_document(document).draw_page(number, dpi)
