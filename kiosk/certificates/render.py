"""Pages as pictures, by PDFium. For the worker process."""

import pypdfium2

from kiosk.certificates.port import Page

POINTS_PER_INCH = 72


def count_pages(document: bytes) -> int:
    """How many pages a PDF has. Raises ValueError."""
    return len(_open(document))


def render_page(document: bytes, number: int, dpi: float) -> Page:
    """A page (the first is 1) at a resolution. Raises ValueError."""
    pdf = _open(document)
    if not 1 <= number <= len(pdf):
        raise ValueError(f"page {number} of {len(pdf)}")
    try:
        bitmap = pdf[number - 1].render(
            scale=dpi / POINTS_PER_INCH, rev_byteorder=True, may_draw_forms=False
        )
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"page {number}: {error}") from error
    image = bitmap.to_numpy()[:, :, :3]
    return Page(image.shape[1], image.shape[0], image.tobytes())


def _open(document: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"not a PDF that can be opened: {error}") from error
