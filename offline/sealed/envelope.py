"""The two locks of a package: the terminal's key without, the card's secret within. Pure.

Without: HPKE (RFC 9180) in its base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
Within: AES-256-GCM under a key that follows from the card (`card.py`). Which package it is, and
for which terminal, is bound into both, so that nothing opens in another's place.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from offline.sealed.card import CardSecret
from offline.sealed.reasons import SealedFailure, SealedReason

VERSION = b"\x01"
NONCE = 12
ID_BYTES = 16
LARGEST = 4 << 20
"""Bytes of a sealed package: a certificate of some pages, and a face."""
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def place_of(package: bytes, terminal: str) -> bytes:
    """What both locks are bound to."""
    return b"tongban sealed package 1\0" + package + terminal.encode()


def open_outer(
    sealed: bytes, package: bytes, terminal: str, key: EllipticCurvePrivateKey
) -> bytes:
    """What is behind the terminal's lock, still locked by the card.

    `key` is the terminal's own; `package` the id by which the package is kept. Raises
    SealedFailure (NOT_OPENED, TOO_LARGE).
    """
    if len(sealed) > LARGEST:
        raise SealedFailure(SealedReason.TOO_LARGE, f"{len(sealed)} bytes")
    if sealed[:1] != VERSION:
        raise SealedFailure(SealedReason.NOT_OPENED, "of an unknown version")
    try:
        return SUITE.decrypt(sealed[1:], key, place_of(package, terminal))
    except (InvalidTag, ValueError) as error:
        raise SealedFailure(SealedReason.NOT_OPENED, "not for this terminal's key") from error


def open_package(
    sealed: bytes, package: bytes, terminal: str, key: EllipticCurvePrivateKey, card: CardSecret
) -> bytes:
    """What the library signed, not verified yet. Raises SealedFailure as `open_outer` does."""
    inner = open_outer(sealed, package, terminal, key)
    place = place_of(package, terminal)
    try:
        return AESGCM(card.lock(package)).decrypt(inner[:NONCE], inner[NONCE:], place)
    except (InvalidTag, ValueError) as error:
        raise SealedFailure(SealedReason.NOT_OPENED, "not for this card") from error
