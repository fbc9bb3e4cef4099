"""Ciphers by which fields are sealed: AES-256-GCM, or SM4-GCM where national ones are asked for.

A sealed field is a version byte, a nonce of 96 random bits, the ciphertext and its tag of
128 bits (NIST SP 800-38D; GB/T 32907 for SM4). One key seals at most 2^32 fields
(SP 800-38D, 8.3), which is a century of a busy terminal. Where a field stands is its
associated data: a field that was moved does not open.
"""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offline.failures import VaultFailure, VaultReason

VERSION = b"\x01"
NONCE, TAG = 12, 16
DATA_KEY = 32
"""Bytes of the key that everything else follows from."""


class Suite(Protocol):
    """An authenticated cipher with its key."""

    def seal(self, nonce: bytes, plain: bytes, place: bytes) -> bytes:
        """Ciphertext and tag."""

    def open(self, nonce: bytes, sealed: bytes, place: bytes) -> bytes:
        """The plain text. Raises InvalidTag."""


class AesGcm:
    """AES-256-GCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, nonce: bytes, plain: bytes, place: bytes) -> bytes:
        """Ciphertext and tag."""
        return self._cipher.encrypt(nonce, plain, place)

    def open(self, nonce: bytes, sealed: bytes, place: bytes) -> bytes:
        """The plain text. Raises InvalidTag."""
        return self._cipher.decrypt(nonce, sealed, place)


class Sm4Gcm:
    """SM4-GCM (RFC 8998 names it so); its key is the first half of what it is given."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:16]

    def seal(self, nonce: bytes, plain: bytes, place: bytes) -> bytes:
        """Ciphertext and tag."""
        work = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(place)
        return work.update(plain) + work.finalize() + work.tag

    def open(self, nonce: bytes, sealed: bytes, place: bytes) -> bytes:
        """The plain text. Raises InvalidTag."""
        tag = sealed[-TAG:]
        if len(tag) < TAG:
            raise InvalidTag
        work = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(place)
        return work.update(sealed[:-TAG]) + work.finalize()


SUITES: dict[str, Callable[[bytes], Suite]] = {"aes-256-gcm": AesGcm, "sm4-gcm": Sm4Gcm}
"""By the name that the configuration and the vault's own file use."""


@dataclass(frozen=True, slots=True, repr=False)
class Sealer:
    """Seals fields for their place, and makes keyed hashes."""

    suite: Suite
    digest_key: bytes
    kiosk: str

    def seal(self, table: str, row: str, plain: bytes) -> bytes:
        """A field for this row of this table."""
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self.suite.seal(nonce, plain, self._place(table, row))

    def unseal(self, table: str, row: str, sealed: bytes) -> bytes:
        """What was sealed there. Raises VaultFailure (TAMPERED)."""
        if sealed[:1] != VERSION:
            raise VaultFailure(VaultReason.TAMPERED, f"{table} {row}: not a sealed field")
        nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return self.suite.open(nonce, rest, self._place(table, row))
        except (InvalidTag, ValueError) as error:
            raise VaultFailure(VaultReason.TAMPERED, f"{table} {row}") from error

    def digest(self, text: str) -> str:
        """A keyed hash (HMAC-SHA256, 128 bits in hex): the same text has the same one here only."""
        return hmac.digest(self.digest_key, text.encode(), "sha256")[:16].hex()

    def _place(self, table: str, row: str) -> bytes:
        # Lengths go first, so that no two places read alike.
        lengths = f"{len(self.kiosk)}.{len(table)}.{len(row)}."
        return f"{lengths}{self.kiosk}{table}{row}".encode()


def make_sealer(suite: str, data_key: bytes, kiosk: str) -> Sealer:
    """The sealer of a vault; both of its keys follow from the data key (RFC 5869)."""
    field, digest = (
        HKDF(SHA256(), DATA_KEY, None, f"tongban {purpose} {suite}".encode()).derive(data_key)
        for purpose in ("fields", "digests")
    )
    return Sealer(SUITES[suite](field), digest, kiosk)
