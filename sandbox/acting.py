"""Acting for somebody else: signed authorisations, and tokens that they are exchanged for.

An authorisation is signed anew whenever it is listed, names principal and agent as the one
terminal knows them, and lives as long as a token. It is a `subject_token` of RFC 8693 whose
`may_act` (section 4.4) says who alone may use it. What the register says is asked again at
each exchange, so that what was taken back is of no use from that moment on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from sandbox.authorisations import Authorisation, AuthorityRegister
from sandbox.identity import (
    ALGORITHMS,
    TOKEN_SECONDS,
    Grant,
    IdentityService,
    checks_of,
    pairwise,
)
from sandbox.keys import KeyStore
from sandbox.people.registry import Person
from sandbox.refused import Refused

AUTHORISATION_TYPE = "authorisation+jwt"
"""In the header (RFC 8725, section 3.11): by it an exchange knows an authorisation."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for an exchange: the grant and its token."""

    grant: Grant
    token: str


class ActingDesk:
    """Says for whom a citizen may act, and lets the citizen do so."""

    def __init__(
        self, identity: IdentityService, register: AuthorityRegister, keys: KeyStore,
        clock: Callable[[], float],
    ) -> None:
        self._identity = identity
        self.register = register
        self._keys = keys
        self._clock = clock

    def principals(self, grant: Grant, forged: bool = False) -> list[str]:
        """The authorisations by which a citizen may act, signed for this terminal."""
        if grant.authority:
            return []
        return [self._signed(grant, one, forged) for one in self.register.for_agent(grant.person)]

    def by_authorisation(
        self, actor: Actor, authorisation: str, key: str, forged: bool
    ) -> dict[str, object]:
        """Exchange an authorisation for a token as its principal. Raises Refused."""
        claims = self._open(authorisation)
        if claims["may_act"]["sub"] != pairwise(actor.grant.terminal, actor.grant.person):
            raise Refused("invalid_request", "the authorisation is for somebody else")
        found = self.register.find(str(claims["jti"]))
        if found is None:
            raise Refused("invalid_request", "the authorisation is no longer in force")
        return self._act(actor, found, key, forged, {})

    def by_document(
        self, actor: Actor, claims: dict[str, Any], child: Person, key: str, forged: bool
    ) -> dict[str, object]:
        """Exchange an assertion about a child's document for a token. Raises Refused."""
        if "vcrypt" not in checks_of(claims):
            raise Refused("invalid_request", "the child's document must be checked by its chip")
        found = self.register.guardianship(actor.grant.person, child)
        if found is None:
            raise Refused("invalid_request", "the register knows no such guardian")
        return self._act(actor, found, key, forged, {"nonce": claims["jti"]})

    def revoke(self, principal: Person, identifier: str) -> bool:
        """Take an authorisation back; who acts by it at this moment no longer does."""
        if not self.register.revoke(principal, identifier):
            return False
        self._identity.end_authority(identifier)
        return True

    def _act(
        self, actor: Actor, found: Authorisation, key: str, forged: bool, told: dict[str, Any]
    ) -> dict[str, object]:
        own = actor.grant
        if own.authority:
            raise Refused("invalid_request", "who acts for somebody passes that on to nobody")
        grant = Grant(
            found.principal, own.terminal, own.expires, key, actor=own.person,
            types=found.types, authority=found.id, parent=actor.token,
        )
        return self._identity.issue_for(grant, {"acr": own.acr, "amr": own.amr, **told}, forged)

    def _signed(self, grant: Grant, one: Authorisation, forged: bool) -> str:
        now = int(self._clock())
        claims: dict[str, Any] = {
            "iss": self._identity.issuer,
            "sub": pairwise(grant.terminal, one.principal),
            "may_act": {"sub": pairwise(grant.terminal, grant.person)},
            "name": one.principal.name,
            "relation": one.relation,
            "until": one.until.isoformat(),
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": one.id,
        }
        if one.types:
            claims["types"] = list(one.types)
        key = self._keys.forger_key if forged else self._keys.token_key
        header = {"alg": "ES256", "typ": AUTHORISATION_TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=ALGORITHMS)

    def _open(self, token: str) -> dict[str, Any]:
        """The claims of an authorisation of ours that has not run out. Raises Refused."""
        try:
            key = self._keys.token_key
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as problem:
            raise Refused("invalid_request", f"no authorisation ({problem})") from problem
        if claims["exp"] <= self._clock():
            raise Refused("invalid_request", "the authorisation has run out: list it again")
        return claims
