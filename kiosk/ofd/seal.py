"""Electronic seals and signatures by seal: GB/T 38540-2020 and its older and newer forms.

Three forms are in use, and told apart by their structure: that of GM/T 0031-2014 (here
v1), that of GB/T 38540 (v4), and that of GM/T 0031-2025 (v5), which differs from v4 only in
the version within the seal. Nothing is judged here; see `verify.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.gm import der
from kiosk.gm.der import BadDer, Node

NEWEST_VERSION = 5
LIST_OF_CERTIFICATES, LIST_OF_DIGESTS = 1, 2


class SealForm(StrEnum):
    """Which standard a seal or its signature is of."""

    V1 = "GB/T 38540 v1"
    V4 = "GB/T 38540 v4"
    V5 = "GB/T 38540 v5"


@dataclass(frozen=True, slots=True, repr=False)
class SealPicture:
    """What a seal looks like: its kind (png, ofd, ...) and its size in millimetres."""

    kind: str
    data: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True, repr=False)
class SealProperty:
    """Whose a seal is, and when it may be used."""

    name: str
    certificates: tuple[bytes, ...]
    """Who may use it, as certificates."""
    digests: tuple[bytes, ...]
    """Who may use it, as digests of certificates."""
    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """A seal, and what its maker signed."""

    form: SealForm
    identifier: str
    property: SealProperty
    picture: SealPicture
    maker_certificate: bytes
    algorithm: str
    signed: tuple[bytes, ...]
    """What the maker's signature may be over: makers read the standard in two ways."""
    signature: bytes
    timestamp: bytes | None
    """Over the maker's signature; seals of the newest form may carry one."""
    raw: bytes


@dataclass(frozen=True, slots=True, repr=False)
class SealSignature:
    """A signature by seal."""

    form: SealForm
    seal: Seal
    signed: bytes
    signed_at: datetime | None
    digest: bytes
    certificate: bytes
    algorithm: str
    signature: bytes
    timestamp: bytes | None
    """Over the signature (GB/T 20520)."""
    size: int
    """Bytes of the structure; what stands behind it was not signed."""


def read_seal_signature(raw: bytes) -> SealSignature:
    """A signature's value. Raises BadDer."""
    outer = der.read(raw)
    parts = outer.sequence("a signature by seal", 2)
    is_v1 = len(parts) == 2
    signed = parts[0].sequence("what is signed", 7 if is_v1 else 5)
    seal = read_seal(signed[1].raw)
    if is_v1:
        form, signing = SealForm.V1, (signed[5], signed[6], parts[1])
    elif len(parts) >= 4:
        form = SealForm.V5 if seal.form is SealForm.V5 else SealForm.V4
        signing = (parts[1], parts[2], parts[3])
    else:
        raise BadDer(f"a signature by seal of {len(parts)} elements")
    certificate, algorithm, signature = signing
    return SealSignature(
        form=form,
        seal=seal,
        signed=parts[0].raw,
        signed_at=_moment(signed[2]),
        digest=_inner(signed[3]),
        certificate=certificate.octets,
        algorithm=algorithm.oid,
        signature=signature.octets,
        timestamp=None if is_v1 else _timestamp(parts[4:]),
        size=len(outer.raw),
    )


def read_seal(raw: bytes) -> Seal:
    """A seal by itself, as in `Seal.esl`. Raises BadDer."""
    outer = der.read(raw)
    parts = outer.sequence("a seal", 2)
    info = parts[0].sequence("what a seal says", 4)
    header = info[0].sequence("a seal's header", 3)
    if len(parts) == 2:
        form, signing = SealForm.V1, parts[1].sequence("a maker's signature", 3)
    else:
        form = SealForm.V5 if header[1].number == NEWEST_VERSION else SealForm.V4
        signing = parts[1:]
        if len(signing) < 3:
            raise BadDer(f"a seal of {len(parts)} elements")
    whole = der.element(der.SEQUENCE, parts[0].raw, signing[0].raw, signing[1].raw)
    alone = parts[0].raw
    return Seal(
        form=form,
        identifier=info[1].text,
        property=_property(info[2], form),
        picture=_picture(info[3]),
        maker_certificate=signing[0].octets,
        algorithm=signing[1].oid,
        signed=(whole, alone) if form is SealForm.V1 else (alone, whole),
        signature=signing[2].octets,
        timestamp=None if form is SealForm.V1 else _timestamp(signing[3:]),
        raw=outer.raw,
    )


def _timestamp(rest: tuple[Node, ...]) -> bytes | None:
    """The token behind a signature: `[0]` around a BIT STRING, which some writers leave out."""
    if not rest:
        return None
    if len(rest) > 1 or not rest[0].is_tagged(0):
        raise BadDer("something behind the signature that is no timestamp")
    if not rest[0].constructed:
        return rest[0].contents[1:]
    inner = der.read(rest[0].contents)
    return inner.raw if inner.is_a(der.SEQUENCE) else inner.octets


def _property(node: Node, form: SealForm) -> SealProperty:
    """Name, users and dates of a seal; the newer forms say how the users are listed."""
    parts = list(node.sequence("a seal's property", 6))
    listing = LIST_OF_CERTIFICATES
    if form is not SealForm.V1:
        if len(parts) < 7:
            raise BadDer("a seal's property without its list of users")
        listing = parts.pop(2).number
    users = parts[2].children
    certificates: tuple[bytes, ...] = ()
    digests: tuple[bytes, ...] = ()
    if listing == LIST_OF_CERTIFICATES:
        certificates = tuple(one.octets for one in users)
    else:
        digests = tuple(one.sequence("a user", 2)[1].octets for one in users)
    return SealProperty(parts[1].text, certificates, digests, parts[4].time, parts[5].time)


def _picture(node: Node) -> SealPicture:
    parts = node.sequence("a seal's picture", 4)
    return SealPicture(
        parts[0].text.strip().lower(), parts[1].octets,
        float(parts[2].number), float(parts[3].number),
    )


def _inner(node: Node) -> bytes:
    """Bytes, where some writers wrap an OCTET STRING in the BIT STRING."""
    found = node.octets
    try:
        wrapped = der.read(found)
    except BadDer:
        return found
    if wrapped.is_a(der.OCTET_STRING) and wrapped.raw == found:
        return wrapped.contents
    return found


def _moment(node: Node) -> datetime | None:
    """The time of signing: a time, or bytes that hold one."""
    if node.is_a(der.BIT_STRING, der.OCTET_STRING):
        return der.to_time(_inner(node).decode("latin-1"))
    return node.time
