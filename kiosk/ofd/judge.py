"""Whether a signature value is good: by seal or by certificate, over whatever it was made.

The order of checks is that of GB/T 38540: the seal (its maker's signature and certificate),
the signature's value, the signer's certificate, whether that one may use the seal, the time
of signing, and the digest. All are made, so that all that is wrong is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kiosk.gm import (
    DEFAULT_USER_ID,
    BadCertificate,
    BadKey,
    Certificate,
    Chain,
    ChainVerdict,
    TrustList,
    der,
    hashes,
    judge_chain,
    schemes,
)
from kiosk.gm.der import BadDer, to_time
from kiosk.gm.hashes import is_digest
from kiosk.gm.schemes import NotAccepted
from kiosk.gm.signed_data import SignedData, read_signed_data
from kiosk.gm.timestamps import CLOCKS_DIFFER, judge_timestamp
from kiosk.ofd.seal import Seal, SealSignature, read_seal_signature

GB_35275 = "GB/T 35275"
BARE = "SM2"
UNKNOWN = "unknown"
RAW_SIZE = 64


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
    time_proven_by: str = ""
    """The authority whose timestamp vouches for the time; empty where only the signer does."""


@dataclass(frozen=True, slots=True)
class _Time:
    """When a signature was made, and who vouches for it besides the signer."""

    at: datetime | None
    proven_by: str = ""


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
        seal = signature.seal
        stamps = () if signature.timestamp is None else (signature.timestamp,)
        time = self._time(signature.signed_at, stamps, signature.signature, ())
        self._check_seal(seal, time)
        problem = misfit(signer, signature.algorithm, signature.signed, signature.signature)
        self.need(not problem, problem)
        chain = self._check_chain(signer, (), time)
        self.need(may_use(seal, signer), "the signer is not among the seal's users")
        self._check_time(time, seal)
        method = _digest_of(signature.algorithm)
        digest = is_digest(signature.digest, self._signed.data, method)
        self.need(digest, f"{self._signed.name} was changed")
        return self._judged(str(signature.form), not problem, digest, signer, chain, time, seal)

    def by_certificate(self, signature: SignedData) -> Judged:
        """Signed data."""
        data, signer = self._signed.data, signature.signer
        written = signature.signing_time
        at = written.time if written else claimed(self._signed)
        others = signature.certificates
        time = self._time(at, signature.timestamps, signature.signature, others)
        problem = signature.value_problem(data)
        self.need(not problem, problem)
        chain = self._check_chain(signer, others, time)
        self._check_time(time, None)
        digest = signature.digest_fits(data)
        self.need(digest, f"{self._signed.name} was changed")
        return self._judged(GB_35275, not problem, digest, signer, chain, time, None)

    def _judged(
        self, kind: str, value: bool, digest: bool, signer: Certificate, chain: Chain,
        time: _Time, seal: Seal | None,
    ) -> Judged:
        notes = (*self._notes, *chain.notes)
        return Judged(
            kind, value, digest, signer.name, chain, time.at, tuple(self._problems), notes, seal,
            time.proven_by,
        )

    def _time(
        self, said: datetime | None, stamps: tuple[bytes, ...], over: bytes,
        others: tuple[Certificate, ...],
    ) -> _Time:
        """The time of the first timestamp, where all of them are good; else what is said.

        A timestamp that is there and wrong fails the signature (GB/T 38540).
        """
        proofs = [judge_timestamp(one, over, self._trust, self._now, others) for one in stamps]
        for proof in proofs:
            self.need(not proof.problem, f"the timestamp: {proof.problem}")
            self._notes.extend(f"the timestamp: {note}" for note in proof.notes)
        found = [one for one in proofs if one.made is not None]
        if not found or any(one.problem for one in proofs):
            return _Time(said)
        first = min(found, key=lambda one: one.made or self._now)
        assert first.made is not None
        early = said is None or said <= first.made + CLOCKS_DIFFER
        self.need(early, f"signed after its timestamp, which is of {first.made:%F}")
        return _Time(first.made, first.by)

    def _check_seal(self, seal: Seal, time: _Time) -> None:
        try:
            maker = Certificate(seal.maker_certificate)
        except BadCertificate as error:
            self.need(False, f"the seal's maker: {error}")
            return
        made = any(not misfit(maker, seal.algorithm, one, seal.signature) for one in seal.signed)
        self.need(made, "the seal was not made by the maker that it names")
        if seal.timestamp is not None:
            proof = judge_timestamp(seal.timestamp, seal.signature, self._trust, self._now)
            self.need(not proof.problem, f"the seal's timestamp: {proof.problem}")
        chain = self._chain(maker, (), time)
        trusted = chain.verdict is ChainVerdict.TRUSTED
        self.need(trusted, f"the seal's maker is {chain.verdict}: {chain.why}")

    def _check_chain(
        self, signer: Certificate, others: Iterable[Certificate], time: _Time
    ) -> Chain:
        chain = self._chain(signer, others, time)
        trusted = chain.verdict is ChainVerdict.TRUSTED
        self.need(trusted, f"the signer is {chain.verdict}: {chain.why}")
        return chain

    def _chain(self, one: Certificate, others: Iterable[Certificate], time: _Time) -> Chain:
        at, proven = time.at or self._now, bool(time.proven_by)
        return judge_chain(one, others, self._trust, at, now=self._now, proven=proven)

    def _check_time(self, time: _Time, seal: Seal | None) -> None:
        at = time.at
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


def misfit(signer: Certificate, algorithm: str, signed: bytes, signature: bytes) -> str:
    """Why a certificate's key did not make a signature; empty where it did.

    A key of SM2 signs by SM2, whatever name writers give it.
    """
    try:
        if signer.is_sm2:
            fits = signer.sm2_key.verify(signed, signature, user_id=DEFAULT_USER_ID)
        else:
            fits = schemes.is_signed(
                signer.public_key_der, algorithm, signed, signature, hashes.SHA256
            )
    except (BadKey, NotAccepted) as error:
        return str(error)
    return "" if fits else "the signature is not of the signer's key"


def _digest_of(algorithm: str) -> str | None:
    """The digest that goes with an algorithm; None where any that proves something may."""
    try:
        return schemes.digest_of(algorithm)
    except NotAccepted:
        return None


def may_use(seal: Seal, signer: Certificate) -> bool:
    """Whether a signer is among those whom the seal was made for."""
    users = seal.property
    return signer.der in users.certificates or any(
        is_digest(one, signer.der, None) for one in users.digests
    )


def claimed(signed: Signed) -> datetime | None:
    """The time that stands beside a signature: writers separate its digits in four ways."""
    digits = "".join(one for one in signed.claimed_time if one.isdigit())[:14]
    return to_time(digits) if len(digits) == 14 else None
