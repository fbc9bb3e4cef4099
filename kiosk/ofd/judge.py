"""Whether a signature value is good: by seal or by certificate, over whatever it was made.

The order of checks is that of GB/T 38540: the seal (its maker's signature and certificate),
the signature's value, the signer's certificate, whether that one may use the seal, the time
of signing, and the digest. All are made, so that all that is wrong is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from asn1crypto import algos

from kiosk.gm import (
    DEFAULT_USER_ID,
    BadCertificate,
    BadKey,
    Certificate,
    Chain,
    ChainVerdict,
    TrustList,
    der,
    judge_chain,
    sm3,
)
from kiosk.gm.der import BadDer, to_time
from kiosk.gm.signed_data import SignedData, read_signed_data
from kiosk.gm.x509 import signature_fits
from kiosk.ofd.seal import Seal, SealSignature, read_seal_signature

GB_35275 = "GB/T 35275"
BARE = "SM2"
UNKNOWN = "unknown"
RAW_SIZE = 64
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature is said to be over."""

    data: bytes
    name: str
    claimed_time: str = ""
    """The time of signing as it stands beside the signature."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A signature value and all that is wrong with it, in the order of the checks."""

    kind: str
    value_valid: bool
    digest_valid: bool
    signer: str
    chain: Chain
    signed_at: datetime | None
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    seal: Seal | None = None


def judge_value(value: bytes, signed: Signed, trust: TrustList, now: datetime) -> Judged:
    """Judge a signature by what it is made of, whatever is said of its kind."""
    try:
        found = read_value(value)
    except (BadDer, BadCertificate) as error:
        return _unreadable(UNKNOWN, f"the signature cannot be read: {error}", signed)
    if found is None:
        return _unreadable(BARE, "a bare signature, without a certificate", signed)
    judge = _Judge(signed, trust, now)
    rest = value[found.size :]
    if rest.strip(b"\x00"):
        judge.need(False, f"{len(rest)} bytes behind the signature in its own file")
    if isinstance(found, SealSignature):
        return judge.by_seal(found)
    return judge.by_certificate(found)


def read_value(value: bytes) -> SealSignature | SignedData | None:
    """A signature value; None for a bare one. Raises BadDer, BadCertificate."""
    if len(value) == RAW_SIZE:
        return None
    parts = der.read(value).sequence("a signature", 2)
    if parts[0].is_a(der.INTEGER) and len(parts) == 2:
        return None
    if parts[0].is_a(der.OID, der.INTEGER):
        return read_signed_data(value)
    return read_seal_signature(value)


def _unreadable(kind: str, why: str, signed: Signed) -> Judged:
    chain = Chain(ChainVerdict.UNKNOWN, why)
    return Judged(kind, False, False, "", chain, claimed(signed), (why,))


class _Judge:
    """The checks of one signature; what fails is noted, and the next is made."""

    def __init__(self, signed: Signed, trust: TrustList, now: datetime) -> None:
        self._signed = signed
        self._trust = trust
        self._now = now
        self._problems: list[str] = []
        self._notes: list[str] = []

    def need(self, fine: bool, problem: str) -> None:
        """Note a problem unless all is fine."""
        if not fine:
            self._problems.append(problem)

    def by_seal(self, signature: SealSignature) -> Judged:
        """A signature by seal."""
        try:
            signer = Certificate(signature.certificate)
        except BadCertificate as error:
            return _unreadable(str(signature.form), f"the signer: {error}", self._signed)
        at, seal = signature.signed_at, signature.seal
        self._check_seal(seal, at)
        valid = fits(signer, signature.algorithm, signature.signed, signature.signature)
        self.need(valid, "the signature is not of the signer's key")
        chain = self._check_chain(signer, (), at)
        self.need(may_use(seal, signer), "the signer is not among the seal's users")
        self._check_time(at, seal)
        if signature.has_timestamp:
            self._notes.append("its timestamp was not looked at")
        digest = compare_digest(signature.digest, sm3(self._signed.data))
        self.need(digest, f"{self._signed.name} was changed")
        return self._judged(str(signature.form), valid, digest, signer, chain, at, seal)

    def by_certificate(self, signature: SignedData) -> Judged:
        """Signed data."""
        data, signer = self._signed.data, signature.signer
        written = signature.signing_time
        at = written.time if written else claimed(self._signed)
        valid = signature.value_fits(sm3(data))
        self.need(valid, "the signature is not of the signer's key")
        chain = self._check_chain(signer, signature.certificates, at)
        self._check_time(at, None)
        digest = signature.digest_fits(data)
        self.need(digest, f"{self._signed.name} was changed")
        return self._judged(GB_35275, valid, digest, signer, chain, at, None)

    def _judged(
        self, kind: str, value: bool, digest: bool, signer: Certificate, chain: Chain,
        at: datetime | None, seal: Seal | None,
    ) -> Judged:
        notes = (*self._notes, *chain.notes)
        return Judged(
            kind, value, digest, signer.name, chain, at, tuple(self._problems), notes, seal
        )

    def _check_seal(self, seal: Seal, at: datetime | None) -> None:
        try:
            maker = Certificate(seal.maker_certificate)
        except BadCertificate as error:
            self.need(False, f"the seal's maker: {error}")
            return
        made = any(fits(maker, seal.algorithm, one, seal.signature) for one in seal.signed)
        self.need(made, "the seal was not made by the maker that it names")
        chain = judge_chain(maker, (), self._trust, at or self._now)
        trusted = chain.verdict is ChainVerdict.TRUSTED
        self.need(trusted, f"the seal's maker is {chain.verdict}: {chain.why}")

    def _check_chain(
        self, signer: Certificate, others: Iterable[Certificate], at: datetime | None
    ) -> Chain:
        chain = judge_chain(signer, others, self._trust, at or self._now)
        trusted = chain.verdict is ChainVerdict.TRUSTED
        self.need(trusted, f"the signer is {chain.verdict}: {chain.why}")
        return chain

    def _check_time(self, at: datetime | None, seal: Seal | None) -> None:
        if at is None:
            self.need(False, "the time of signing cannot be read")
            return
        self.need(at <= self._now + CLOCKS_DIFFER, f"signed in the future, on {at:%F}")
        if seal is None:
            return
        begin, end = seal.property.valid_from, seal.property.valid_to
        if begin is None or end is None:
            self.need(False, "the dates of the seal cannot be read")
        else:
            within = begin <= at <= end
            self.need(within, f"signed on {at:%F}; the seal is for {begin:%F} to {end:%F}")


def fits(signer: Certificate, algorithm: str, signed: bytes, signature: bytes) -> bool:
    """Whether a certificate's key made a signature; SM2 whatever name writers give it."""
    try:
        if signer.is_sm2:
            return signer.sm2_key.verify(signed, signature, user_id=DEFAULT_USER_ID)
        named = algos.SignedDigestAlgorithmId(algorithm)
        return signature_fits(signer, named, signed, signature)
    except (BadKey, ValueError):
        return False


def may_use(seal: Seal, signer: Certificate) -> bool:
    """Whether a signer is among those whom the seal was made for."""
    users = seal.property
    return signer.der in users.certificates or sm3(signer.der) in users.digests


def claimed(signed: Signed) -> datetime | None:
    """The time that stands beside a signature: writers separate its digits in four ways."""
    digits = "".join(one for one in signed.claimed_time if one.isdigit())[:14]
    return to_time(digits) if len(digits) == 14 else None
