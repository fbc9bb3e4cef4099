"""Everything personal of one visit, in one object that is emptied when the visit ends.

States, events, audit and logs know nothing of what is in here; screens read it to draw
it, and only while the visit lasts.
"""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from drivers.idcard.port import IdentityDocument

if TYPE_CHECKING:
    from kiosk.certificates.port import Certificate, CheckedFile, Region
    from kiosk.faces.port import Hint, Picture
    from kiosk.identity.port import PhoneCode, Session


@dataclass(repr=False)
class Visit:
    """What the terminal knows of the citizen now."""

    document: IdentityDocument | None = None
    session: "Session | None" = None
    certificates: list["Certificate"] = field(default_factory=list)
    files: dict[int, "CheckedFile"] = field(default_factory=dict)
    live: "Picture | None" = None
    """What the camera sees now, for the screen."""
    hint: "Hint | None" = None
    """What the person before the camera should do."""
    phone_code: "PhoneCode | None" = None
    """What a phone may scan to sign in."""
    paper: "dict[str, Any] | None" = None
    """What is known of a printed copy, as `scan` tells it."""
    face_reference: str = ""
    """Against which reference the face was compared."""
    missing: tuple["Region", ...] = ()
    """Regions whose library could not be asked."""

    def __repr__(self) -> str:
        return "<Visit>"

    def wipe(self) -> None:
        """Forget everything."""
        empty = Visit()
        for one in fields(self):
            setattr(self, one.name, getattr(empty, one.name))

    @property
    def masked_name(self) -> str:
        """The name as it may stand on a screen in public: first and last character."""
        name = self.document.name if self.document else ""
        return mask_name(name)

    @property
    def masked_number(self) -> str:
        """The number as it may stand on a screen in public: its last four characters."""
        return mask_number(self.document.number) if self.document else ""


def mask_name(name: str) -> str:
    """First and last character of a name; only the first of one of two characters."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """All but the last four characters hidden."""
    return "*" * max(0, len(number) - 4) + number[-4:]
