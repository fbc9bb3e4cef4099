"""Everything personal of one visit, in one object that is emptied when the visit ends.

States, events, audit and logs know nothing of what is in here; screens read it to draw
it, and only while the visit lasts.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from drivers.idcard.port import IdentityDocument

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.certificates.port import Certificate, CheckedFile, Region
    from kiosk.content.port import Guide, Service
    from kiosk.faces.port import Hint, Picture
    from kiosk.identity.port import HandOver, PhoneCode, Principal, Session, ShowRequest
    from kiosk.packages.port import Package


@dataclass(repr=False)
class Visit:
    """What the terminal knows of the citizen now."""

    document: IdentityDocument | None = None
    session: "Session | None" = None
    """By which certificates are listed and fetched."""
    own: "Session | None" = None
    """The citizen's own sign-in, while acting for somebody else."""
    ward: IdentityDocument | None = None
    """The document of the child for whom a guardian is here."""
    principals: list["Principal"] = field(default_factory=list)
    principal: "Principal | None" = None
    """For whom the citizen acts now."""
    certificates: list["Certificate"] = field(default_factory=list)
    files: dict[int, "CheckedFile"] = field(default_factory=dict)
    kept: list["Package"] = field(default_factory=list)
    """What was kept here for the citizen, once the card has opened it."""
    live: "Picture | None" = None
    """What the camera sees now, for the screen."""
    hint: "Hint | None" = None
    """What the person before the camera should do."""
    phone_code: "PhoneCode | None" = None
    """What a phone may scan to sign in."""
    show_request: "ShowRequest | None" = None
    """What a phone may scan whose answer it then shows."""
    offer: "HandOver | None" = None
    """What a phone may scan to take the visit over."""
    number: str = ""
    """What the phone shows that has scanned it."""
    paper: "dict[str, Any] | None" = None
    """What is known of a printed copy, as `scan` tells it."""
    face_reference: str = ""
    """Against which reference the face was compared."""
    face_live: bool = False
    """Whether the person did the movements that were asked for."""
    guides: tuple["Guide", ...] = ()
    """What can be read in this visit."""
    services: tuple["Service", ...] = ()
    """What something can be left about."""
    typed: str = ""
    """Digits that the citizen types: a phone number, or the code of something that was left."""
    code: str = ""
    """The code of what the citizen has left."""
    arrived_at: "datetime | None" = None
    """When the office had it."""
    wanted: str = ""
    """The identifier of the certificate that is wanted after the next sign-in."""
    again_at: datetime | None = None
    """When what was tried too often may be tried again."""
    home: "Region | None" = None
    """The terminal's own region, where it is known."""
    missing: tuple["Region", ...] = ()
    """Regions whose library could not be asked."""

    def __repr__(self) -> str:
        return "<Visit>"

    def take_document(self, document: IdentityDocument | None) -> None:
        """Another document counts from now on, or none.

        It has opened nothing yet, and no face was compared with it.
        """
        self.document, self.kept = document, []
        self.face_reference, self.face_live = "", False

    def wipe(self) -> None:
        """Forget everything."""
        empty = Visit()
        for one in fields(self):
            setattr(self, one.name, getattr(empty, one.name))

    @property
    def masked_name(self) -> str:
        """The name as it may stand on a screen in public: first and last character."""
        return mask_name(self.document.name) if self.document else ""

    @property
    def masked_holder(self) -> str:
        """The same of the holder of the certificates: the citizen, or for whom he acts."""
        if self.principal is not None:
            return mask_name(self.principal.name)
        return mask_name(self.ward.name) if self.ward else self.masked_name

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
