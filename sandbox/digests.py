"""How tokens and verifiers are named by their digest."""

import base64
import hashlib


def s256(text: str) -> str:
    """SHA-256 in base64url without padding (RFC 7636, section 4.2; RFC 9449, section 4.2)."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
