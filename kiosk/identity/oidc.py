"""An OpenID provider as a terminal asks it: discovery, private_key_jwt, DPoP, identity tokens.

What the provider says is checked as the standards have it: its issuer, the signature of
every identity token by a published key and an algorithm of our list, audience and time.
"""

import base64
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from kiosk.errors import Failure
from kiosk.identity.dpop import ProofKey
from kiosk.identity.evidence import TokenFactory
from kiosk.identity.levels import meets
from kiosk.identity.port import Session
from kiosk.platform import Platform, Reply, decode_json
from kiosk.reasons import Reason

CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TLS_METHOD = "tls_client_auth"
ALGORITHMS = ["ES256"]
CLOCK_SKEW = 60
MAX_AGE = 600
"""Seconds: a phone that signed in longer ago signs in anew before it signs in here."""
SUCCESS = (200, 201)
"""A pushed request is answered 201 (RFC 9126, section 2.2)."""
USE_NONCE = "use_dpop_nonce"


class Denied(Failure):
    """A provider's refusal with its OAuth error code (RFC 6749, section 5.2)."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(Reason.SIGN_IN_REFUSED, f"{error}: {detail}")
        self.error = error


class OidcClient:
    """A terminal as a client of one provider."""

    def __init__(
        self, platform: Platform, terminal: str, key: ECKey,
        now: Callable[[], float] = time.time,
        unique: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._platform = platform
        self.terminal = terminal
        self._key = key
        self._now = now
        self._unique = unique
        self.tokens = TokenFactory(terminal, now, unique)
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None
        self._nonce = ""

    async def discover(self) -> None:
        """Fetch discovery document and keys; kept until an answer does not verify."""
        if self._metadata is None:
            address = f"{self._platform.address}/.well-known/openid-configuration"
            metadata = await self._platform.get_json(address)
            if not isinstance(metadata, dict) or metadata.get("issuer") != self._platform.address:
                raise Failure(Reason.PLATFORM_INVALID, "discovery names another issuer")
            self._metadata = metadata
        if self._keys is None:
            try:
                keys = await self._platform.get_json(self.endpoint("jwks_uri"))
                self._keys = KeySet.import_key_set(keys)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise Failure(Reason.PLATFORM_INVALID, f"keys: {error}") from error

    def endpoint(self, name: str, otherwise: str | None = None) -> str:
        """An address of the discovery document. Raises Failure where there is none.

        Who shows a certificate goes where it is asked for (RFC 8705, section 5).
        """
        metadata = self._metadata or {}
        aliases = metadata.get("mtls_endpoint_aliases") if self._platform.tls.thumbprint else None
        value = metadata.get(name, otherwise)
        if isinstance(aliases, dict):
            value = aliases.get(name, value)
        if not isinstance(value, str):
            raise Failure(Reason.PLATFORM_INVALID, f"discovery has no {name}")
        return value

    def promises(self, name: str) -> bool:
        """Whether the discovery document says yes to something."""
        return (self._metadata or {}).get(name) is True

    @property
    def _by_certificate(self) -> bool:
        """Whether the terminal authenticates by its certificate (RFC 8705, section 2.1)."""
        methods = (self._metadata or {}).get("token_endpoint_auth_methods_supported")
        shown = bool(self._platform.tls.thumbprint)
        return shown and isinstance(methods, list) and TLS_METHOD in methods

    def new_proof_key(self) -> ProofKey | None:
        """A key for one sign-in; None where tokens are bound to the terminal's certificate."""
        if self._by_certificate and self.promises("tls_client_certificate_bound_access_tokens"):
            return None
        return ProofKey(self._now, self._unique)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token by the terminal's key."""
        return jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self._key)

    def credentials(self) -> dict[str, str]:
        """The fields by which the terminal authenticates, good for one request."""
        if self._by_certificate:
            return {"client_id": self.terminal}
        return {
            "client_id": self.terminal,
            "client_assertion_type": CLIENT_ASSERTION,
            "client_assertion": self.sign(self.tokens.client(self.endpoint("issuer"))),
        }

    async def ask(
        self, endpoint: str, form: dict[str, str], proof_key: ProofKey | None = None
    ) -> dict[str, Any]:
        """Post a form as this client; the JSON of the answer. Raises Denied, Failure.

        A provider that wants a nonce in proofs names it, and is asked once more.
        """
        await self.discover()
        url = self.endpoint(endpoint)
        for attempt in (1, 2):
            headers = {"DPoP": proof_key.proof("POST", url, nonce=self._nonce)} if proof_key else {}
            reply = await self._platform.exchange(url, {**self.credentials(), **form}, headers)
            self._nonce = reply.headers.get("DPoP-Nonce", self._nonce)
            if reply.status in SUCCESS:
                return _as_object(decode_json(reply.body))
            denied = _denied(reply, url)
            if denied.error != USE_NONCE or attempt == 2:
                raise denied
        raise AssertionError("both attempts end above")

    def open_session(
        self, answer: dict[str, Any], proof_key: ProofKey | None, nonce: str | None = None,
        acr: str = "", max_age: int | None = None,
    ) -> Session:
        """The session that a token answer begins, its identity token checked.

        `acr`: the level that was asked for; `max_age`: how many seconds ago the citizen may
        have signed in with the provider. Raises Failure, LEVEL_TOO_LOW for a lower level.
        """
        try:
            self._check_binding(answer, proof_key)
            identity = self.check_identity(str(answer["id_token"]), nonce, max_age)
            session = Session(
                str(answer["access_token"]), str(identity.get("acr", "")),
                tuple(identity.get("amr", ())), proof_key, str(identity["sub"]),
                _actor(identity), str(identity.get("wanted", "")),
            )
        except (JoseError, ValueError, KeyError, TypeError) as error:
            self._keys = None
            raise Failure(Reason.PLATFORM_INVALID, f"identity token: {error}") from error
        if not meets(session.acr, acr):
            raise Failure(Reason.LEVEL_TOO_LOW, f"{session.acr or 'no acr'}, {acr} was asked for")
        return session

    def _check_binding(self, answer: dict[str, Any], proof_key: ProofKey | None) -> None:
        """That a token is of use to this terminal only. Raises ValueError, KeyError.

        DPoP says so by its type. A token that is bound to a certificate is a bearer token by
        name (RFC 8705, section 3): the provider has promised it, and one that can be looked
        into must name this terminal's certificate.
        """
        kind = str(answer["token_type"]).lower()
        if kind != ("dpop" if proof_key else "bearer"):
            raise ValueError(f"a token of type {answer['token_type']!r}, not bound to its key")
        if proof_key is None:
            bound_to = certificate_of(str(answer["access_token"]))
            if bound_to not in (None, self._platform.tls.thumbprint):
                raise ValueError("a token that is bound to another certificate, or to none")

    def check_identity(
        self, token: str, nonce: str | None = None, max_age: int | None = None
    ) -> dict[str, Any]:
        """The claims of an identity token: signed, ours, fresh, and of this request.

        Raises JoseError, ValueError.
        """
        assert self._keys is not None
        claims: dict[str, Any] = jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=CLOCK_SKEW,
            iss={"essential": True, "value": self.endpoint("issuer")},
            aud={"essential": True, "value": self.terminal},
            exp={"essential": True},
            iat={"essential": True},
        )
        rules.validate(claims)
        if nonce is not None and claims.get("nonce") != nonce:
            raise ValueError("the nonce is another")
        if max_age is not None:
            # Whoever is asked for it must say when (OpenID Connect Core 1.0, section 2).
            age = self._now() - float(claims["auth_time"])
            if not -CLOCK_SKEW <= age <= max_age + CLOCK_SKEW:
                raise ValueError("the citizen did not sign in as lately as was asked for")
        return claims

    def check_signed(self, token: str, kind: str) -> dict[str, Any]:
        """The claims of something of a kind (`typ`) that the provider signed and that is in force.

        Raises JoseError, ValueError.
        """
        assert self._keys is not None
        opened = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        if opened.header.get("typ") != kind:
            raise ValueError("a token of another type")
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()), leeway=CLOCK_SKEW,
            iss={"essential": True, "value": self.endpoint("issuer")},
            sub={"essential": True},
            exp={"essential": True},
        )
        rules.validate(opened.claims)
        return dict(opened.claims)


def _actor(identity: dict[str, Any]) -> str:
    """Who acts for the citizen (RFC 8693, section 4.1); empty where nobody does."""
    actor = identity.get("act")
    return str(actor["sub"]) if isinstance(actor, dict) else ""


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


def _as_object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise Failure(Reason.PLATFORM_INVALID, "an answer that is no object")
    return answer


def _denied(reply: Reply, url: str) -> Denied:
    """What an error is called. Raises Failure for one that is none of OAuth's."""
    if reply.status >= 500:
        raise Failure(Reason.PLATFORM_ERROR, f"{url}: HTTP {reply.status}")
    told = _as_object(decode_json(reply.body))
    return Denied(str(told.get("error", "")), str(told.get("error_description", reply.status)))
