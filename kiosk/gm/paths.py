"""Who signed, and whether that one is trusted: certificate paths (RFC 5280, section 6).

Checked are the signatures along the path, dates, basic constraints, key usage, critical
extensions and revocation lists. What stands in the trust list is trusted as it is.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from kiosk.gm.x509 import BadCertificate, Certificate, RevocationList

LONGEST_PATH = 8
LARGEST_BAG = 32
"""Certificates that came along and are looked at; what a signature brings is anybody's."""
SIGNS_DOCUMENTS = frozenset({"digital_signature", "non_repudiation"})
NO_DOCUMENTS = frozenset({"server_auth", "client_auth", "time_stamping", "ocsp_signing"})
"""Extended key usages of certificates that sign no documents (RFC 5280, section 4.2.1.12)."""


class ChainVerdict(StrEnum):
    """What is known of a signer's certificate."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    """There is a path, and something on it is not as it must be."""
    UNKNOWN = "unknown"
    """No path leads to the trust list."""
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Chain:
    """The verdict, why, what was not checked, and the names from the signer up."""

    verdict: ChainVerdict
    why: str = ""
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustList:
    """Whom a terminal trusts, and what has been revoked."""

    anchors: tuple[Certificate, ...] = ()
    revocations: tuple[RevocationList, ...] = ()

    @classmethod
    def from_folder(cls, folder: Path) -> "TrustList":
        """All `.crt` and `.crl` files of a folder, DER or PEM. Raises BadCertificate, OSError."""
        return cls(
            tuple(_load(Certificate, path) for path in sorted(folder.glob("*.crt"))),
            tuple(_load(RevocationList, path) for path in sorted(folder.glob("*.crl"))),
        )


Parsed = TypeVar("Parsed", Certificate, RevocationList)


def _load(kind: type[Parsed], path: Path) -> Parsed:
    try:
        return kind(path.read_bytes())
    except BadCertificate as error:
        raise BadCertificate(f"{path}: {error}") from error


class _Fault(Exception):
    def __init__(self, verdict: ChainVerdict, why: str) -> None:
        super().__init__(why)
        self.verdict = verdict


def judge_chain(
    signer: Certificate,
    others: Iterable[Certificate],
    trust: TrustList,
    at: datetime,
    *,
    now: datetime | None = None,
    proven: bool = False,
    any_purpose: bool = False,
) -> Chain:
    """What is known of a signer at a time; `others` are certificates that came along.

    `proven`: another than the signer vouches for that time, so that a revocation after it
    takes nothing away. `any_purpose`: the certificate need not be one for documents. `now`
    (else `at`) says which lists of revocations are too old.
    """
    when = _in_utc(at)
    known = _in_utc(now or at)
    try:
        path = find_path(signer, tuple(others), trust)
        if path is None:
            why = f"no path from {signer.name!r} ({signer.issuer_name}) to the trust list"
            return Chain(ChainVerdict.UNKNOWN, why, names=(signer.name,))
        names = tuple(one.name for one in path)
        try:
            _check_path(path, when, any_purpose)
            notes = _check_revocation(path, trust, when if proven else None, known)
        except _Fault as fault:
            return Chain(fault.verdict, str(fault), names=names)
    except BadCertificate as error:
        return Chain(ChainVerdict.UNTRUSTED, str(error))
    return Chain(ChainVerdict.TRUSTED, notes=tuple(notes), names=names)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def find_path(
    signer: Certificate, others: Sequence[Certificate], trust: TrustList
) -> tuple[Certificate, ...] | None:
    """The certificates from the signer to a trusted one, each signed by the next; or None."""
    if signer in trust.anchors:
        return (signer,)
    return _climb((signer,), set(others[:LARGEST_BAG]), trust)


def _climb(
    path: tuple[Certificate, ...], others: set[Certificate], trust: TrustList
) -> tuple[Certificate, ...] | None:
    """Go on upwards; `others` loses whom a way was tried with, so that none is tried twice."""
    last = path[-1]
    for anchor in trust.anchors:
        if anchor.subject == last.issuer and last.signed_by(anchor):
            return (*path, anchor)
    if len(path) == LONGEST_PATH:
        return None
    for other in [one for one in others if one.subject == last.issuer]:
        if other in others and last.signed_by(other):
            others.discard(other)
            found = _climb((*path, other), others, trust)
            if found is not None:
                return found
    return None


def _check_path(path: Sequence[Certificate], at: datetime, any_purpose: bool) -> None:
    """Dates, constraints and usages along a path. Raises _Fault, BadCertificate."""
    for below, one in enumerate(path):
        begin, end = one.validity
        if not begin <= at <= end:
            raise _Fault(
                ChainVerdict.EXPIRED, f"{one.name!r} was valid from {begin:%F} to {end:%F}"
            )
        told = one.usage
        if told.unknown_critical:
            what = ", ".join(told.unknown_critical)
            raise _Fault(ChainVerdict.UNTRUSTED, f"{one.name!r}: critical extension {what}")
        if below == 0:
            if told.key_usage is not None and not told.key_usage & SIGNS_DOCUMENTS:
                raise _Fault(ChainVerdict.UNTRUSTED, f"{one.name!r} may not sign documents")
            if not any_purpose and told.purposes is not None and told.purposes <= NO_DOCUMENTS:
                raise _Fault(ChainVerdict.UNTRUSTED, f"{one.name!r} is not for documents")
            continue
        if not told.is_authority:
            raise _Fault(ChainVerdict.UNTRUSTED, f"{one.name!r} is no authority")
        if told.key_usage is not None and "key_cert_sign" not in told.key_usage:
            raise _Fault(ChainVerdict.UNTRUSTED, f"{one.name!r} may not sign certificates")
        if told.longest_path is not None and below - 1 > told.longest_path:
            raise _Fault(ChainVerdict.UNTRUSTED, f"too many authorities below {one.name!r}")


def _check_revocation(
    path: Sequence[Certificate], trust: TrustList, proven: datetime | None, now: datetime
) -> list[str]:
    """What could not be asked. Raises _Fault for a certificate that was revoked in time."""
    notes = []
    for one, issuer in itertools.pairwise(path):
        lists = [
            found for found in trust.revocations
            if found.issuer == issuer.subject and found.made <= now and found.signed_by(issuer)
        ]
        whole = [found for found in lists if not found.partial]
        newest = max(whole, key=lambda found: found.made, default=None)
        asked = [found for found in lists if found.partial or found is newest]
        days = [found.revoked[one.serial] for found in asked if one.serial in found.revoked]
        if days and (proven is None or min(days) <= proven):
            raise _Fault(ChainVerdict.REVOKED, f"{one.name!r} was revoked on {min(days):%F}")
        if days:
            notes.append(f"{one.name!r} was revoked on {min(days):%F}, after it signed")
        if newest is None:
            notes.append(f"no revocation list of {issuer.name!r}")
        elif newest.next is not None and newest.next < (proven or now):
            notes.append(f"revocations by {issuer.name!r} known as of {newest.made:%F}")
    return notes
