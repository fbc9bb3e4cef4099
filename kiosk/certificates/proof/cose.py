"""COSE_Sign1 (RFC 9052, section 4.2), read and verified; ES256 and, privately, SM2.

SM2 has no registered number in COSE: that of `Algorithm` is of the range for private use.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from io import BytesIO
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kiosk.gm import DEFAULT_USER_ID, BadKey, PublicKey

SIGN1_TAG = 18
HEADER_ALGORITHM, HEADER_KEY = 1, 4
LARGEST = 1 << 20
ZLIB = 0x78
SIGNATURE_SIZE = 64
DECODE_ERRORS = (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError, OverflowError)


class Algorithm(IntEnum):
    """Ways to sign that are accepted."""

    ES256 = -7
    SM2 = -70101


class BadCose(ValueError):
    """Not a signed object; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: SubjectPublicKeyInfo (DER) and what it signs with."""

    algorithm: Algorithm
    der: bytes

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether it made a signature of 64 bytes (r, then s)."""
        if len(signature) != SIGNATURE_SIZE:
            return False
        try:
            if self.algorithm is Algorithm.SM2:
                return PublicKey(self.der).verify(message, signature, user_id=DEFAULT_USER_ID)
            key = serialization.load_der_public_key(self.der)
            if not isinstance(key, ec.EllipticCurvePublicKey):
                return False
            half = SIGNATURE_SIZE // 2
            pair = (int.from_bytes(one, "big") for one in (signature[:half], signature[half:]))
            key.verify(encode_dss_signature(*pair), message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, BadKey, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed object, not verified yet."""

    algorithm: Algorithm
    key_id: bytes
    payload: bytes
    protected: bytes
    signature: bytes

    def verify(self, key: Key) -> bool:
        """Whether a key signed it, in the way that it says."""
        message = cbor2.dumps(["Signature1", self.protected, b"", self.payload])
        return key.algorithm is self.algorithm and key.verify(message, self.signature)

    @property
    def claims(self) -> Mapping[Any, Any]:
        """The payload, which must be a map. Raises BadCose."""
        return as_map(load_cbor(self.payload), "claims")


def read_signed(data: bytes) -> Signed:
    """Read a COSE_Sign1 object. Raises BadCose."""
    outer = load_cbor(data)
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != SIGN1_TAG:
        raise BadCose("no COSE_Sign1 object")
    parts = outer.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise BadCose("not four parts")
    protected, unprotected, payload, signature = parts
    if unprotected != {}:
        raise BadCose("a header that is not signed")
    if not all(isinstance(one, bytes) for one in (protected, payload, signature)):
        raise BadCose("parts that are no bytes")
    header = as_map(load_cbor(protected), "header")
    key_id = header.get(HEADER_KEY)
    if not isinstance(key_id, bytes):
        raise BadCose("no key id")
    algorithm = to_algorithm(header.get(HEADER_ALGORITHM))
    return Signed(algorithm, key_id, payload, protected, signature)


def to_algorithm(value: object) -> Algorithm:
    """The algorithm of a number. Raises BadCose for one that is not accepted."""
    if isinstance(value, int) and value in list(Algorithm):
        return Algorithm(value)
    raise BadCose(f"algorithm {value!r}")


def load_cbor(data: bytes) -> Any:
    """One CBOR item and nothing behind it. Raises BadCose."""
    stream = BytesIO(data)
    try:
        item = cbor2.CBORDecoder(stream).decode()
    except DECODE_ERRORS as error:
        raise BadCose(f"not CBOR: {error}") from error
    if stream.read(1):
        raise BadCose("something stands behind it")
    return item


def as_map(item: object, what: str) -> Mapping[Any, Any]:
    """An item that must be a map. Raises BadCose."""
    if not isinstance(item, Mapping):
        raise BadCose(f"{what}: no map")
    return item


def inflate(data: bytes) -> bytes:
    """Undo zlib, where the first byte says that it was used. Raises BadCose."""
    if data[:1] != bytes([ZLIB]):
        return data
    state = zlib.decompressobj()
    try:
        out = state.decompress(data, LARGEST)
    except zlib.error as error:
        raise BadCose(f"not zlib: {error}") from error
    if not state.eof or state.unused_data:
        raise BadCose("not one zlib stream of sensible size")
    return out
