"""Verification of a signed PDF: intact, covered, signed by whom, trusted or not.

pyHanko's `bottom_line` decides, because a later change that an incremental update hides
leaves `intact` true. For the worker process; see `worker.py`.
"""

import io
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from kiosk.certificates.container import container_problem


class Verdict(StrEnum):
    """What a file is."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNTRUSTED = "untrusted"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a file."""

    kind: str
    value_valid: bool
    digest_valid: bool
    signer: str
    chain: str
    """`trusted`, `untrusted`, `unknown`, `expired` or `revoked`."""
    signed_at: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a file after all checks."""

    verdict: Verdict
    intact: bool | None
    """None where nothing is signed."""
    uncovered: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    detail: str = ""
    format: str = field(default="pdf")

    def as_json(self) -> dict[str, object]:
        """The promised JSON fields."""
        return {
            "format": self.format,
            "intact": self.intact,
            "uncovered": list(self.uncovered),
            "signatures": [
                {name: getattr(one, name) for name in Signature.__slots__}
                for one in self.signatures
            ],
            "verdict": str(self.verdict),
            "detail": self.detail,
        }


def load_trust(folder: Path) -> list[asn1_x509.Certificate]:
    """The certificates (.crt, PEM or DER) of a folder. Raises ValueError, OSError."""
    found = []
    for path in sorted(folder.glob("*.crt")):
        raw = path.read_bytes()
        try:
            der = pem.unarmor(raw)[2] if pem.detect(raw) else raw
            certificate = asn1_x509.Certificate.load(der)
            certificate.native  # noqa: B018 (parses the whole; raises here, not later)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is not a certificate: {error}") from error
        found.append(certificate)
    if not found:
        raise ValueError(f"{folder} holds no certificate (.crt)")
    return found


def verify_pdf(document: bytes, trust: list[asn1_x509.Certificate]) -> Verification:
    """Verify all signatures of a PDF against these roots."""
    try:
        reader = PdfFileReader(io.BytesIO(document))
        embedded = list(reader.embedded_regular_signatures)
    except Exception as error:  # noqa: BLE001 (a parser fails on foreign files in its own ways)
        return Verification(Verdict.UNREADABLE, None, detail=f"{type(error).__name__}: {error}")
    if not embedded:
        return Verification(Verdict.UNSIGNED, None)
    context = ValidationContext(trust_roots=trust, allow_fetching=False)
    checked: list[Signature] = []
    statuses: list[PdfSignatureStatus] = []
    for one in embedded:
        try:
            status = validate_pdf_signature(one, context)
        except Exception as error:  # noqa: BLE001 (the same; the way it failed is told)
            detail = f"{type(error).__name__}: {error}"
            return Verification(Verdict.ALTERED, False, ("the whole file",), detail=detail)
        statuses.append(status)
        checked.append(_signature(status))
    uncovered = _uncovered(statuses, len(document), embedded)
    for one in embedded:
        why = container_problem(document, one.byte_range, trust)
        if why:
            start, end = one.byte_range[0] + one.byte_range[1], one.byte_range[2]
            uncovered += (f"bytes {start} to {end}: {why}",)
    intact = all(one.intact and one.valid for one in statuses) and not uncovered
    if all(one.bottom_line for one in statuses) and intact:
        verdict = Verdict.GENUINE
    else:
        verdict = Verdict.UNTRUSTED if intact else Verdict.ALTERED
    return Verification(verdict, intact, uncovered, tuple(checked))


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
    statuses: list[PdfSignatureStatus], size: int, embedded: list[object]
) -> tuple[str, ...]:
    """Ranges of bytes behind the last signature whose change is not a permitted one."""
    whole = SignatureCoverageLevel.ENTIRE_FILE
    if any(status.coverage is whole for status in statuses):
        return ()
    allowed = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    if all(status.modification_level in allowed for status in statuses):
        return ()
    end = max(one.byte_range[2] + one.byte_range[3] for one in embedded)  # type: ignore[attr-defined]
    return (f"bytes {end} to {size}",)

