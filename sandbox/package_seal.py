"""Seals packages for a terminal, to be opened with its key and its holder's card.

Written for the description (docs/sealed-packages.md), not from the terminal's reader: scrypt
(RFC 7914), HKDF (RFC 5869), AES-256-GCM within HPKE (RFC 9180), around a COSE_Sign1 object
(RFC 9052) of the library.
"""

import hashlib
import json
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from sandbox.people.registry import Person

NO_END = "长期"
"""How a card says that it has no end."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A terminal for which packages are sealed."""

    terminal: str
    key: EllipticCurvePublicKey


def card_bytes(holder: Person) -> bytes:
    """What the holder's card says that nobody else can know: number and dates."""
    card = holder.card
    end = card.get("valid_to", "")
    facts = {
        "document_type": holder.documents[0],
        "number": card["number"],
        "valid_from": card.get("valid_from", ""),
        "valid_to": "permanent" if end == NO_END else end,
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def card_key(holder: Person, terminal: str) -> bytes:
    """The secret of a card at a terminal."""
    salt = b"tongban sealed package 1 card " + terminal.encode()
    return hashlib.scrypt(
        card_bytes(holder), salt=salt, n=32768, r=8, p=1, maxmem=64 << 20, dklen=32
    )


def tag_of(secret: bytes) -> str:
    """By what a terminal finds the packages of a card."""
    return HKDFExpand(SHA256(), 16, b"tongban package tag").derive(secret).hex()


def document_digest(holder: Person, package: bytes) -> bytes:
    """How a package names its holder's document."""
    return hashlib.sha256(
        b"tongban package document 1" + package + card_bytes(holder)
    ).digest()


def seal(signed: bytes, package: bytes, secret: bytes, recipient: Recipient) -> bytes:
    """A signed object behind both locks."""
    place = b"tongban sealed package 1\0" + package + recipient.terminal.encode()
    lock = HKDF(SHA256(), 32, package, b"tongban package lock").derive(secret)
    nonce = os.urandom(12)
    inner = nonce + AESGCM(lock).encrypt(nonce, signed, place)
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    return b"\x01" + suite.encrypt(inner, recipient.key, place)
