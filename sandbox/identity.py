"""The unified identity service of the sandbox: who a terminal is, who a citizen is.

A terminal authenticates with its own key (`private_key_jwt`, RFC 7523 section 2.2) and
signs a citizen in by a signed assertion (RFC 7523 section 2.1) that carries the
evidence from document and face in the form of OpenID Connect for Identity Assurance.
An assertion lives a minute at most, is good once, and only in the hands of the terminal
that made it; the access token that comes of it lives five minutes.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from sandbox.keys import KeyStore
from sandbox.people.registry import Person, holder_of

ALGORITHMS = ["ES256"]
ASSERTION_SECONDS = 60
TOKEN_SECONDS = 300
ACR_CARD_AND_FACE = "urn:tongban:acr:card-face"
AMR_CARD_AND_FACE = ["sc", "face", "pop", "mfa"]
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Refused(Exception):
    """A request that the identity service refuses: an OAuth error code and why."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


@dataclass(frozen=True, slots=True)
class Grant:
    """A citizen who is signed in at one terminal."""

    person: Person
    terminal: str
    expires: float


class IdentityService:
    """Checks assertions and keeps what they were exchanged for."""

    def __init__(
        self, issuer: str, keys: KeyStore, clock: Callable[[], float] = time.time
    ) -> None:
        self.issuer = issuer
        self.token_endpoint = f"{issuer}/identity/token"
        self._keys = keys
        self._clock = clock
        self._terminals: dict[str, ECKey] = {}
        self._used: dict[str, float] = {}
        self._grants: dict[str, Grant] = {}

    def register(self, terminal: str, public_key: dict[str, Any]) -> None:
        """Let a terminal in, with its public key as a JWK."""
        self._terminals[terminal] = ECKey.import_key(public_key)

    def discovery(self) -> dict[str, object]:
        """The document at /.well-known/openid-configuration."""
        return {
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "revocation_endpoint": f"{self.issuer}/identity/revoke",
            "jwks_uri": f"{self.issuer}/identity/jwks",
            "face_reference_endpoint": f"{self.issuer}/identity/face-reference",
            "certificate_library": f"{self.issuer}/library",
            "response_types_supported": [],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ALGORITHMS,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "grant_types_supported": [GRANT],
            "acr_values_supported": [ACR_CARD_AND_FACE],
            "claims_supported": ["acr", "amr", "verified_claims"],
            "verified_claims_supported": True,
            "evidence_supported": ["document"],
        }

    def jwks(self) -> dict[str, object]:
        """The keys that sign tokens."""
        return {"keys": [self._keys.token_key.as_dict(private=False)]}

    def authenticate(self, client_assertion_type: str, client_assertion: str) -> str:
        """The terminal that signed a client assertion. Raises Refused."""
        if client_assertion_type != CLIENT_ASSERTION:
            raise Refused("invalid_client", "a terminal authenticates by private_key_jwt")
        claims = self._open(client_assertion, "invalid_client")
        if claims.get("sub") != claims["iss"]:
            raise Refused("invalid_client", "issuer and subject differ")
        return str(claims["iss"])

    def sign_in(self, terminal: str, assertion: str, forged: bool) -> dict[str, object]:
        """Exchange a citizen's assertion for tokens. Raises Refused."""
        claims, person = self._citizen(terminal, assertion)
        evidence = _evidence(claims)
        methods = {check.get("check_method") for check in evidence.get("check_details", [])}
        if not {"vcrypt", "bvp"} <= methods:
            raise Refused("invalid_grant", "chip and face must both have been checked")
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._grants[token] = Grant(person, terminal, now + TOKEN_SECONDS)
        pairwise = hashlib.sha256(f"{terminal}/{person.number}".encode()).hexdigest()
        id_token = {
            "iss": self.issuer,
            "aud": terminal,
            "sub": pairwise,
            "iat": int(now),
            "exp": int(now) + TOKEN_SECONDS,
            "auth_time": int(now),
            "nonce": claims["jti"],
            "acr": ACR_CARD_AND_FACE,
            "amr": AMR_CARD_AND_FACE,
        }
        key = self._keys.forger_key if forged else self._keys.token_key
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": "certificates",
            "id_token": jwt.encode({"alg": "ES256", "kid": key.kid}, id_token, key),
        }

    def face_reference(self, terminal: str, assertion: str) -> Person:
        """The person whose reference picture a terminal may have once. Raises Refused."""
        claims, person = self._citizen(terminal, assertion)
        if claims.get("consent") != "face-reference":
            raise Refused("invalid_grant", "the citizen's consent is missing")
        return person

    def grant(self, token: str) -> Grant:
        """The grant behind an access token. Raises Refused."""
        grant = self._grants.get(token)
        if grant is None or grant.expires <= self._clock():
            raise Refused("invalid_token", "the token is unknown or has expired")
        return grant

    def revoke(self, token: str) -> None:
        """Forget a token (RFC 7009): an unknown one is no error."""
        self._grants.pop(token, None)

    def _citizen(self, terminal: str, assertion: str) -> tuple[dict[str, Any], Person]:
        claims = self._open(assertion, "invalid_grant")
        if claims["iss"] != terminal:
            raise Refused("invalid_grant", "the assertion belongs to another terminal")
        document = _evidence(claims).get("document_details", {})
        person = holder_of(str(document.get("type")), str(claims.get("sub")))
        if person is None:
            raise Refused("invalid_grant", "nobody has such a document")
        expiry = document.get("date_of_expiry")
        if expiry and date.fromisoformat(expiry) < date.fromtimestamp(self._clock()):
            raise Refused("invalid_grant", "the document has expired")
        name = claims["verified_claims"]["claims"].get("name")
        if name != person.name:
            raise Refused("invalid_grant", "name and number do not belong together")
        return claims, person

    def _open(self, token: str, error: str) -> dict[str, Any]:
        """The claims of a terminal's token: signature, times, audience, single use."""
        try:
            terminal = json.loads(_payload(token)).get("iss")
            key = self._terminals[terminal]
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            raise Refused(error, f"no token of a known terminal ({problem})") from problem
        now = self._clock()
        issued, expires = claims.get("iat", 0), claims.get("exp", 0)
        if not issued - 30 <= now < expires or expires - issued > ASSERTION_SECONDS:
            raise Refused(error, "the token is not of this minute")
        if claims.get("aud") not in (self.issuer, self.token_endpoint):
            raise Refused(error, "the token is meant for somebody else")
        self._use(str(claims.get("jti")), expires, error)
        return claims

    def _use(self, jti: str, expires: float, error: str) -> None:
        self._used = {one: end for one, end in self._used.items() if end > self._clock()}
        if jti in self._used or jti == "None":
            raise Refused(error, "the token was used before")
        self._used[jti] = expires


def _payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _evidence(claims: dict[str, Any]) -> dict[str, Any]:
    try:
        found = claims["verified_claims"]["verification"]["evidence"][0]
    except (KeyError, IndexError, TypeError) as error:
        raise Refused("invalid_grant", "the assertion carries no evidence") from error
    return dict(found)
