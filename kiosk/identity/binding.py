"""Whether a token is of use to nobody but this terminal: by DPoP or by its certificate. Pure.

DPoP says so by the token's type (RFC 9449, section 5). A token that is bound to a certificate
is a bearer token by name (RFC 8705, section 3): the provider has promised it in its discovery
document, and one that can be looked into must name the terminal's certificate.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from kiosk.identity.dpop import ProofKey


def check_bound(answer: Mapping[str, Any], proof_key: ProofKey | None, thumbprint: str) -> None:
    """Accept a token answer that is bound as it was asked for.

    `proof_key`: the key of the request's proof; None where the terminal's certificate with
    this thumbprint stands for it. Raises ValueError, KeyError.
    """
    kind = str(answer["token_type"]).lower()
    if kind != ("dpop" if proof_key else "bearer"):
        raise ValueError(f"a token of type {answer['token_type']!r}, not bound to its key")
    if proof_key is None and certificate_of(str(answer["access_token"])) not in (None, thumbprint):
        raise ValueError("a token that is bound to another certificate, or to none")


def certificate_of(token: str) -> str | None:
    """The certificate to which an access token says that it is bound (RFC 8705, section 3.1).

    Empty where a JWT names none; None for a token that cannot be looked into. Its signature
    is not checked: the line to the provider vouches for it. Raises ValueError for no JWT in
    the form of one.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    claims = json.loads(base64.urlsafe_b64decode(padded))
    bound = claims.get("cnf") if isinstance(claims, dict) else None
    return str(bound.get("x5t#S256", "")) if isinstance(bound, dict) else ""
