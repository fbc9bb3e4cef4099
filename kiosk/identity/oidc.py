"""An OpenID provider as a terminal asks it: discovery, private_key_jwt, DPoP, identity tokens.

What the provider says is checked as the standards have it: its issuer, the signature of
every identity token by a published key and an algorithm of our list, audience and time.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from kiosk.errors import Failure
from kiosk.identity.binding import check_bound
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
ERROR_CODE = re.compile(r"[a-z_]{1,40}")
"""What an error is called; what else a provider or a phone says of it is not for the log."""
KEYS_SECONDS = 300.0
"""After so long the provider's keys are fetched anew."""
Form = dict[str, str]
log = logging.getLogger(__name__)


class Denied(Failure):
    """A provider's refusal with its OAuth error code (RFC 6749, section 5.2)."""

    def __init__(self, error: str, detail: str) -> None:
        self.error = error if ERROR_CODE.fullmatch(error) else "refused"
        super().__init__(Reason.SIGN_IN_REFUSED, f"{self.error}: {detail}")


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
        self._keys_at = 0.0
        self._nonce = ""

    async def discover(self) -> None:
        """Fetch the discovery document once, and the keys now and then: a provider changes them.

        Keys are fetched anew, too, after an answer that did not verify. Raises Failure.
        """
        if self._metadata is None:
            address = f"{self._platform.address}/.well-known/openid-configuration"
            metadata = await self._platform.get_json(address)
            if not isinstance(metadata, dict) or metadata.get("issuer") != self._platform.address:
                raise Failure(Reason.PLATFORM_INVALID, "discovery names another issuer")
            self._metadata = metadata
            if self._platform.tls.thumbprint:
                self._platform.believe(*_aliases(metadata).values())
        if self._keys is None or self._now() - self._keys_at > KEYS_SECONDS:
            self._keys = read_keys(await self._platform.get_json(self.endpoint("jwks_uri")))
            self._keys_at = self._now()

    def endpoint(self, name: str, otherwise: str | None = None) -> str:
        """An address of the discovery document. Raises Failure where there is none.

        Who shows a certificate goes where it is asked for (RFC 8705, section 5).
        """
        metadata = self._metadata or {}
        value = metadata.get(name, otherwise)
        if self._platform.tls.thumbprint:
            value = _aliases(metadata).get(name, value)
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
        self, endpoint: str, form: Form | Callable[[str], Form],
        proof_key: ProofKey | None = None,
    ) -> dict[str, Any]:
        """Post a form as this client; the JSON of the answer. Raises Denied, Failure.

        A provider that wants a nonce in proofs names it, and is asked once more; a form that
        holds a proof itself is made anew, by the nonce.
        """
        await self.discover()
        url = self.endpoint(endpoint)
        for attempt in (1, 2):
            headers = {"DPoP": proof_key.proof("POST", url, nonce=self._nonce)} if proof_key else {}
            filled = form(self._nonce) if callable(form) else form
            reply = await self._platform.exchange(url, {**self.credentials(), **filled}, headers)
            self._nonce = reply.headers.get("DPoP-Nonce", self._nonce)
            if reply.status in SUCCESS:
                return _as_object(decode_json(reply.body))
            denied = _denied(reply, url)
            if denied.error != USE_NONCE or attempt == 2:
                raise denied
        raise AssertionError("both attempts end above")

    async def begin_session(
        self, answer: dict[str, Any], proof_key: ProofKey | None, nonce: str | None = None,
        acr: str = "", max_age: int | None = None,
    ) -> Session:
        """The same as `open_session`; a token of an answer that is refused is revoked first."""
        try:
            return self.open_session(answer, proof_key, nonce, acr, max_age)
        except Failure:
            token = answer.get("access_token")
            if isinstance(token, str):
                await self.revoke_refused(token)
            raise

    async def revoke_refused(self, token: str) -> None:
        """Revoke a token that nobody is going to use; one that cannot be ends by itself."""
        try:
            await self.revoke(token)
        except Failure as failure:
            log.info("a refused token was not revoked: %s", failure)

    async def revoke(self, token: str) -> None:
        """Revoke an access token (RFC 7009). Raises Failure."""
        await self.discover()
        form = {**self.credentials(), "token": token}
        await self._platform.post(self.endpoint("revocation_endpoint"), form)

    def open_session(
        self, answer: dict[str, Any], proof_key: ProofKey | None, nonce: str | None = None,
        acr: str = "", max_age: int | None = None,
    ) -> Session:
        """The session that a token answer begins, its identity token checked.

        `acr`: the level that was asked for; `max_age`: how many seconds ago the citizen may
        have signed in with the provider. Raises Failure, LEVEL_TOO_LOW for a lower level.
        """
        try:
            check_bound(answer, proof_key, self._platform.tls.thumbprint)
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


def read_keys(published: object) -> KeySet:
    """The keys of a JWK set that are understood; others are passed over (RFC 7517, section 5).

    Raises Failure where there is none.
    """
    listed = published.get("keys") if isinstance(published, dict) else None
    keys: list[Any] = []
    for one in listed if isinstance(listed, list) else ():
        try:
            keys.extend(KeySet.import_key_set({"keys": [one]}).keys)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.info("a published key is passed over: %s", type(error).__name__)
    if not keys:
        raise Failure(Reason.PLATFORM_INVALID, "the provider publishes no key that is understood")
    return KeySet(keys)


def _aliases(metadata: dict[str, Any]) -> dict[str, Any]:
    """Where somebody with a certificate goes (RFC 8705, section 5)."""
    aliases = metadata.get("mtls_endpoint_aliases")
    return aliases if isinstance(aliases, dict) else {}


def _actor(identity: dict[str, Any]) -> str:
    """Who acts for the citizen (RFC 8693, section 4.1); empty where nobody does."""
    actor = identity.get("act")
    return str(actor["sub"]) if isinstance(actor, dict) else ""


def _as_object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise Failure(Reason.PLATFORM_INVALID, "an answer that is no object")
    return answer


def _denied(reply: Reply, url: str) -> Denied:
    """What an error is called. Raises Failure for one that is none of OAuth's."""
    if reply.status >= 500:
        raise Failure(Reason.PLATFORM_ERROR, f"{url}: HTTP {reply.status}")
    told = _as_object(decode_json(reply.body))
    return Denied(str(told.get("error", "")), f"HTTP {reply.status}")
