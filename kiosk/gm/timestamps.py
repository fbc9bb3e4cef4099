"""Timestamps: somebody else's word that a signature was there at a time.

A token of GB/T 20520 and RFC 3161 is signed data whose content (TSTInfo) holds the digest of
what it is over and the time. It proves the time where the digest fits, the signature is good,
and the authority is trusted and may make timestamps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha1, sha256
from hmac import compare_digest

from kiosk.gm import der
from kiosk.gm.der import BadDer, Node
from kiosk.gm.hashes import DIGESTS, is_digest
from kiosk.gm.paths import ChainVerdict, TrustList, judge_chain
from kiosk.gm.signed_data import SIGNED_DATA, SignedData, read_signed_data
from kiosk.gm.x509 import BadCertificate, Certificate

TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
GRANTED = (0, 1)
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False)
class Timestamp:
    """What a token says, unjudged."""

    signed: SignedData
    made: datetime
    method: str
    """The digest of the imprint."""
    imprint: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a time is proven: when, by whom; or what is wrong."""

    made: datetime | None
    """None where the token cannot be read."""
    by: str
    problem: str = ""
    notes: tuple[str, ...] = ()


def read_timestamp(raw: bytes, known: tuple[Certificate, ...] = ()) -> Timestamp:
    """A token, or a whole answer of an authority around one.

    `known`: certificates among which the authority's may be, where it did not come along.
    Raises BadDer, BadCertificate.
    """
    signed = read_signed_data(_token(raw), frozenset({TST_INFO}), known)
    if signed.content is None:
        raise BadDer("a timestamp without content")
    parts = der.read(signed.content).sequence("what a timestamp says", 5)
    imprint = parts[2].sequence("an imprint", 2)
    made = parts[4].time
    if made is None:
        raise BadDer("a timestamp without a time")
    return Timestamp(signed, made, imprint[0].oid, imprint[1].octets)


def _token(raw: bytes) -> bytes:
    """The token by itself: some writers keep the authority's whole answer (TimeStampResp)."""
    parts = der.read(raw).sequence("a timestamp", 1)
    if parts[0].is_a(der.OID):
        if parts[0].oid not in SIGNED_DATA:
            raise BadDer(f"a timestamp of type {parts[0].oid}")
        return raw
    status = parts[0].sequence("an answer's status", 1)[0]
    if status.number not in GRANTED or len(parts) < 2:
        raise BadDer("an answer in which no timestamp was granted")
    return parts[1].raw


def judge_timestamp(
    raw: bytes, over: bytes, trust: TrustList, now: datetime,
    others: tuple[Certificate, ...] = (),
) -> Proof:
    """Whether a token proves that some bytes were there at its time.

    `others`: certificates that came along elsewhere.
    """
    try:
        found = read_timestamp(raw, (*trust.anchors, *others))
        problem = _problem(found, over, now)
    except (BadDer, BadCertificate) as error:
        return Proof(None, "", f"it cannot be read: {error}")
    signer = found.signed.signer
    if problem:
        return Proof(found.made, signer.name, problem)
    bag = (*found.signed.certificates, *others)
    chain = judge_chain(signer, bag, trust, found.made, now=now, any_purpose=True)
    if chain.verdict is not ChainVerdict.TRUSTED:
        problem = f"its authority is {chain.verdict}: {chain.why}"
    return Proof(found.made, signer.name, problem, chain.notes)


def _problem(found: Timestamp, over: bytes, now: datetime) -> str:
    """What is wrong with a token besides its authority's chain. Raises BadCertificate."""
    signed = found.signed
    if found.method not in DIGESTS:
        return f"its digest {found.method} proves nothing"
    if not is_digest(found.imprint, over, found.method):
        return "it is over something else"
    kind = signed.values.get(CONTENT_TYPE)
    if signed.attributes is None or kind is None or kind.oid != TST_INFO:
        return "its attributes are not those of a timestamp"
    if not signed.digest_fits(signed.content or b""):
        return "what it says was changed"
    value = signed.value_problem(b"")
    if value:
        return value
    if not _names_signer(signed.values, signed.signer):
        return "it names another signer than its certificate's"
    if "time_stamping" not in (signed.signer.usage.purposes or ()):
        return f"{signed.signer.name!r} may not make timestamps"
    if found.made > now + CLOCKS_DIFFER:
        return f"it was made in the future, on {found.made:%F}"
    return ""


def _names_signer(values: Mapping[str, Node], signer: Certificate) -> bool:
    """Whether the certificate that was signed along (RFC 5035), if any, is the signer's."""
    plain = partial(sha1, usedforsecurity=False)  # it names; the signature is what proves
    for kind, digest in ((SIGNING_CERTIFICATE_V2, sha256), (SIGNING_CERTIFICATE, plain)):
        if kind not in values:
            continue
        first = values[kind].sequence("a certificate", 1)[0].sequence("certificates", 1)[0]
        parts = first.sequence("a certificate's name", 1)
        if parts[0].is_a(der.OCTET_STRING):
            return compare_digest(parts[0].octets, digest(signer.der).digest())
        named = first.sequence("a certificate's name", 2)[1]
        return is_digest(named.octets, signer.der, parts[0].oid)
    return True
