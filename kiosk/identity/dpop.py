"""Tokens that only this visit can use: DPoP (RFC 9449).

Each sign-in makes a key of its own, which is gone with the visit; every request proves that
it comes from who holds it.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
TYPE = "dpop+jwt"


class ProofKey:
    """The key of one sign-in; time and randomness are passed in."""

    def __init__(self, now: Callable[[], float], unique: Callable[[], str]) -> None:
        self._key = ECKey.generate_key("P-256")
        self._now = now
        self._unique = unique

    @property
    def thumbprint(self) -> str:
        """How others name the key (RFC 7638)."""
        return self._key.thumbprint()

    def proof(self, method: str, url: str, token: str = "", nonce: str = "") -> str:
        """The proof for one request; `url` without its query."""
        claims: dict[str, Any] = {
            "jti": self._unique(), "htm": method, "htu": url.split("?", maxsplit=1)[0],
            "iat": int(self._now()),
        }
        if token:
            claims["ath"] = s256(token)
        if nonce:
            claims["nonce"] = nonce
        header = {"alg": ALGORITHM, "typ": TYPE, "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


def s256(text: str) -> str:
    """The SHA-256 of a text, in base64url without padding.

    So a proof names its token (RFC 9449, section 4.2) and a challenge its verifier
    (RFC 7636, section 4.2).
    """
    digest = hashlib.sha256(text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
