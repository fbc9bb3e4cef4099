"""Pages of certificates as pictures, and what a printer takes. For the worker process."""

from types import ModuleType

from kiosk.certificates import ofd, pdf
from kiosk.certificates.formats import sniff
from kiosk.certificates.port import Page
from kiosk.certificates.verdict import FileFormat

FORMATS: dict[FileFormat, ModuleType] = {FileFormat.OFD: ofd, FileFormat.PDF: pdf}


def _format_of(document: bytes) -> FileFormat:
    found = sniff(document)
    if found is None:
        raise ValueError("neither an OFD nor a PDF file")
    return found


def count_pages(document: bytes) -> int:
    """How many pages a file has. Raises ValueError."""
    return int(FORMATS[_format_of(document)].count_pages(document))


def render_page(document: bytes, number: int, dpi: float) -> Page:
    """A page (the first is 1) at a resolution. Raises ValueError."""
    page: Page = FORMATS[_format_of(document)].draw_page(document, number, dpi)
    return page


def printable(document: bytes) -> bytes:
    """The file as a PDF, which printers take: of OFD the pages as vectors. Raises ValueError."""
    return ofd.to_pdf(document) if _format_of(document) is FileFormat.OFD else document


def page_text(document: bytes, number: int) -> str:
    """The text of a page (the first is 1). Raises ValueError."""
    return str(FORMATS[_format_of(document)].page_text(document, number))


def written_metadata(document: bytes) -> dict[str, str]:
    """Names and values that a file says of itself, as written. Raises ValueError."""
    return dict(FORMATS[_format_of(document)].written_metadata(document))
