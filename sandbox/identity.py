"""The unified identity service of the sandbox: who a terminal is, who a citizen is.

A terminal authenticates with its own key (`private_key_jwt`, RFC 7523 section 2.2) and
signs a citizen in by a signed assertion (RFC 7523 section 2.1) that carries the
evidence from document and face in the form of OpenID Connect for Identity Assurance.
An assertion lives a minute at most, is good once, and only in the hands of the terminal
that made it; the access token that comes of it lives five minutes.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from sandbox.digests import from_base64url, s256
from sandbox.keys import KeyStore
from sandbox.people.registry import Person, holder_of
from sandbox.phone import CALL_GRANT, PHONE_GRANT, PHONE_INTERVAL, PHONE_SECONDS, PhoneDesk
from sandbox.refused import Refused

ALGORITHMS = ["ES256"]
ASSERTION_SECONDS = 60
TOKEN_SECONDS = 300
ACR_CARD_AND_FACE = "urn:tongban:acr:card-face"
AMR_CARD_AND_FACE = ["sc", "face", "pop", "mfa"]
ACR_PHONE = "urn:tongban:acr:phone"
AMR_PHONE = ["user", "pop", "mfa"]
ACR_STAFF = "urn:tongban:acr:staff"
ACR_CARD_PHONE = "urn:tongban:acr:card-phone"
AMR_CARD_PHONE = ["sc", "pop", "user", "mfa"]
CODE_GRANT = "authorization_code"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Grant:
    """A citizen who is signed in at one terminal."""

    person: Person
    terminal: str
    expires: float
    key: str
    """The thumbprint of the key that the token is bound to (RFC 9449)."""
    actor: Person | None = None
    """Who acts for the person, or vouched for the person's document."""
    types: tuple[str, ...] = ()
    """The kinds of certificate that it is for; none means all."""
    authority: str = ""
    """By which authorisation the actor acts."""
    parent: str = ""
    """The actor's own token, with which this one ends."""
    acr: str = ""
    amr: tuple[str, ...] = ()


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
        self._places: dict[str, str] = {}
        self.phones = PhoneDesk(clock)
        self.log: list[dict[str, object]] = []
        """Every grant: when, at which terminal, for whom, and who acted."""

    def register(self, terminal: str, public_key: dict[str, Any], place: str = "") -> None:
        """Let a terminal in, with its public key as a JWK, and where it stands."""
        self._terminals[terminal] = ECKey.import_key(public_key)
        self._places[terminal] = place or terminal

    def place(self, terminal: str) -> str:
        """Where a terminal stands, as phones show it."""
        return self._places.get(terminal, terminal)

    def discovery(self) -> dict[str, object]:
        """The document at /.well-known/openid-configuration."""
        return {
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "device_authorization_endpoint": f"{self.issuer}/identity/device",
            "backchannel_authentication_endpoint": f"{self.issuer}/identity/backchannel",
            "backchannel_token_delivery_modes_supported": ["poll"],
            "dpop_signing_alg_values_supported": ALGORITHMS,
            "revocation_endpoint": f"{self.issuer}/identity/revoke",
            "principals_endpoint": f"{self.issuer}/identity/principals",
            "handover_endpoint": f"{self.issuer}/identity/handover",
            "jwks_uri": f"{self.issuer}/identity/jwks",
            "pushed_authorization_request_endpoint": f"{self.issuer}/identity/par",
            "require_pushed_authorization_requests": True,
            "authorization_endpoint": f"{self.issuer}/identity/authorize",
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            "show_endpoint": f"{self.issuer}/show",
            "face_reference_endpoint": f"{self.issuer}/identity/face-reference",
            "certificate_library": f"{self.issuer}/library",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ALGORITHMS,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "grant_types_supported": [
                GRANT, PHONE_GRANT, CALL_GRANT, CODE_GRANT, EXCHANGE_GRANT,
            ],
            "acr_values_supported": [ACR_CARD_AND_FACE, ACR_CARD_PHONE, ACR_PHONE, ACR_STAFF],
            "claims_supported": ["acr", "act", "amr", "auth_time", "verified_claims", "wanted"],
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

    def sign_in(
        self, terminal: str, assertion: str, forged: bool, key: str
    ) -> dict[str, object]:
        """Exchange a citizen's assertion for tokens bound to a key. Raises Refused."""
        claims, person = self.citizen(terminal, assertion)
        if not {"vcrypt", "bvp"} <= checks_of(claims):
            raise Refused("invalid_grant", "chip and face must both have been checked")
        told = {"nonce": claims["jti"], "acr": ACR_CARD_AND_FACE, "amr": AMR_CARD_AND_FACE}
        return self.issue(person, terminal, key, told, forged)

    def issue(
        self, person: Person, terminal: str, key: str, told: dict[str, Any], forged: bool
    ) -> dict[str, object]:
        """A token answer for a citizen; `told`: acr, amr and what else the identity token says."""
        grant = Grant(person, terminal, self._clock() + TOKEN_SECONDS, key)
        return self.issue_for(grant, told, forged)

    def issue_for(self, grant: Grant, told: dict[str, Any], forged: bool) -> dict[str, object]:
        """The same for a grant in which somebody acts for the citizen, or has vouched."""
        token = self.enter(replace(grant, acr=told["acr"], amr=tuple(told["amr"])))
        now = int(self._clock())
        id_token = {
            "iss": self.issuer,
            "aud": grant.terminal,
            "sub": pairwise(grant.terminal, grant.person),
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": now,
            **({"act": {"sub": pairwise(grant.terminal, grant.actor)}} if grant.actor else {}),
            **told,
        }
        signer = self._keys.forger_key if forged else self._keys.token_key
        return {
            "access_token": token,
            "token_type": "DPoP",
            "expires_in": TOKEN_SECONDS,
            "scope": "certificates",
            "id_token": jwt.encode({"alg": "ES256", "kid": signer.kid}, id_token, signer),
        }

    def enter(self, grant: Grant) -> str:
        """Keep and log a grant; its token."""
        token = secrets.token_urlsafe(32)
        self._grants[token] = grant
        self.log.append({
            "at": int(self._clock()), "terminal": grant.terminal, "person": grant.person.id,
            "actor": grant.actor.id if grant.actor else None, "acr": grant.acr,
        })
        return token

    # The phone

    def begin_phone(self, terminal: str, acr_values: str = "") -> dict[str, object]:
        """Codes for a sign-in by phone (RFC 8628), of a citizen or of staff."""
        code = self.phones.begin(terminal, staff=ACR_STAFF in acr_values.split())
        address = f"{self.issuer}/phone"
        return {
            "device_code": code.handle,
            "user_code": code.user_code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?user_code={code.user_code}",
            "expires_in": PHONE_SECONDS,
            "interval": PHONE_INTERVAL,
        }

    def phone_place(self, user_code: str) -> str | None:
        """Place and name of the terminal that waits for a code, for the phone to show; or None."""
        waiting = self.phones.find(user_code)
        return f"{self.place(waiting.terminal)} · {waiting.terminal}" if waiting else None

    def phone_wants_staff(self, user_code: str) -> bool:
        """Whether a code waits for a member of staff."""
        waiting = self.phones.find(user_code)
        return waiting is not None and waiting.staff

    def answer_phone(self, user_code: str, person: Person | None) -> bool:
        """What somebody said on a phone; None refuses. False for a code that nobody waits for."""
        return self.phones.answer(user_code, person)

    def answer_newest_phone(self, person: Person | None) -> bool:
        """The same for the code or call that was asked for last."""
        code = self.phones.newest()
        return code is not None and self.phones.answer(code, person)

    def poll_phone(
        self, terminal: str, device_code: str, forged: bool, key: str
    ) -> dict[str, object]:
        """The tokens, once the phone has said yes. Raises Refused."""
        person = self.phones.poll(terminal, device_code)
        told = {"acr": ACR_STAFF if person.is_staff else ACR_PHONE, "amr": AMR_PHONE}
        return self.issue(person, terminal, key, told, forged)

    def face_reference(self, terminal: str, assertion: str) -> Person:
        """The person whose reference picture a terminal may have once. Raises Refused."""
        claims, person = self.citizen(terminal, assertion)
        if claims.get("consent") != "face-reference":
            raise Refused("invalid_grant", "the citizen's consent is missing")
        return person

    def grant(self, token: str, proof: str, method: str, url: str) -> Grant:
        """The grant behind an access token, whose holder proves to hold its key. Raises Refused."""
        grant = self.living(token)
        if grant is None:
            raise Refused("invalid_token", "the token is unknown or has expired")
        try:
            key = self.check_proof(proof, method, url, token)
        except Refused as refused:
            raise Refused("invalid_token", refused.why) from refused
        if key != grant.key:
            raise Refused("invalid_token", "the token is bound to another key")
        return grant

    def living(self, token: str) -> Grant | None:
        """The grant behind a token, as long as it lives, and with it the actor's own."""
        grant = self._grants.get(token)
        if grant is None or grant.expires <= self._clock():
            return None
        return grant if not grant.parent or self.living(grant.parent) else None

    def end_authority(self, authority: str) -> None:
        """End all grants by an authorisation that was taken back."""
        self._grants = {
            token: one for token, one in self._grants.items() if one.authority != authority
        }

    def check_proof(self, proof: str, method: str, url: str, token: str = "") -> str:
        """The thumbprint of the key that a DPoP proof shows (RFC 9449, 4.3). Raises Refused."""
        now = self._clock()
        claims, key = open_proof(proof)
        meant = {"htm": method, "htu": url, **({"ath": s256(token)} if token else {})}
        if any(claims.get(name) != value for name, value in meant.items()):
            raise Refused("invalid_dpop_proof", "the proof is for another request")
        if not abs(float(claims.get("iat", 0)) - now) <= ASSERTION_SECONDS:
            raise Refused("invalid_dpop_proof", "the proof is not of this minute")
        self._use(f"dpop {claims.get('jti')}", now + ASSERTION_SECONDS, "invalid_dpop_proof")
        return key.thumbprint()

    def revoke(self, token: str) -> None:
        """Forget a token (RFC 7009): an unknown one is no error."""
        self._grants.pop(token, None)

    def citizen(self, terminal: str, assertion: str) -> tuple[dict[str, Any], Person]:
        """The claims of a terminal's assertion, and whom it is about. Raises Refused."""
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

    def called_by(self, token: str, address: str) -> dict[str, Any]:
        """The claims of the token by which a terminal itself calls an address. Raises Refused."""
        claims = self._open(token, "invalid_token", address)
        if claims.get("sub") != claims["iss"]:
            raise Refused("invalid_token", "issuer and subject differ")
        return claims

    def key_of(self, terminal: str) -> ECKey:
        """The key of a terminal that was let in. Raises KeyError."""
        return self._terminals[terminal]

    def _open(self, token: str, error: str, address: str = "") -> dict[str, Any]:
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
        if claims.get("aud") not in (self.issuer, address or self.token_endpoint):
            raise Refused(error, "the token is meant for somebody else")
        self._use(str(claims.get("jti")), expires, error)
        return claims

    def _use(self, jti: str, expires: float, error: str) -> None:
        self._used = {one: end for one, end in self._used.items() if end > self._clock()}
        if jti in self._used or jti == "None":
            raise Refused(error, "the token was used before")
        self._used[jti] = expires


def open_proof(proof: str) -> tuple[dict[str, Any], ECKey]:
    """The claims of a DPoP proof, and the key that it shows and is signed by. Raises Refused."""
    try:
        header = token_header(proof)
        if header.get("typ") != "dpop+jwt" or "d" in header["jwk"]:
            raise ValueError("no proof, or one with a private key")
        key = ECKey.import_key(header["jwk"])
        claims: dict[str, Any] = jwt.decode(proof, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise Refused("invalid_dpop_proof", f"no proof of a key ({problem})") from problem
    return claims, key


def pairwise(terminal: str, person: Person) -> str:
    """How somebody is called towards one terminal (OpenID Connect Core, section 8.1)."""
    return hashlib.sha256(f"{terminal}/{person.number}".encode()).hexdigest()


def token_header(token: str) -> dict[str, Any]:
    """The header of a token, not verified. Raises Refused for what is no token."""
    try:
        return dict(json.loads(from_base64url(token.split(".", maxsplit=1)[0])))
    except (ValueError, TypeError) as problem:
        raise Refused("invalid_request", f"no token ({problem})") from problem


def _payload(token: str) -> bytes:
    return from_base64url(token.split(".")[1])


def checks_of(claims: dict[str, Any]) -> set[str]:
    """How the document of an assertion was checked. Raises Refused where nothing says."""
    return {str(one.get("check_method")) for one in _evidence(claims).get("check_details", [])}


def _evidence(claims: dict[str, Any]) -> dict[str, Any]:
    try:
        found = claims["verified_claims"]["verification"]["evidence"][0]
    except (KeyError, IndexError, TypeError) as error:
        raise Refused("invalid_grant", "the assertion carries no evidence") from error
    return dict(found)
