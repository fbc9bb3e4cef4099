"""Token exchange (RFC 8693): one who is signed in, with another token, becomes something more.

A citizen with an authorisation acts for who gave it, with a child's document for the child; a
member of staff vouches for a document's holder. The `actor_token` counts only at the terminal
that it was issued to, and only with a proof of its key in the field `actor_proof`: the proof in
the header is that of the new token's key.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.acting import AUTHORISATION_TYPE, ActingDesk, Actor
from sandbox.identity import ACR_STAFF, IdentityService, token_header
from sandbox.refused import Refused
from sandbox.staff import vouched

JWT = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name of a type
UNACCEPTABLE = ("invalid_grant", "invalid_token", "invalid_dpop_proof")
"""What RFC 8693, section 2.2.2, has answered as `invalid_request`."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a terminal hands in."""

    subject_token: str
    subject_token_type: str
    actor_token: str
    actor_token_type: str
    actor_proof: str


class ExchangeDesk:
    """Exchanges tokens."""

    def __init__(
        self, identity: IdentityService, acting: ActingDesk, clock: Callable[[], float]
    ) -> None:
        self._identity = identity
        self._acting = acting
        self._clock = clock

    def exchange(
        self, terminal: str, order: Exchange, key: str, forged: bool
    ) -> dict[str, object]:
        """The tokens that an exchange yields. Raises Refused."""
        try:
            answer = self._exchanged(terminal, order, key, forged)
        except Refused as refused:
            if refused.error in UNACCEPTABLE:
                raise Refused("invalid_request", refused.why) from refused
            raise
        return {**answer, "issued_token_type": ACCESS_TOKEN}

    def _exchanged(
        self, terminal: str, order: Exchange, key: str, forged: bool
    ) -> dict[str, object]:
        if (order.subject_token_type, order.actor_token_type) != (JWT, ACCESS_TOKEN):
            raise Refused("invalid_request", "a jwt is exchanged, by who has an access token")
        actor = self._actor(terminal, order)
        if token_header(order.subject_token).get("typ") == AUTHORISATION_TYPE:
            if actor.grant.acr == ACR_STAFF:
                raise Refused("invalid_request", "staff act for nobody")
            return self._acting.by_authorisation(actor, order.subject_token, key, forged)
        claims, holder = self._identity.citizen(terminal, order.subject_token)
        if actor.grant.acr == ACR_STAFF:
            now = self._clock()
            return vouched(self._identity, actor.grant, claims, holder, key, forged, now)
        return self._acting.by_document(actor, claims, holder, key, forged)

    def _actor(self, terminal: str, order: Exchange) -> Actor:
        """Who asks, at the terminal where the actor is signed in. Raises Refused."""
        endpoint = self._identity.token_endpoint
        grant = self._identity.grant(order.actor_token, order.actor_proof, "POST", endpoint)
        if grant.terminal != terminal:
            raise Refused("invalid_request", "the actor is signed in at another terminal")
        return Actor(grant, order.actor_token)
