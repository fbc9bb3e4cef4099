"""Certificates as OFD: judged and drawn by `kiosk.ofd`. For the worker process."""

from datetime import datetime

import cv2

from kiosk.certificates.port import Page
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import (
    FileFormat,
    Signature,
    Verdict,
    Verification,
    unreadable,
)
from kiosk.ofd import plain
from kiosk.ofd.document import OfdFile
from kiosk.ofd.errors import OfdError
from kiosk.ofd.judge import BARE
from kiosk.ofd.render import render_page, render_pdf
from kiosk.ofd.stamps import read_stamps
from kiosk.ofd.verify import Checked, Verified, verify


def verify_ofd(document: bytes, trust: Trust, now: datetime) -> Verification:
    """Verify all signatures of an OFD file."""
    try:
        file = OfdFile(document)
    except OfdError as error:
        return unreadable(FileFormat.OFD, str(error))
    try:
        verified = verify(file, trust.chains, now)
    except OfdError as error:
        # It says that it is signed, and what should bear that out is broken.
        return Verification(FileFormat.OFD, Verdict.ALTERED, False, detail=str(error))
    return Verification(
        FileFormat.OFD, verdict_of(verified), verified.intact, verified.uncovered,
        tuple(as_signature(one) for one in verified.signatures), detail_of(verified),
    )


def verdict_of(verified: Verified) -> Verdict:
    """One word for a file."""
    if not verified.signatures:
        return Verdict.UNSIGNED
    if verified.trusted:
        return Verdict.GENUINE
    unknown = all(one.value.kind == BARE for one in verified.signatures)
    if verified.intact or (unknown and not any(one.changed for one in verified.signatures)):
        return Verdict.UNTRUSTED
    return Verdict.ALTERED


def detail_of(verified: Verified) -> str:
    """What is wrong, in one line."""
    problems = [problem for one in verified.signatures for problem in one.problems]
    if verified.uncovered_and_shown:
        problems.append(f"shown but not signed: {', '.join(verified.uncovered_and_shown)}")
    return "; ".join((*problems, *verified.notes))


def as_signature(checked: Checked) -> Signature:
    """One signature in the words of all formats."""
    value = checked.value
    return Signature(
        kind=value.kind,
        value_valid=value.value_valid,
        digest_valid=checked.digest_valid,
        signer=value.signer,
        chain=str(value.chain.verdict),
        signed_at=value.signed_at.isoformat() if value.signed_at else None,
        why="; ".join((*checked.problems, *value.notes)),
        time_proven_by=value.time_proven_by,
    )


def count_pages(document: bytes) -> int:
    """How many pages an OFD file has. Raises ValueError."""
    return OfdFile(document).page_count


def draw_page(document: bytes, number: int, dpi: float) -> Page:
    """A page (the first is 1) with its seals, at a resolution. Raises ValueError."""
    file = OfdFile(document)
    raster = render_page(file, number, dpi, read_stamps(file))
    height, width = raster.rgba.shape[:2]
    rgb = cv2.cvtColor(raster.rgba, cv2.COLOR_RGBA2RGB)
    return Page(width, height, rgb.data.cast("B"))


def to_pdf(document: bytes) -> bytes:
    """All pages with their seals as a PDF of vectors, for the printer. Raises ValueError."""
    file = OfdFile(document)
    return render_pdf(file, read_stamps(file))[0]


def page_text(document: bytes, number: int) -> str:
    """The text of a page (the first is 1). Raises ValueError."""
    return plain.page_text(OfdFile(document).page(number))


def written_metadata(document: bytes) -> dict[str, str]:
    """The custom data of an OFD file. Raises ValueError."""
    return OfdFile(document).description.custom
