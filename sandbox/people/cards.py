"""What the residents' cards hold: the plug-in of the ID-card reader's simulator."""

from typing import Any

from sandbox.people import photo
from sandbox.people.drawing import Pose, draw_portrait
from sandbox.people.registry import person


def card_image(person_id: str) -> dict[str, Any]:
    """A resident's first document as `layout`, `fields`, `added_addresses` and `photo` block.

    Raises ValueError for an unknown resident.
    """
    someone = person(person_id)
    return {
        "layout": someone.documents[0],
        "fields": someone.card,
        "added_addresses": someone.added_addresses,
        "photo": photo.encode(draw_portrait(someone.recipe, Pose(), photo_size())),
    }


def photo_size() -> tuple[int, int]:
    """The size in which portraits are drawn before they are shrunk for a card."""
    return photo.SIZE[0] * 4, photo.SIZE[1] * 4
