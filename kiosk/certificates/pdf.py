"""Certificates as PDF: signatures by pyHanko, those with SM2 by our own branch, pages by PDFium.

For the worker process; see `worker.py`.
"""

import io
from datetime import datetime

import cv2
import numpy as np
import pikepdf
import pypdfium2
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from kiosk.certificates.pades import Judged, Pades, behind
from kiosk.certificates.port import Page
from kiosk.certificates.sm2_pdf import judge_sm2, read_entries
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import FileFormat, Verdict, Verification, unreadable

POINTS_PER_INCH = 72
MM_PER_INCH = 25.4


def verify_pdf(document: bytes, trust: Trust, now: datetime) -> Verification:
    """Verify all signatures of a PDF, each by the branch that knows its algorithms."""
    try:
        reader = PdfFileReader(io.BytesIO(document))
        entries = read_entries(reader)
        embedded = {
            one: EmbeddedPdfSignature(reader, one.field, one.name)
            for one in entries if not one.is_ours
        }
    except Exception as error:  # noqa: BLE001 (a parser fails on foreign files in its own ways)
        return unreadable(FileFormat.PDF, f"{type(error).__name__}: {error}")
    if not entries:
        return Verification(FileFormat.PDF, Verdict.UNSIGNED, None)
    pades = Pades(document, trust, now)
    try:
        found = [
            pades.judge(embedded[one]) if one in embedded
            else judge_sm2(document, one, trust, now)
            for one in entries
        ]
        # Where one is ours, the last signature must cover the whole file: no timestamp is behind.
        stamps = pades.open_stamps(reader) if len(embedded) == len(entries) else ()
    except Exception as error:  # noqa: BLE001 (the same; the way it failed is told)
        detail = f"{type(error).__name__}: {error}"
        return Verification(
            FileFormat.PDF, Verdict.ALTERED, False, ("the whole file",), detail=detail
        )
    return _together(found, (*behind(found, len(document)), *stamps))


def _together(found: list[Judged], more: tuple[str, ...]) -> Verification:
    """The verdict on a file by all of its signatures."""
    uncovered = (*(one.open for one in found if one.open), *more)
    intact = all(one.fits for one in found) and not uncovered
    sound = intact and all(one.sound for one in found)
    verdict = Verdict.GENUINE if sound else Verdict.UNTRUSTED if intact else Verdict.ALTERED
    return Verification(
        FileFormat.PDF, verdict, intact, uncovered, tuple(one.signature for one in found),
        "; ".join(one.detail for one in found if one.detail),
    )


def count_pages(document: bytes) -> int:
    """How many pages a PDF has. Raises ValueError."""
    return len(_open(document))


def draw_page(document: bytes, number: int, dpi: float) -> Page:
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
    dots = bitmap.to_numpy()
    rgb = np.ascontiguousarray(dots) if dots.shape[2] == 3 else cv2.cvtColor(
        dots, cv2.COLOR_RGBA2RGB
    )
    return Page(rgb.shape[1], rgb.shape[0], rgb.data.cast("B"))


def ink_of(document: bytes, number: int) -> np.ndarray:
    """A page in grey dots of one millimetre. Raises ValueError."""
    bitmap = _open(document)[number - 1].render(
        scale=MM_PER_INCH / POINTS_PER_INCH, grayscale=True, may_draw_forms=False
    )
    return np.asarray(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)


def page_text(document: bytes, number: int) -> str:
    """The text of a page (the first is 1). Raises ValueError."""
    return str(_open(document)[number - 1].get_textpage().get_text_range())


def written_metadata(document: bytes) -> dict[str, str]:
    """The information dictionary of a PDF, standard entries and own ones. Raises ValueError."""
    try:
        with pikepdf.open(io.BytesIO(document)) as opened:
            return {str(name).lstrip("/"): str(value) for name, value in opened.docinfo.items()}
    except pikepdf.PdfError as error:
        raise ValueError(f"not a PDF that can be opened: {error}") from error


def _open(document: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"not a PDF that can be opened: {error}") from error
