"""Everything that can happen to a visit. Events carry facts, never personal data."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.content.port import Domain
from kiosk.identity.levels import Level
from kiosk.identity.port import Relation
from kiosk.reasons import Reason
from kiosk.services.port import CallTime, Kind, RequestStatus
from kiosk.visit.delays import Delay
from kiosk.visit.states import CertificateFact, Kept, Part


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class CitizenEvent(Event):
    """Something that the citizen did on the screen."""


# The citizen


class Touched(CitizenEvent):
    """The first screen was touched."""


class Agreed(CitizenEvent):
    """The citizen agreed to the comparison and the query."""


class Declined(CitizenEvent):
    """The citizen did not agree."""


class ChosePhone(CitizenEvent):
    """The citizen would rather sign in with a phone."""


class ChoseScan(CitizenEvent):
    """The phone was called and did not ring: the citizen would rather scan a code."""


class ChoseShow(CitizenEvent):
    """The citizen's phone can show a code to the terminal."""


class ChoseStaff(CitizenEvent):
    """A member of staff vouches for the citizen."""


class StepsUp(CitizenEvent):
    """The citizen goes on to the higher level that a certificate needs."""


class ChoseForOther(CitizenEvent):
    """The citizen wants to act for somebody else."""


@dataclass(frozen=True, slots=True)
class PrincipalChosen(CitizenEvent):
    """For whom, by the place in the list; None: for oneself."""

    index: int | None


class ChoseHandOver(CitizenEvent):
    """The citizen goes on with a phone."""


@dataclass(frozen=True, slots=True)
class NumberCompared(CitizenEvent):
    """Whether the citizen's phone shows the number that the terminal shows."""

    same: bool


@dataclass(frozen=True, slots=True)
class CertificateChosen(CitizenEvent):
    """A certificate of the list, by its place."""

    index: int


class PreviewAccepted(CitizenEvent):
    """The page shown is the right one."""


@dataclass(frozen=True, slots=True)
class PurposeChosen(CitizenEvent):
    """What the copy is for."""

    purpose: str


@dataclass(frozen=True, slots=True)
class CopiesChanged(CitizenEvent):
    """How many copies."""

    copies: int


class PrintConfirmed(CitizenEvent):
    """Print now."""


class WentBack(CitizenEvent):
    """One step back."""


class Cancelled(CitizenEvent):
    """The citizen wants to end."""


class WantsAnother(CitizenEvent):
    """Another certificate with the same sign-in."""


class Leaves(CitizenEvent):
    """The citizen is done."""


class StillHere(CitizenEvent):
    """The citizen is still there."""


class TriedAgain(CitizenEvent):
    """Once more after a problem."""


class ChoseCheckPaper(CitizenEvent):
    """Somebody wants a printed copy verified."""


# Guides, and what a citizen leaves


class ChoseGuides(CitizenEvent):
    """Somebody wants to know how things are done."""


@dataclass(frozen=True, slots=True)
class DomainChosen(CitizenEvent):
    """The guides of a domain."""

    domain: Domain


@dataclass(frozen=True, slots=True)
class GuideChosen(CitizenEvent):
    """One guide, by the service's id."""

    id: str


class PrintsGuide(CitizenEvent):
    """The guide on paper."""


class ChoseRequest(CitizenEvent):
    """Somebody wants to leave something, or to know what became of it."""


class ChoseRating(CitizenEvent):
    """The citizen, who has printed, wants to rate that."""


class ChoseFollowUp(CitizenEvent):
    """What became of something that was left."""


@dataclass(frozen=True, slots=True)
class KindChosen(CitizenEvent):
    """What is to be left."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class AboutChosen(CitizenEvent):
    """What it is about: a service by its id, the terminal, or something else."""

    about: str


@dataclass(frozen=True, slots=True)
class RatingChosen(CitizenEvent):
    """How good, 5 the best to 1."""

    level: int


@dataclass(frozen=True, slots=True)
class CategoryChosen(CitizenEvent):
    """What it is about more closely."""

    category: str


@dataclass(frozen=True, slots=True)
class Typed(CitizenEvent):
    """A digit more or less; whether what is typed is whole now. The digits are elsewhere."""

    whole: bool


class TypingDone(CitizenEvent):
    """What is typed is right."""


class LeavesNoNumber(CitizenEvent):
    """The citizen wants no call."""


@dataclass(frozen=True, slots=True)
class CallTimeChosen(CitizenEvent):
    """When to call."""

    call: CallTime


class SendConfirmed(CitizenEvent):
    """Leave it as it is shown."""


@dataclass(frozen=True, slots=True)
class RequestKept(Event):
    """It is received, and on the disk."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class RequestFailed(Event):
    """It is not received, or cannot be looked for."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class RequestFound(Event):
    """How far something is that was left."""

    status: RequestStatus


class SlipPrinted(Event):
    """The strip to take along is out."""


@dataclass(frozen=True, slots=True)
class SlipFailed(Event):
    """There is no strip."""

    reason: Reason


# Printed copies


@dataclass(frozen=True, slots=True)
class PaperJudged(Event):
    """A printed copy was found before the camera and judged."""

    verdict: str


@dataclass(frozen=True, slots=True)
class PaperFailed(Event):
    """No printed copy can be judged."""

    reason: Reason


# The reader


class CardFound(Event):
    """A card lies on the reader."""


@dataclass(frozen=True, slots=True)
class CardRead(Event):
    """The document was read."""

    document_type: str
    expired: bool = False
    under_14: bool = False


@dataclass(frozen=True, slots=True)
class CardFailed(Event):
    """The document could not be read."""

    reason: Reason


class CardRemoved(Event):
    """No card lies on the reader any more."""


# Other equipment


class Ready(Event):
    """All parts have been looked at for the first time."""


@dataclass(frozen=True, slots=True)
class PartLost(Event):
    """A part cannot be used."""

    part: Part
    reason: Reason
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartBack(Event):
    """A part can be used again."""

    part: Part


@dataclass(frozen=True, slots=True)
class ContentChanged(Event):
    """What the terminal keeps for when there is no line is this now."""

    kept: frozenset[Kept]


class DoorOpened(Event):
    """The cabinet was opened."""


class DoorClosed(Event):
    """The cabinet was closed."""


class ServiceResumed(Event):
    """The technician lets the terminal serve again, though the cabinet is open."""


# Faces


@dataclass(frozen=True, slots=True)
class FaceMatched(Event):
    """The person before the camera is the document's; against which reference."""

    reference: str


@dataclass(frozen=True, slots=True)
class FaceFailed(Event):
    """The face could not be confirmed."""

    reason: Reason


# What is kept


@dataclass(frozen=True, slots=True)
class PackagesFailed(Event):
    """Nothing that is kept here can be opened with this card."""

    reason: Reason


# The platform


class PhoneCodeShown(Event):
    """There is a code for the phone to scan."""


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """The identity service knows the citizen; `subject` and `actor` are its pseudonyms."""

    acr: str
    level: Level = Level.HIGH
    subject: str = ""
    actor: str = ""
    """Who acts for the citizen, or vouched for the citizen."""


@dataclass(frozen=True, slots=True)
class ActsFor(Event):
    """The citizen acts for somebody else, or (None) for nobody else any more."""

    relation: Relation | None
    subject: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class PrincipalsListed(Event):
    """For whom the citizen may act."""

    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class PrincipalsFailed(Event):
    """It is not known for whom the citizen may act."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class ActingFailed(Event):
    """The citizen, who is signed in, cannot act for whom that was wanted."""

    reason: Reason


class HandOverTaken(Event):
    """A phone has scanned the code; the number that it shows is to be compared."""


class HandedOver(Event):
    """The phone has the visit."""


@dataclass(frozen=True, slots=True)
class HandOverFailed(Event):
    """No phone took the visit over."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class SignInFailed(Event):
    """The identity service did not sign the citizen in."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CertificatesListed(Event):
    """What the citizen holds."""

    certificates: tuple[CertificateFact, ...]
    missing: int = 0
    """Regions that did not answer."""
    wanted: int | None = None
    """The certificate that is wanted already, by its place."""


@dataclass(frozen=True, slots=True)
class ListFailed(Event):
    """The library gave no list."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CertificateReady(Event):
    """A certificate's file is here, verified, and can be shown."""

    index: int
    pages: int


@dataclass(frozen=True, slots=True)
class CertificateFailed(Event):
    """A certificate's file cannot be used."""

    index: int
    reason: Reason


# Printing


@dataclass(frozen=True, slots=True)
class PagePrinted(Event):
    """So many pages are out."""

    pages: int


class Printed(Event):
    """All pages are out."""


@dataclass(frozen=True, slots=True)
class PrintFailed(Event):
    """The job was cancelled, or its end is unknown."""

    reason: Reason


class ReceiptPrinted(Event):
    """The receipt is out."""


@dataclass(frozen=True, slots=True)
class ReceiptFailed(Event):
    """There is no receipt."""

    reason: Reason


# Time and trouble


@dataclass(frozen=True, slots=True)
class Elapsed(Event):
    """A delay is over."""

    delay: Delay


class Broke(Event):
    """The terminal's own software failed in this visit."""
