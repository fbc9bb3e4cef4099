"""What a PDF holds so that it lasts: timestamps, and revocations as known at the time.

ISO 32000-2, 12.8.4.3 (document security store) and 12.8.5 (document timestamps); ETSI EN 319
142-1. From the newest document timestamp backwards, each is judged as of the time that the
one after it proves, then the signature's own timestamp, and last the signer as of that time,
who must be in the clear by a list or an answer that the file or the trust list holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from asn1crypto import core, crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import (
    PdfSignatureStatus,
    SignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from kiosk.certificates.trust import Trust
from kiosk.gm import (
    BadCertificate,
    Certificate,
    ChainVerdict,
    RevocationList,
    judge_chain,
)

MOST_TIMESTAMPS = 20
MOST_REVOCATIONS, MOST_CERTIFICATES = 200, 200
IF_KNOWN, ALWAYS = "soft-fail", "require"
"""Whether a revocation counts where it is known, or the contrary must be known."""


Parsed = TypeVar("Parsed", Certificate, RevocationList)


@dataclass(frozen=True, slots=True, repr=False)
class Proven:
    """A signature that is good as of a time that the file proves."""

    made: datetime
    status: PdfSignatureStatus


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """Certificates and revocations that a file brings, with those of the terminal."""

    trust: Trust
    certificates: tuple[x509.Certificate, ...] = ()
    lists: tuple[crl.CertificateList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()

    def context(self, at: datetime, mode: str = IF_KNOWN) -> ValidationContext:
        """How pyHanko shall judge certificates as of a time."""
        return ValidationContext(
            trust_roots=list(self.trust.roots), other_certs=list(self.certificates),
            moment=at, crls=[*self.trust.lists, *self.lists], ocsps=list(self.answers),
            revocation_mode=mode, retroactive_revinfo=True, allow_fetching=False,
        )

    def holds(self, stamp: TimestampSignatureStatus) -> bool:
        """Whether a timestamp is good, and its authority is not known to be revoked."""
        good = stamp.valid and stamp.intact and stamp.trusted
        return bool(good) and not self.is_revoked(stamp, stamp.timestamp)

    def is_revoked(
        self, status: SignatureStatus, at: datetime, *, proven: bool = False
    ) -> bool:
        """Whether a list here has who signed, or one above it.

        `proven`: another vouches for that time; only what was revoked by then counts, or whose
        key was lost by then. pyHanko asks lists only for certificates that say where theirs is
        to be had, and heeds no date of a loss.
        """
        chains = self.trust.chains
        lists = readable(RevocationList, self.lists)
        if not lists and not chains.revocations:
            return False
        signer = readable(Certificate, [status.signing_cert])
        # Authorities may come with the signature alone; those on its path count first.
        path = status.validation_path or ()
        others = readable(Certificate, (*path, *self.certificates))
        known = replace(chains, revocations=(*chains.revocations, *lists))
        newest = max((found.made for found in known.revocations), default=at)
        told = [
            judge_chain(
                found, others, known, at, now=max(at, newest), proven=proven, any_purpose=True
            )
            for found in signer
        ]
        return any(found.verdict is ChainVerdict.REVOKED for found in told)

    def prove(self, one: EmbeddedPdfSignature, now: datetime) -> Proven | None:
        """A signature judged as of the time that is proven, where it is good then; else None."""
        witnessed = self._witnessed(one, now)
        with_stamp = self._stamped(one, witnessed)
        at = with_stamp or witnessed
        if at >= now:
            return None
        status = validate_pdf_signature(
            one, self.context(at, ALWAYS), self.context(witnessed)
        )
        stamp = status.timestamp_validity
        good = status.bottom_line and (stamp is None or self.holds(stamp))
        good = good and not self.is_revoked(status, at, proven=True)
        return Proven(at, status) if good else None

    def _witnessed(self, one: EmbeddedPdfSignature, now: datetime) -> datetime:
        """The earliest time of a document timestamp over a signature, as far as they hold."""
        at = now
        stamps = one.reader.embedded_timestamp_signatures[-MOST_TIMESTAMPS:]
        for stamp in reversed(stamps):
            if stamp.signed_revision <= one.signed_revision:
                break
            status = validate_pdf_timestamp(stamp, self.context(at))
            if not self.holds(status):
                break
            at = min(at, status.timestamp)
        return at

    def _stamped(self, one: EmbeddedPdfSignature, at: datetime) -> datetime | None:
        """The time of the timestamp over the signature, where it is good as of another time."""
        status = validate_pdf_signature(one, self.context(at))
        stamp = status.timestamp_validity
        if stamp is None or not self.holds(stamp):
            return None
        found: datetime = stamp.timestamp
        return found


def readable(kind: type[Parsed], written: Iterable[core.Asn1Value]) -> tuple[Parsed, ...]:
    """Those of a file's certificates or lists that can be read: one bad one hides no other."""
    found = []
    for one in written:
        try:
            found.append(kind(one.dump()))
        except BadCertificate:
            continue
    return tuple(found)


def read_evidence(reader: PdfFileReader, trust: Trust) -> Evidence:
    """What the file's document security store holds. Raises what pyHanko does on a broken one."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Evidence(trust)
    lists, answers = store.crls[:MOST_REVOCATIONS], store.ocsps[:MOST_REVOCATIONS]
    return Evidence(
        trust,
        tuple(islice(store.load_certs(), MOST_CERTIFICATES)),
        tuple(crl.CertificateList.load(one.get_object().data) for one in lists),
        tuple(ocsp.OCSPResponse.load(one.get_object().data) for one in answers),
    )
