"""The data key wrapped a second time, for the operators, so that no vault is lost for good.

A TPM gives nothing back after a firmware update has changed how the machine starts. The
second wrap is to a P-256 key whose private half the operators hold apart from all
terminals: HPKE in its base mode (RFC 9180), DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
AES-256-GCM. The terminal's name is bound into it, so that no wrap passes for another's.
"""

import hashlib

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from offline.keys.envelope import read_own, write_envelope
from offline.keys.port import KeyFailure, KeyReason

BY = "recovery"
CONTEXT = "tongban data key recovery 1 "
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def read_public(pem: bytes) -> ec.EllipticCurvePublicKey:
    """The operators' public key (PEM). Raises KeyFailure where it is not one of P-256."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _bad("not a public key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad("not a key of P-256")
    return key


def read_private(pem: bytes, password: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """The operators' private key (PEM, encrypted or not). Raises KeyFailure."""
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _bad("not a private key in PEM, or another password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad("not a key of P-256")
    return key


def wrap_for_recovery(key: bytes, operators: ec.EllipticCurvePublicKey, kiosk_id: str) -> bytes:
    """The data key of a terminal as only the operators can open it."""
    sealed = SUITE.encrypt(key, operators, _context(kiosk_id))
    return write_envelope(BY, {
        "kiosk": kiosk_id, "to": fingerprint(operators), "of": mark_of(key), "sealed": sealed,
    })


def mark_of(key: bytes) -> str:
    """By which a wrap says of which key it is, and nothing else of it: the key is random."""
    return hashlib.sha256(b"tongban vault key " + key).hexdigest()[:32]


def open_recovery(wrapped: bytes, key: ec.EllipticCurvePrivateKey, kiosk_id: str) -> bytes:
    """The data key again. Raises KeyFailure: another terminal's, another key, damaged."""
    envelope = read_own(wrapped, BY)
    if envelope.text("kiosk") != kiosk_id:
        why = f"the recovery wrap of {envelope.text('kiosk')!r}, not of {kiosk_id!r}"
        raise KeyFailure(KeyReason.NOT_OURS, why)
    if envelope.text("to") != fingerprint(key.public_key()):
        raise _bad(f"the wrap was made for the key {envelope.text('to')}")
    try:
        return SUITE.decrypt(envelope.binary("sealed"), key, _context(kiosk_id))
    except (InvalidTag, ValueError) as error:
        raise KeyFailure(KeyReason.UNREADABLE, "the recovery wrap is damaged") from error


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """The first 16 hexadecimal digits of SHA-256 over the key (SubjectPublicKeyInfo, DER)."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()[:16]


def _context(kiosk_id: str) -> bytes:
    return (CONTEXT + kiosk_id).encode()


def _bad(why: str) -> KeyFailure:
    return KeyFailure(KeyReason.BAD_RECOVERY_KEY, why)
