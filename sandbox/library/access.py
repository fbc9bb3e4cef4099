"""Which certificates a grant opens: those of its person, of its kinds, at its level.

A library looks at three things: whose token it is, for which kinds of certificate who acts
was authorised, and how surely the citizen is known (RFC 9470 answers where that is not
enough).
"""

from sandbox.identity import ACR_CARD_AND_FACE, ACR_CARD_PHONE, ACR_PHONE, ACR_STAFF, Grant
from sandbox.library.issue import Issued
from sandbox.refused import Refused
from sandbox.staff import ACR_CARD_AND_STAFF

LEVELS = {"low": 1, "substantial": 2, "high": 3}
REACHED = {
    ACR_PHONE: 2, ACR_CARD_PHONE: 3, ACR_CARD_AND_FACE: 3, ACR_CARD_AND_STAFF: 3,
}
"""The level of each way of signing in; others open nothing."""


def check_citizen(grant: Grant) -> None:
    """Refuse staff, who hold nothing here as staff. Raises Refused."""
    if grant.acr == ACR_STAFF:
        raise Refused("insufficient_scope", "staff open nothing in the library")


def listed(grant: Grant, issued: Issued) -> bool:
    """Whether a certificate stands in the list that a grant opens."""
    return not grant.types or issued.type.id in grant.types


def check_opens(grant: Grant, issued: Issued) -> None:
    """Refuse a certificate outside the authorisation or above the level. Raises Refused."""
    if not listed(grant, issued):
        raise Refused("insufficient_scope", f"the authorisation is not for {issued.type.id}")
    needed = LEVELS[issued.type.level]
    if REACHED.get(grant.acr, 0) < needed:
        enough = tuple(acr for acr, level in REACHED.items() if level >= needed)
        raise Refused("insufficient_user_authentication", "another sign-in is needed", enough)
