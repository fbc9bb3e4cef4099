"""What only the card says, as a secret: the second lock of a package, and how one is found.

Number and dates of a card are not many bits, so the secret is made slowly (scrypt, RFC 7914):
whoever has stolen a terminal with its key must spend that time on every card that he tries.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

SALT = b"tongban sealed package 1 card "
COST, BLOCK, PARALLEL = 1 << 15, 8, 1
"""32 MiB and a tenth of a second for each card."""
MEMORY = 64 << 20
SECRET, TAG, LOCK = 32, 16, 32
"""Bytes of the secret, of what a package is found by, and of the key that it yields."""


@dataclass(frozen=True, slots=True, repr=False)
class CardFacts:
    """Which card it is. Personal."""

    document_type: str
    """Such as `cn_resident`."""
    number: str
    valid_from: str
    """YYYYMMDD; empty where the card does not say."""
    valid_to: str
    """YYYYMMDD, `permanent`, or empty."""

    @property
    def canonical(self) -> bytes:
        """The facts as bytes: JSON with sorted names, no spaces, no escapes (UTF-8)."""
        return canonical(asdict(self))


@dataclass(frozen=True, slots=True, repr=False)
class CardSecret:
    """What a terminal makes of one card."""

    key: bytes

    @property
    def tag(self) -> str:
        """By what the packages of this card are found here, in hexadecimal."""
        return HKDFExpand(SHA256(), TAG, b"tongban package tag").derive(self.key).hex()

    def lock(self, package: bytes) -> bytes:
        """The key of the inner lock of one package, by its id."""
        return HKDF(SHA256(), LOCK, package, b"tongban package lock").derive(self.key)


def canonical(fields: Mapping[str, str]) -> bytes:
    """Names and values as bytes, in one way only."""
    return json.dumps(
        fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def card_secret(card: CardFacts, terminal: str) -> CardSecret:
    """The secret of a card at one terminal; takes a tenth of a second, so: for a thread."""
    return CardSecret(hashlib.scrypt(
        card.canonical, salt=SALT + terminal.encode(), n=COST, r=BLOCK, p=PARALLEL,
        maxmem=MEMORY, dklen=SECRET,
    ))


def document_digest(card: CardFacts, package: bytes) -> bytes:
    """How a package names its holder's document inside (SHA-256, salted with the package's id)."""
    return hashlib.sha256(b"tongban package document 1" + package + card.canonical).digest()
