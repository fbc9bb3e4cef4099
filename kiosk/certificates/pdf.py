"""Certificates as PDF: signatures by pyHanko, those with SM2 by our own branch, pages by PDFium.

pyHanko's `bottom_line` decides, because a later change that an incremental update hides
leaves `intact` true. For the worker process; see `worker.py`.
"""

import io
from datetime import datetime

import cv2
import numpy as np
import pikepdf
import pypdfium2
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from kiosk.certificates.container import container_problem
from kiosk.certificates.port import Page
from kiosk.certificates.sm2_pdf import read_entries, verify_sm2
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import (
    FileFormat,
    Signature,
    Verdict,
    Verification,
    unreadable,
)

POINTS_PER_INCH = 72
MM_PER_INCH = 25.4


def verify_pdf(document: bytes, trust: Trust, now: datetime) -> Verification:
    """Verify all signatures of a PDF."""
    try:
        reader = PdfFileReader(io.BytesIO(document))
        entries = read_entries(reader)
        by_sm2 = [one for one in entries if one.is_sm2]
        embedded = list(reader.embedded_regular_signatures) if not by_sm2 else []
    except Exception as error:  # noqa: BLE001 (a parser fails on foreign files in its own ways)
        return unreadable(FileFormat.PDF, f"{type(error).__name__}: {error}")
    if by_sm2:
        return verify_sm2(document, entries, trust, now)
    if not embedded:
        return Verification(FileFormat.PDF, Verdict.UNSIGNED, None)
    return _verify_pades(document, embedded, trust)


def _verify_pades(
    document: bytes, embedded: list[EmbeddedPdfSignature], trust: Trust
) -> Verification:
    context = ValidationContext(trust_roots=list(trust.roots), allow_fetching=False)
    checked: list[Signature] = []
    statuses: list[PdfSignatureStatus] = []
    for one in embedded:
        try:
            status = validate_pdf_signature(one, context)
        except Exception as error:  # noqa: BLE001 (the same; the way it failed is told)
            detail = f"{type(error).__name__}: {error}"
            return Verification(
                FileFormat.PDF, Verdict.ALTERED, False, ("the whole file",), detail=detail
            )
        statuses.append(status)
        checked.append(_signature(status))
    uncovered = _uncovered(statuses, len(document), embedded)
    for one in embedded:
        why = container_problem(document, one.byte_range, list(trust.roots))
        if why:
            start, end = one.byte_range[0] + one.byte_range[1], one.byte_range[2]
            uncovered += (f"bytes {start} to {end}: {why}",)
    intact = all(one.intact and one.valid for one in statuses) and not uncovered
    if all(one.bottom_line for one in statuses) and intact:
        verdict = Verdict.GENUINE
    else:
        verdict = Verdict.UNTRUSTED if intact else Verdict.ALTERED
    return Verification(FileFormat.PDF, verdict, intact, uncovered, tuple(checked))


def _signature(status: PdfSignatureStatus) -> Signature:
    certificate = status.signing_cert
    if status.trusted:
        chain = "trusted"
    elif status.revoked:
        chain = "revoked"
    else:
        chain = "untrusted"
    return Signature(
        kind="PAdES",
        value_valid=status.valid,
        digest_valid=status.intact,
        signer=certificate.subject.native.get("common_name", ""),
        chain=chain,
        signed_at=status.signer_reported_dt.isoformat() if status.signer_reported_dt else None,
        why=status.summary(),
    )


def _uncovered(
    statuses: list[PdfSignatureStatus], size: int, embedded: list[EmbeddedPdfSignature]
) -> tuple[str, ...]:
    """Ranges of bytes behind the last signature whose change is not a permitted one."""
    whole = SignatureCoverageLevel.ENTIRE_FILE
    if any(status.coverage is whole for status in statuses):
        return ()
    allowed = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    if all(status.modification_level in allowed for status in statuses):
        return ()
    end = max(one.byte_range[2] + one.byte_range[3] for one in embedded)
    return (f"bytes {end} to {size}",)


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
