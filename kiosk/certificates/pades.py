"""PDF signatures that pyHanko knows (PAdES), and what is known of one of any kind.

pyHanko's `bottom_line` decides, because a later change that an incremental update hides
leaves `intact` true. Signers who ran out or were revoked since are judged as of a time
that the file itself proves (`long_term.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from kiosk.certificates.container import DATA, TIMESTAMP, container_problem
from kiosk.certificates.long_term import Evidence, read_evidence
from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import Signature

OUT_OF_DATE = frozenset({
    AdESIndeterminate.EXPIRED, AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED, AdESIndeterminate.NOT_YET_VALID,
})


@dataclass(frozen=True, slots=True)
class Judged:
    """One signature of a PDF, of any kind."""

    signature: Signature
    fits: bool
    """Whether its value and what it is over fit together."""
    sound: bool
    """Whether the signer is trusted and nothing else is wrong."""
    end: int
    """Where the range of bytes that it covers ends."""
    open: str
    """What its own place leaves open; empty where that is nothing."""
    detail: str = ""
    later: bool | None = None
    """Whether what was added to the file later is allowed; None where nobody looked."""


class Pades:
    """Judges the signatures of one file."""

    def __init__(self, document: bytes, trust: Trust, now: datetime) -> None:
        self._document = document
        self._trust = trust
        self._now = now
        self._evidence: Evidence | None = None

    def judge(self, one: EmbeddedPdfSignature) -> Judged:
        """Judge a signature; pyHanko raises what it likes on hostile ones."""
        evidence = self._read(one.reader)
        status = validate_pdf_signature(one, evidence.context(self._now))
        sound = status.bottom_line and self._in_the_clear(status, evidence)
        proof = None
        if status.intact and status.valid and not sound:
            proof = evidence.prove(one, self._now)
            status = status if proof is None else proof.status
        *_, behind_, rest = one.byte_range
        return Judged(
            signature=as_signature(status, sound, None if proof is None else proof.made),
            fits=status.intact and status.valid,
            sound=sound or proof is not None,
            end=behind_ + rest,
            open=self._open(one, DATA),
            later=_is_allowed(status),
        )

    def open_stamps(self, reader: PdfFileReader) -> tuple[str, ...]:
        """What is wrong with the document's timestamps themselves, whoever made them."""
        found = []
        for one in reader.embedded_timestamp_signatures:
            status = validate_pdf_timestamp(one, self._read(reader).context(self._now))
            broken = "" if status.intact and status.valid else "a broken timestamp"
            found.append(self._open(one, TIMESTAMP, broken))
        return tuple(one for one in found if one)

    def _open(self, one: EmbeddedPdfSignature, content: str, broken: str = "") -> str:
        """What the place of a signature or timestamp leaves open; empty where that is nothing."""
        start, end = one.byte_range[0] + one.byte_range[1], one.byte_range[2]
        roots = list(self._trust.roots)
        problem = broken or container_problem(self._document, one.byte_range, roots, content)
        return f"bytes {start} to {end}: {problem}" if problem else ""

    def _in_the_clear(self, status: PdfSignatureStatus, evidence: Evidence) -> bool:
        """Whether neither the signer nor who made its timestamp is known to be revoked."""
        stamp = status.timestamp_validity
        return not evidence.is_revoked(status, self._now) and (
            stamp is None or evidence.holds(stamp)
        )

    def _read(self, reader: PdfFileReader) -> Evidence:
        if self._evidence is None:
            self._evidence = read_evidence(reader, self._trust)
        return self._evidence


def _is_allowed(status: PdfSignatureStatus) -> bool:
    """Whether a signature covers the whole file, or what was added is data that lets it last."""
    levels = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return whole or status.modification_level in levels


def behind(found: Sequence[Judged], size: int) -> tuple[str, ...]:
    """Bytes behind the last signature that are not allowed to be there."""
    end = max(one.end for one in found)
    known = all(one.later is not None for one in found)
    last = [one for one in found if one.end == end]
    fine = end == size or (known and all(one.later for one in last))
    return () if fine else (f"bytes {end} to {size}",)


def as_signature(
    status: PdfSignatureStatus, sound: bool, proven: datetime | None
) -> Signature:
    """One signature in the words of all formats; `proven` is when it is judged as of."""
    said, stamp = status.signer_reported_dt, status.timestamp_validity
    stamped = stamp.timestamp if stamp is not None and stamp.trusted else None
    at = proven or stamped or said
    name = ""
    if stamped is not None and stamp is not None:
        name = stamp.signing_cert.subject.native.get("common_name", "")
    return Signature(
        kind="PAdES",
        value_valid=status.valid,
        digest_valid=status.intact,
        signer=status.signing_cert.subject.native.get("common_name", ""),
        chain=_chain(status, sound or proven is not None),
        signed_at=at.isoformat() if at else None,
        why=status.summary(),
        time_proven_by=name,
        long_term=proven is not None,
    )


def _chain(status: PdfSignatureStatus, sound: bool) -> str:
    """The word for a signer; one that pyHanko trusts and that is not sound is on a list."""
    if status.trusted and (sound or not status.bottom_line):
        return "trusted"
    if status.revoked or status.trusted:
        return "revoked"
    return "expired" if status.trust_problem_indic in OUT_OF_DATE else "untrusted"
