"""What a visit's state is made of. Nothing personal: counts, kinds and reasons only."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from kiosk.content.port import Domain
from kiosk.identity.levels import Level
from kiosk.identity.port import Relation
from kiosk.reasons import Reason
from kiosk.services.port import Draft, RequestStatus

PRINTED = "printed"
"""The outcome of a visit in which all copies came out."""
CHECKED = "checked"
"""The outcome of a visit in which a printed copy was verified."""
HANDED_OVER = "handed_over"
"""The outcome of a visit that goes on on the citizen's phone."""

INFORMED = "informed"
"""The outcome of a visit in which a guide was read."""
REQUESTED = "requested"
"""The outcome of a visit in which a request, a complaint or a rating was left."""
FOLLOWED_UP = "followed_up"
"""The outcome of a visit in which was asked what became of one."""


class Step(StrEnum):
    """Where the visit is; each step is one screen."""

    STARTING = "starting"
    OUT_OF_SERVICE = "out_of_service"
    TECHNICIAN = "technician"
    IDLE = "idle"
    PLACE_CARD = "place_card"
    READING = "reading"
    CONSENT = "consent"
    FACE = "face"
    PHONE = "phone"
    SHOW_PHONE = "show_phone"
    STAFF = "staff"
    GUARDIAN = "guardian"
    STEP_UP = "step_up"
    PRINCIPALS = "principals"
    HAND_OVER = "hand_over"
    SIGNING_IN = "signing_in"
    CERTIFICATES = "certificates"
    PREVIEW = "preview"
    PURPOSE = "purpose"
    COPIES = "copies"
    CHECK_PAPER = "check_paper"
    GUIDES = "guides"
    GUIDE = "guide"
    REQUEST = "request"
    ABOUT = "about"
    RATING = "rating"
    CATEGORY = "category"
    CONTACT = "contact"
    CALL_TIME = "call_time"
    REVIEW = "review"
    SENDING = "sending"
    REQUEST_KEPT = "request_kept"
    REQUEST_CODE = "request_code"
    REQUEST_STATUS = "request_status"
    PRINTING = "printing"
    RECEIPT = "receipt"
    ANOTHER = "another"
    TAKE_CARD = "take_card"
    FAREWELL = "farewell"
    PROBLEM = "problem"


WITHOUT_VISIT = frozenset({Step.STARTING, Step.OUT_OF_SERVICE, Step.TECHNICIAN, Step.IDLE})
ENDING = frozenset({Step.TAKE_CARD, Step.FAREWELL})
WORKING = frozenset({
    Step.READING, Step.SIGNING_IN, Step.PRINTING, Step.RECEIPT, Step.SENDING,
})
"""Steps in which the terminal works and nobody has to touch it."""


class Way(StrEnum):
    """How the citizen signs in."""

    FACE = "face"
    """Card, and the face before the camera."""
    STAFF = "staff"
    """Card, and a member of staff who sees its holder."""
    CALL = "call"
    """Card, and the holder's phone, which the platform calls."""
    PHONE = "phone"
    """A phone that scans the terminal's code; no card."""
    SHOW = "show"
    """A phone that shows its answer to the terminal's camera; no card."""


class Part(StrEnum):
    """What the terminal needs around it."""

    READER = "reader"
    CAMERA = "camera"
    DOCUMENT_PRINTER = "document_printer"
    RECEIPT_PRINTER = "receipt_printer"
    PLATFORM = "platform"
    STORE = "store"
    """Where everything is written down that must not be lost."""
    MACHINE = "machine"
    """What is below all of them: the disk and the clock."""


class Kept(StrEnum):
    """What the terminal keeps, and works with while there is no line."""

    PAPER_LISTS = "paper_lists"
    """The lists by which printed copies are checked, within their time."""
    OLD_PAPER_LISTS = "old_paper_lists"
    """The same, but their time is over."""
    GUIDES = "guides"
    PACKAGES = "packages"
    """Certificates that their holders had kept here."""


class Slip(StrEnum):
    """How a strip of paper fares that the citizen may take along."""

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


class CertificateStatus(StrEnum):
    """A certificate's status as its issuer gives it."""

    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    TRANSFERRED = "transferred"
    UNKNOWN = "unknown"


KEPT_PURPOSE = "kept"
"""What copies of a certificate are for that was kept here: that was decided beforehand."""
MOST_COPIES = 5
"""Of a kind whose rules do not say."""


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """What a state may know of a certificate: its kind, its status, and the kind's rules."""

    type: str
    status: CertificateStatus
    level: Level = Level.LOW
    """How surely the citizen must be known."""
    printable: bool = True
    most_copies: int = MOST_COPIES
    purposes: tuple[str, ...] = ()
    """What a copy may be for; none: anything."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """Which parts are missing, what is kept, and whether a card lies on the reader."""

    lost: tuple[tuple[Part, Reason], ...] = ()
    card_present: bool = False
    kept: frozenset[Kept] = frozenset()
    door_open: bool = False
    """Whether a technician has opened the cabinet."""
    offline_since: datetime | None = None
    """When the line went down; None while it is there, or where that is not known."""

    def reason(self, part: Part) -> Reason | None:
        """Why a part is missing, or None."""
        return dict(self.lost).get(part)

    def without(
        self, part: Part, reason: Reason | None, since: datetime | None = None
    ) -> "Equipment":
        """The equipment with a part missing for a reason since a time, or back (None)."""
        rest = tuple(entry for entry in self.lost if entry[0] is not part)
        lost = rest if reason is None else (*rest, (part, reason))
        present = self.card_present and not (part is Part.READER and reason is not None)
        changed = replace(self, lost=lost, card_present=present)
        if part is not Part.PLATFORM:
            return changed
        # Another reason for the same outage is no other outage.
        began = self.offline_since or since
        return replace(changed, offline_since=began if reason is not None else None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a visit is."""

    number: int
    document_type: str | None = None
    card_attempts: int = 0
    face_attempts: int = 0
    verdict: str | None = None
    """What a printed copy that was held before the camera is."""
    agreed: bool = False
    """Whether the citizen has agreed that certificates are looked up."""
    way: Way = Way.FACE
    """How the citizen signs in."""
    signed_by: Way = Way.FACE
    """How the citizen has signed in, once that is so."""
    code_shown: bool = False
    """Whether there is a code that the phone can scan."""
    offline: bool = False
    """Whether what is kept here is printed; the platform is asked nothing then."""
    signed_in: bool = False
    level: Level = Level.NOBODY
    """How surely the citizen is known."""
    stepping_up: bool = False
    """Whether the citizen, who is signed in, is on the way to a higher level."""
    ward: bool = False
    """Whether a child's card was read, for whom a guardian signs in."""
    acting: Relation | None = None
    """Why the citizen may act for the holder of these certificates; None for the own."""
    principals: tuple[Relation, ...] | None = None
    """For whom the citizen may act; None until that is known."""
    taken: bool = False
    """Whether a phone has scanned the code by which the visit is handed over."""
    settling: bool = False
    """Whether the phone is being given the visit."""
    missing: int = 0
    """Regions whose certificates could not be listed."""
    certificates: tuple[CertificateFact, ...] = ()
    fetching: frozenset[int] = frozenset()
    pages: tuple[tuple[int, int], ...] = ()
    """Certificates that are verified and ready: index and pages."""
    chosen: int | None = None
    purpose: str | None = None
    copies: int = 1
    pages_printed: int = 0
    domain: Domain | None = None
    """Whose guides are listed; None: all domains."""
    guide: str | None = None
    """The guide that is read."""
    slip: Slip = Slip.NONE
    draft: Draft | None = None
    """What is being left."""
    typed: bool = False
    """Whether what is typed is whole."""
    status: RequestStatus | None = None
    """How far that is which was left, or asked for."""
    extended: int = 0
    """How often the visit went on after its time."""
    outcome: str | None = None

    def page_count(self, index: int | None) -> int | None:
        """Pages of a certificate that is ready, or None."""
        return None if index is None else dict(self.pages).get(index)

    @property
    def chosen_fact(self) -> CertificateFact | None:
        """What is known of the chosen certificate."""
        return self.certificates[self.chosen] if self.chosen is not None else None

    @property
    def chosen_type(self) -> str:
        """The kind of the chosen certificate."""
        return self.chosen_fact.type if self.chosen_fact else ""

    @property
    def most_copies(self) -> int:
        """How many copies of the chosen certificate may be printed."""
        return self.chosen_fact.most_copies if self.chosen_fact else MOST_COPIES


@dataclass(frozen=True, slots=True)
class State:
    """The whole state of the terminal towards citizens."""

    step: Step = Step.STARTING
    equipment: Equipment = field(default_factory=Equipment)
    progress: Progress | None = None
    reason: Reason | None = None
    """Why: for OUT_OF_SERVICE and PROBLEM; a notice in ANOTHER."""
    retry: Step | None = None
    """Where trying again leads from PROBLEM; None where it cannot help."""
    warned: bool = False
    """Whether the citizen is being asked if somebody is still there."""
    visits: int = 0
