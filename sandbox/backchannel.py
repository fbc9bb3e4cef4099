"""Calling a citizen's phone for a terminal that has read the card (OpenID CIBA Core 1.0, poll).

Whom to call is told by a `login_hint_token` that the terminal has signed and that carries
the document's evidence; it is opened like the assertion of a sign-in.
"""

from sandbox.identity import ACR_CARD_PHONE, AMR_CARD_PHONE, IdentityService, checks_of
from sandbox.people.registry import Person
from sandbox.phone import PHONE_INTERVAL, PHONE_SECONDS
from sandbox.refused import Refused

LONGEST_MESSAGE = 40


class Backchannel:
    """The calls that are out, and what they are exchanged for."""

    def __init__(self, identity: IdentityService) -> None:
        self._identity = identity

    def call(
        self, terminal: str, hint: str, message: str, seconds: int = PHONE_SECONDS
    ) -> dict[str, object]:
        """Call the phone of a document's holder (CIBA, section 7). Raises Refused."""
        if not 0 < len(message) <= LONGEST_MESSAGE or not message.isprintable():
            raise Refused("invalid_binding_message", f"1 to {LONGEST_MESSAGE} characters")
        if seconds <= 0:
            raise Refused("invalid_request", "requested_expiry must be above zero")
        waiting = self._identity.phones.begin(
            terminal, called=self._holder(terminal, hint), message=message, seconds=seconds
        )
        return {
            "auth_req_id": waiting.handle,
            "expires_in": min(seconds, PHONE_SECONDS),
            "interval": PHONE_INTERVAL,
        }

    def poll(self, terminal: str, request: str, forged: bool, key: str) -> dict[str, object]:
        """The tokens, once who was called has said yes. Raises Refused."""
        person = self._identity.phones.poll(terminal, request, called=True)
        told: dict[str, object] = {"acr": ACR_CARD_PHONE, "amr": AMR_CARD_PHONE}
        return self._identity.issue(person, terminal, key, told, forged)

    def _holder(self, terminal: str, hint: str) -> Person:
        try:
            claims, person = self._identity.citizen(terminal, hint)
        except Refused as refused:
            raise Refused("unknown_user_id", refused.why) from refused
        if "vcrypt" not in checks_of(claims):
            raise Refused("unknown_user_id", "the document's chip was not checked")
        return person
