"""SM2 signing, for the sandbox and tests alone: a terminal holds no SM2 private key.

OpenSSL's SM2 has had leaks of timing (CVE-2025-9231, CVE-2026-54872): in the field
signatures are made in hardware.
"""

import ctypes

from kiosk.gm.openssl import DigestContext, Key, OpenSslError, last_error, library
from kiosk.gm.sm2 import PublicKey

LONGEST = 80
BEFORE_SECRET = bytes.fromhex("30770201010420")
BEFORE_POINT = bytes.fromhex("a00a06082a811ccf5501822da144034200")
"""An ECPrivateKey (RFC 5915) of the SM2 curve around its secret and its point."""


class PrivateKey:
    """A key that signs."""

    def __init__(self, der: bytes) -> None:
        """From PKCS 8 or ECPrivateKey (DER). Raises OpenSslError."""
        self._key = Key.private(der)
        self.der = der
        self.public = PublicKey(self._key.dump("i2d_PUBKEY"))

    @classmethod
    def generate(cls) -> "PrivateKey":
        """A new key."""
        return cls(Key.generate().dump("i2d_PrivateKey"))

    @classmethod
    def from_numbers(cls, secret: int, point: bytes) -> "PrivateKey":
        """From the secret number and its uncompressed point (65 bytes)."""
        return cls(BEFORE_SECRET + secret.to_bytes(32, "big") + BEFORE_POINT + point)

    def sign(self, message: bytes, *, user_id: bytes) -> bytes:
        """The signature as DER. Raises OpenSslError."""
        with DigestContext(self._key, user_id) as context:
            context.begin("EVP_DigestSignInit")
            size = ctypes.c_size_t(LONGEST)
            made = ctypes.create_string_buffer(LONGEST)
            done = library().EVP_DigestSign(
                context.digest, made, ctypes.byref(size), message, len(message)
            )
        if done != 1:
            raise OpenSslError(last_error())
        return made.raw[: size.value]
