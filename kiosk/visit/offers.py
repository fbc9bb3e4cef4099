"""What a citizen can do here now, and why not: pure, from the parts and from what is kept.

The terminal stays in service with whatever works. Without its store it takes nothing, since
what a citizen left could be lost.
"""

from collections.abc import Mapping
from enum import StrEnum

from kiosk.reasons import Reason
from kiosk.visit.states import Equipment, Kept, Part, State


class Offer(StrEnum):
    """What a terminal offers, in the order of the first screen."""

    CERTIFICATES = "certificates"
    PACKAGE = "package"
    """A certificate that its holder had kept here."""
    CHECK_PAPER = "check_paper"
    GUIDES = "guides"
    REQUEST = "request"
    """Leaving a request, a complaint or a rating."""


NEEDS: Mapping[Offer, tuple[Part, ...]] = {
    # Without reader or camera a phone still signs in: face and card are never the only way.
    Offer.CERTIFICATES: (Part.MACHINE, Part.STORE, Part.DOCUMENT_PRINTER, Part.PLATFORM),
    # No phone reaches the platform here: card and face are all there is.
    Offer.PACKAGE: (Part.MACHINE, Part.STORE, Part.DOCUMENT_PRINTER, Part.READER, Part.CAMERA),
    Offer.CHECK_PAPER: (Part.MACHINE, Part.STORE, Part.CAMERA),
    Offer.GUIDES: (Part.MACHINE, Part.STORE),
    Offer.REQUEST: (Part.MACHINE, Part.STORE),
}
"""The parts that each needs, the most telling first."""
CONTENT: Mapping[Offer, Kept] = {
    Offer.PACKAGE: Kept.PACKAGES, Offer.CHECK_PAPER: Kept.PAPER_LISTS, Offer.GUIDES: Kept.GUIDES,
}
"""What must be kept for it."""


def offers(state: State) -> dict[Offer, Reason | None]:
    """Each offer, and why it does not work now; None where it does."""
    return {offer: _obstacle(offer, state.equipment) for offer in Offer}


def shown(state: State) -> dict[Offer, Reason | None]:
    """What the first screen shows of them: what is kept is an offer while there is no line."""
    now = offers(state)
    if state.equipment.reason(Part.PLATFORM) is None:
        del now[Offer.PACKAGE]
    return now


def only_kept(state: State) -> bool:
    """Whether a card leads to what is kept for its holder, and to nothing else."""
    now = offers(state)
    return now[Offer.PACKAGE] is None and now[Offer.CERTIFICATES] is not None


def out_of_service(equipment: Equipment) -> Reason | None:
    """Why nothing of use can be done here; None where something can."""
    obstacles = [_obstacle(offer, equipment) for offer in Offer]
    return obstacles[0] if all(obstacles) else None


def _obstacle(offer: Offer, equipment: Equipment) -> Reason | None:
    for part in NEEDS[offer]:
        reason = equipment.reason(part)
        if reason is not None:
            return reason
    content = CONTENT.get(offer)
    if content is None or content in equipment.kept:
        return None
    if content is Kept.PAPER_LISTS and Kept.OLD_PAPER_LISTS in equipment.kept:
        return Reason.LISTS_TOO_OLD
    return Reason.NOTHING_KEPT
