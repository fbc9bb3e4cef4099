"""Digests, SM3 (GB/T 32905) before all, and SM4 in GCM mode (GB/T 32907, GB/T 36624)."""

import hashlib
from collections.abc import Callable
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SM3 = "1.2.156.10197.1.401"
SHA256, SHA384, SHA512 = (f"2.16.840.1.101.3.4.2.{last}" for last in (1, 2, 3))
SM3_NAMES = frozenset({SM3, f"{SM3}.1", f"{SM3}.2"})
"""SM3 by itself, and what some writers put for it: without a key, and with one."""
SM3_SIZE = 32
NONCE_SIZE = 12
TAG_SIZE = 16


def sm3(data: bytes) -> bytes:
    """The digest of 32 bytes."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


DIGESTS: dict[str, Callable[[bytes], bytes]] = dict.fromkeys(SM3_NAMES, sm3) | {
    SHA256: lambda data: hashlib.sha256(data).digest(),
    SHA384: lambda data: hashlib.sha384(data).digest(),
    SHA512: lambda data: hashlib.sha512(data).digest(),
}
"""Digests that prove something, by object identifier."""


def is_digest(value: bytes, data: bytes, method: str | None) -> bool:
    """Whether a value is the digest of some bytes, by a method or, for None, by any that proves.

    A method that proves nothing or is not known fits nothing.
    """
    if method is not None:
        make = DIGESTS.get(method)
        return make is not None and compare_digest(value, make(data))
    return any(compare_digest(value, make(data)) for make in DIGESTS.values())


class Sm4Gcm:
    """Authenticated encryption with SM4; the nonce is chosen by who calls, once each."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that is not of 16 bytes."""
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes = b"") -> bytes:
        """The ciphertext with its tag of 16 bytes behind it."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes = b"") -> bytes:
        """The data. Raises ValueError where anything was changed."""
        data, tag = sealed[:-TAG_SIZE], sealed[-TAG_SIZE:]
        if len(tag) < TAG_SIZE:
            raise ValueError("shorter than a tag")
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated)
        try:
            return decryptor.update(data) + decryptor.finalize()
        except InvalidTag as error:
            raise ValueError("not what was encrypted with this key") from error
