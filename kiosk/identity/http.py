"""The identity service over HTTP: OpenID Connect discovery, private_key_jwt, RFC 7523."""

import secrets
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from drivers.idcard.port import IdentityDocument
from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.identity.evidence import TokenFactory
from kiosk.identity.port import FaceEvidence, Session
from kiosk.platform import Platform
from kiosk.reasons import Reason

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["ES256"]
CLOCK_SKEW = 60


def load_key(path: Path) -> ECKey:
    """The terminal's private key. Raises BadConfiguration."""
    try:
        key = ECKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError) as error:
        raise BadConfiguration(f"terminal.key {path}: {error}") from error
    if not key.is_private:
        raise BadConfiguration(f"terminal.key {path}: not a private key")
    return key


class HttpIdentityService:
    """An identity service that speaks OpenID Connect."""

    def __init__(self, platform: Platform, terminal: str, key: ECKey) -> None:
        self._platform = platform
        self._terminal = terminal
        self._key = key
        self._tokens = TokenFactory(terminal, time.time, lambda: secrets.token_urlsafe(16))
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    async def warm_up(self) -> None:
        """Fetch discovery document and keys; kept until an answer does not verify."""
        if self._metadata is None:
            address = f"{self._platform.address}/.well-known/openid-configuration"
            metadata = await self._platform.get_json(address)
            if not isinstance(metadata, dict) or metadata.get("issuer") != self._platform.address:
                raise Failure(Reason.PLATFORM_INVALID, "discovery names another issuer")
            self._metadata = metadata
        if self._keys is None:
            try:
                keys = await self._platform.get_json(self._endpoint("jwks_uri"))
                self._keys = KeySet.import_key_set(keys)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise Failure(Reason.PLATFORM_INVALID, f"keys: {error}") from error

    async def face_reference(self, document: IdentityDocument) -> bytes:
        """The reference picture for this visit. Raises Failure."""
        await self.warm_up()
        claims = self._tokens.face_reference(self._endpoint("issuer"), document)
        form = {**self._client(), "assertion": self._sign(claims)}
        return await self._platform.post(self._endpoint("face_reference_endpoint"), form)

    async def sign_in(self, document: IdentityDocument, face: FaceEvidence) -> Session:
        """Exchange an assertion for tokens and check the identity token. Raises Failure."""
        await self.warm_up()
        claims = self._tokens.sign_in(self._endpoint("issuer"), document, face)
        form = {**self._client(), "grant_type": GRANT, "assertion": self._sign(claims)}
        answer = await self._platform.post_json(self._endpoint("token_endpoint"), form)
        try:
            identity = self._check(str(answer["id_token"]), nonce=claims["jti"])
            return Session(
                str(answer["access_token"]), str(identity["acr"]), tuple(identity["amr"])
            )
        except (JoseError, ValueError, KeyError, TypeError) as error:
            self._keys = None
            raise Failure(Reason.PLATFORM_INVALID, f"identity token: {error}") from error

    async def sign_out(self, session: Session) -> None:
        """Revoke the access token (RFC 7009). Raises Failure."""
        form = {**self._client(), "token": session.token}
        await self._platform.post(self._endpoint("revocation_endpoint"), form)

    def _check(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an identity token that is signed, ours, fresh, and of this request."""
        assert self._keys is not None
        claims: dict[str, Any] = jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            leeway=CLOCK_SKEW,
            iss={"essential": True, "value": self._endpoint("issuer")},
            aud={"essential": True, "value": self._terminal},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
            acr={"essential": True},
            amr={"essential": True},
        )
        rules.validate(claims)
        return claims

    def _endpoint(self, name: str) -> str:
        assert self._metadata is not None
        value = self._metadata.get(name)
        if not isinstance(value, str):
            raise Failure(Reason.PLATFORM_INVALID, f"discovery has no {name}")
        return value

    def _client(self) -> dict[str, str]:
        claims = self._tokens.client(self._endpoint("issuer"))
        return {
            "client_assertion_type": CLIENT_ASSERTION,
            "client_assertion": self._sign(claims),
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self._key)
