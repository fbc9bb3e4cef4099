"""Makes seals and signatures: GB/T 38540 in its three forms, GB/T 35275 in both conventions."""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.gm import Certificate, der, sm3
from kiosk.gm.hashes import DIGESTS
from kiosk.gm.signed_data import TIMESTAMP
from kiosk.gm.sm2 import as_raw
from kiosk.ofd.seal import SealForm
from sandbox.asn1 import bits, general_time, ia5, number, octets, oid, sequence, utc_time
from sandbox.other_signers import AnySigner
from sandbox.timestamps import Stamp

VERSIONS = {SealForm.V1: 1, SealForm.V4: 4, SealForm.V5: 5}
GB_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
GB_DATA = "1.2.156.10197.6.1.4.2.1"
DATA_TYPE, DIGEST_TYPE, TIME_TYPE = (
    "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5",
)
SEAL_YEARS = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class SealOrder:
    """What a seal shall be."""

    identifier: str
    name: str
    users: tuple[bytes, ...]
    picture: bytes
    picture_kind: str
    created: datetime
    form: SealForm = SealForm.V4
    size_mm: int = 40
    by_digest: bool = False
    valid: timedelta = SEAL_YEARS
    vendor: str = "TONGBAN"
    timestamp: Stamp | None = None
    """Makes a timestamp over the maker's signature."""


@dataclass(frozen=True, slots=True)
class Habits:
    """In what a writer of signatures differs from others."""

    raw_value: bool = False
    """The signature as 64 bytes, not as DER."""
    with_attributes: bool = True
    base64_content: bool = False
    bare: bool = False
    """No ContentInfo around signed data."""
    wrap_digest: bool = False
    """The digest as an OCTET STRING in its BIT STRING."""
    behind: bytes = field(default=b"")
    """Bytes behind the structure."""
    timestamp: Stamp | None = None
    """Makes a timestamp over the signature."""


USUAL = Habits()


def make_seal(maker: AnySigner, order: SealOrder) -> bytes:
    """A seal that its maker has signed (SESeal)."""
    info = sequence(
        sequence(ia5("ES"), number(VERSIONS[order.form]), ia5(order.vendor)),
        ia5(order.identifier),
        _property(order),
        sequence(
            ia5(order.picture_kind), octets(order.picture),
            number(order.size_mm), number(order.size_mm),
        ),
    )
    certificate, algorithm = octets(maker.certificate), oid(maker.algorithm)
    if order.form is SealForm.V1:
        signature = maker.sign(sequence(info, certificate, algorithm))
        return sequence(info, sequence(certificate, algorithm, bits(signature)))
    signature = maker.sign(info)
    return sequence(info, certificate, algorithm, bits(signature), _stamp(order, signature))


def _property(order: SealOrder) -> bytes:
    stamp = utc_time if order.form is SealForm.V1 else general_time
    times = [stamp(order.created), stamp(order.created), stamp(order.created + order.valid)]
    kind, name = number(1), der.element(der.UTF8, order.name.encode())
    if order.form is SealForm.V1:
        return sequence(kind, name, sequence(*map(octets, order.users)), *times)
    if order.by_digest:
        users = [
            sequence(der.element(der.PRINTABLE, b"SM3"), octets(sm3(one))) for one in order.users
        ]
        return sequence(kind, name, number(2), sequence(*users), *times)
    return sequence(kind, name, number(1), sequence(*map(octets, order.users)), *times)


def seal_signature(
    signer: AnySigner, seal: bytes, form: SealForm, signature_xml: bytes, part: str,
    at: datetime, habits: Habits = USUAL,
) -> bytes:
    """The value of a signature by seal (SES_Signature) over a Signature.xml."""
    digest = DIGESTS[signer.digest_method](signature_xml)
    digest = octets(digest) if habits.wrap_digest else digest
    certificate, algorithm = octets(signer.certificate), oid(signer.algorithm)
    if form is SealForm.V1:
        signed = sequence(
            number(1), seal, bits(der.element(der.UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())),
            bits(digest), ia5(part), certificate, algorithm,
        )
        return sequence(signed, bits(_value(signer, signed, habits))) + habits.behind
    signed = sequence(
        number(VERSIONS[form]), seal, general_time(at), bits(digest), ia5(part),
    )
    value = _value(signer, signed, habits)
    stamp = _stamp(habits, value)
    return sequence(signed, certificate, algorithm, bits(value), stamp) + habits.behind


def signed_data(
    signer: AnySigner, chain: tuple[bytes, ...], meant: bytes, at: datetime,
    habits: Habits = USUAL,
) -> bytes:
    """GB/T 35275 signed data over some bytes, in one of its two conventions."""
    digest = DIGESTS[signer.digest_method](meant)
    method = sequence(oid(signer.digest_method))
    content = b""
    attributes = b""
    if habits.with_attributes:
        inner = (
            _attribute(DATA_TYPE, oid(GB_DATA)),
            _attribute(DIGEST_TYPE, octets(digest)),
            _attribute(TIME_TYPE, utc_time(at)),
        )
        value = _value(signer, der.element(der.SET, *inner), habits)
        attributes = der.explicit(0, b"".join(inner))
    else:
        plain = base64.b64encode(digest) if habits.base64_content else digest
        content = der.explicit(0, octets(plain))
        value = _value(signer, plain, habits)
    info = sequence(
        number(1), Certificate(signer.certificate).issuer_and_serial,
        method, attributes, sequence(oid(signer.algorithm)), octets(value),
        _unsigned(habits, value),
    )
    body = sequence(
        number(1), der.element(der.SET, method),
        sequence(oid(GB_DATA), content),
        der.explicit(0, b"".join((signer.certificate, *chain))),
        der.element(der.SET, info),
    )
    whole = body if habits.bare else sequence(oid(GB_SIGNED_DATA), der.explicit(0, body))
    return whole + habits.behind


def _stamp(wish: Habits | SealOrder, signature: bytes) -> bytes:
    """A timestamp as seals carry it, or nothing."""
    if wish.timestamp is None:
        return b""
    return der.explicit(0, bits(wish.timestamp(signature)))


def _unsigned(habits: Habits, signature: bytes) -> bytes:
    """The attributes that are not signed, or nothing."""
    if habits.timestamp is None:
        return b""
    return der.explicit(1, _attribute(TIMESTAMP, habits.timestamp(signature)))


def _value(signer: AnySigner, signed: bytes, habits: Habits) -> bytes:
    value = signer.sign(signed)
    return as_raw(value) if habits.raw_value else value


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), der.element(der.SET, value))
