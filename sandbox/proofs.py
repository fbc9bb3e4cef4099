"""Signs the codes of printed copies, and the two lists by which they are verified offline.

Written for the standard, not from the terminal's reader: CWT (RFC 8392) in COSE_Sign1 (RFC
9052), Base45 (RFC 9285), the token status list. What the fields mean: docs/paper-proof.md.
"""

import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.gm import DEFAULT_USER_ID
from kiosk.gm.sm2 import as_raw
from sandbox.keys import KeyStore, Signer, key_id
from sandbox.library.issue import Issued

ES256, SM2 = -7, -70101
COPY, KEYS = -70001, -70002
STATUS_LIST, TTL = 65533, 65534
LIST_SECONDS = 7 * 86400
DAY = 86400
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PREFIX = "TB1:"
STATUS_BYTES = 16384


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a terminal says of the copies that it is about to print."""

    terminal: str
    purpose: str
    copies: int
    pages: int
    days: int
    page_marks: bytes
    algorithm: str = "ES256"


class ProofService:
    """Makes codes, and keeps which copies were revoked."""

    def __init__(self, issuer: str, keys: KeyStore, clock: Callable[[], float]) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._revoked = bytearray(STATUS_BYTES)
        self._copies: dict[bytes, int] = {}

    def prove(self, issued: Issued, wanted: Wanted) -> list[str]:
        """The text of one code for each copy. Raises ValueError for an unknown algorithm."""
        if wanted.algorithm not in ("ES256", "SM2"):
            raise ValueError(f"unknown algorithm {wanted.algorithm!r}")
        return [self._code(issued, wanted, copy + 1) for copy in range(wanted.copies)]

    def _code(self, issued: Issued, wanted: Wanted, copy: int) -> str:
        copy_id = os.urandom(8)
        index = self._copies[copy_id] = len(self._copies)
        now = int(self._clock())
        payload = {
            1: self._issuer, 4: now + wanted.days * DAY, 6: now, 7: copy_id,
            COPY: {
                1: issued.identifier,
                2: issued.type.name,
                3: masked_name(issued.holder.name),
                4: masked_number(issued.holder.number),
                5: issued.type.department.name,
                6: as_number(issued.issued),
                7: issued.face_number,
                8: as_number(issued.expires) if issued.expires else 0,
                9: wanted.purpose,
                10: copy,
                11: wanted.copies,
                12: wanted.terminal,
                13: wanted.pages,
                14: index,
                15: wanted.page_marks,
            },
        }
        return PREFIX + base45(smaller(self._sign(payload, wanted.algorithm)))

    def revoke(self, copy_id: bytes) -> bool:
        """Revoke a copy; False for one that was never made."""
        index = self._copies.get(copy_id)
        if index is None:
            return False
        self._revoked[index // 8] |= 1 << index % 8
        return True

    def key_list(self) -> bytes:
        """The keys that sign codes, signed by the authority."""
        now = int(self._clock())
        keys = (
            (ES256, spki(self._keys.paper_key), "Sandbox certificate library"),
            (SM2, self._keys.sm2_paper.key.public.der, "Sandbox certificate library (SM2)"),
        )
        return sign_by_authority({
            1: self._issuer, 6: now, TTL: LIST_SECONDS,
            KEYS: [
                {1: algorithm, 2: der, 3: name, 4: now - 3650 * DAY, 5: now + 3650 * DAY}
                for algorithm, der, name in keys
            ],
        }, self._keys.root)

    def status_list(self) -> bytes:
        """Which copies were revoked, signed by the authority."""
        lst = zlib.compress(bytes(self._revoked), 9)
        return sign_by_authority({
            1: self._issuer, 6: int(self._clock()), TTL: LIST_SECONDS,
            STATUS_LIST: {"bits": 1, "lst": lst},
        }, self._keys.root)

    def _sign(self, payload: dict[Any, Any], algorithm: str) -> bytes:
        if algorithm == "SM2":
            signer = self._keys.sm2_paper

            def by_sm2(message: bytes) -> bytes:
                return as_raw(signer.key.sign(message, user_id=DEFAULT_USER_ID))

            return sign1(payload, SM2, key_id(signer.key.public.der), by_sm2)
        key = self._keys.paper_key
        return sign1(payload, ES256, key_id(spki(key)), lambda message: es256(key, message))


def sign_by_authority(payload: dict[Any, Any], authority: Signer) -> bytes:
    """A COSE_Sign1 object, signed as terminals expect of an authority."""
    name = key_id(authority.certificate.public_bytes(Encoding.DER))
    return sign1(payload, ES256, name, lambda message: es256(authority.key, message))


def sign1(
    payload: dict[Any, Any], algorithm: int, key: bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    """A COSE_Sign1 object."""
    protected, body = cbor2.dumps({1: algorithm, 4: key}), cbor2.dumps(payload)
    signature = sign(cbor2.dumps(["Signature1", protected, b"", body]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, body, signature]))


def es256(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """An ECDSA signature as r and s."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def smaller(data: bytes) -> bytes:
    """Compressed, where that is shorter."""
    packed = zlib.compress(data, 9)
    return packed if len(packed) < len(data) else data


def base45(data: bytes) -> str:
    """RFC 9285."""
    out = []
    for place in range(0, len(data), 2):
        pair = data[place : place + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, rest = divmod(value, 45)
            out.append(BASE45[rest])
    return "".join(out)


def masked_name(name: str) -> str:
    """The family name, and a star for each other character."""
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """The first three and last four characters."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def as_number(day: date) -> int:
    """A date as YYYYMMDD."""
    return day.year * 10000 + day.month * 100 + day.day
