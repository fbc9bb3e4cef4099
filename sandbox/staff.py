"""Staff who vouch for the holder of a document whom they have seen.

The assertion says that the chip was checked (`vcrypt`) and that its holder was there in person
(`pvp`, OpenID Connect for Identity Assurance); a member of staff answers for the latter with a
sign-in of the own, at the same terminal, and never for the own document.
"""

from typing import Any

from sandbox.identity import ACR_STAFF, TOKEN_SECONDS, Grant, IdentityService, checks_of
from sandbox.people.registry import Person
from sandbox.refused import Refused

ACR_CARD_AND_STAFF = "urn:tongban:acr:card-staff"
AMR_CARD_AND_STAFF = ["sc", "user", "pop", "mfa"]


def vouched(
    identity: IdentityService, staff: Grant, claims: dict[str, Any], holder: Person,
    key: str, forged: bool, now: float,
) -> dict[str, object]:
    """A token for a document's holder, for whom a member of staff answers. Raises Refused."""
    if staff.acr != ACR_STAFF or not staff.person.is_staff:
        raise Refused("invalid_request", "who vouches is not signed in as staff")
    if not {"vcrypt", "pvp"} <= checks_of(claims):
        raise Refused("invalid_request", "the chip must be checked and the holder seen")
    if staff.person.resident == holder.id:
        raise Refused("invalid_request", "nobody vouches for the own document")
    return identity.issue_for(
        Grant(holder, staff.terminal, now + TOKEN_SECONDS, key, actor=staff.person),
        {"nonce": claims["jti"], "acr": ACR_CARD_AND_STAFF, "amr": AMR_CARD_AND_STAFF}, forged,
    )
