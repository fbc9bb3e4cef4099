"""How tokens, verifiers and bodies are named by their digest, and base64url without padding."""

import base64
import hashlib


def s256(text: str) -> str:
    """SHA-256 in base64url without padding (RFC 7636, section 4.2; RFC 9449, section 4.2)."""
    return digest_of(text.encode())


def digest_of(data: bytes) -> str:
    """The same of bytes."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
