"""What the terminal asks of the identity service; a province writes its own adapter.

Small protocols, one for each thing that can be asked; `IdentityService` is all of them.
All methods raise Failure.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from drivers.idcard.port import IdentityDocument
from kiosk.identity.dpop import ProofKey
from kiosk.identity.levels import Level, level_of


@dataclass(frozen=True, slots=True)
class FaceEvidence:
    """What the comparison of the face may say to the outside: never a measure."""

    matched: bool
    reference: str
    """`chip_photo` or `platform`."""
    live: bool = False
    """Whether the person did the movements that were asked for."""


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """Somebody who is signed in: the citizen, or who acts for the citizen."""

    token: str
    acr: str
    amr: tuple[str, ...]
    proof_key: ProofKey | None
    """None where the token is bound to the terminal's own certificate (RFC 8705)."""
    subject: str = ""
    """The platform's name for the citizen towards this terminal: a pseudonym."""
    actor: str = ""
    """The same for who acts for the citizen; empty where the citizen does so alone."""
    wanted: str = ""
    """The identifier of the certificate that was chosen on the phone, if one was."""

    @property
    def level(self) -> Level:
        """How surely the citizen is known."""
        return level_of(self.acr)

    def authorise(self, method: str, url: str) -> dict[str, str]:
        """The headers of a request as this citizen: the token, and that it is ours."""
        if self.proof_key is None:
            return {"Authorization": f"Bearer {self.token}"}
        return {
            "Authorization": f"DPoP {self.token}",
            "DPoP": self.proof_key.proof(method, url, self.token),
        }

    def __repr__(self) -> str:
        return f"<Session {self.acr}>"


@dataclass(frozen=True, slots=True)
class StaffEvidence:
    """A member of staff has seen the document's holder and is signed in to say so."""

    staff: Session


Evidence = FaceEvidence | StaffEvidence


@dataclass(frozen=True, slots=True, repr=False)
class PhoneCode:
    """What a screen shows while a phone is waited for."""

    user_code: str
    address: str
    """Where the phone goes: what the QR code holds. Empty where the platform calls the phone."""
    seconds: float
    interval: float
    device_code: str
    acr: str = ""
    """The level that was asked for; what comes of it is of that level or a higher one."""

    @property
    def called(self) -> bool:
        """Whether the phone is called by the platform, and nothing need be scanned."""
        return not self.address


@dataclass(frozen=True, slots=True, repr=False)
class ShowRequest:
    """A sign-in whose answer comes back as a code that the phone shows to the terminal."""

    address: str
    """Where the phone goes: what the QR code on the screen holds."""
    seconds: float
    state: str
    verifier: str
    nonce: str = ""
    acr: str = ""
    """The level that was asked for."""
    proof_key: ProofKey | None = None


@dataclass(frozen=True, slots=True, repr=False)
class HandOver:
    """A visit that waits to be taken over by the citizen's phone."""

    address: str
    """Where the phone goes: what the QR code holds; good once."""
    seconds: float
    interval: float
    handle: str


class Relation(StrEnum):
    """Why somebody may act for somebody else."""

    GUARDIAN = "guardian"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, repr=False)
class Principal:
    """Somebody for whom the citizen may act."""

    name: str
    relation: Relation
    authorisation: str
    """The signed authorisation (JWS) that says so; verified."""
    types: tuple[str, ...]
    """The kinds of certificate that it is for; none means all."""
    until: date | None

    def __repr__(self) -> str:
        return f"<Principal {self.relation}>"


class SigningIn(Protocol):
    """Card and face, or card and somebody who saw the holder."""

    async def warm_up(self) -> None:
        """Open the line and fetch what does not depend on a citizen."""

    async def face_reference(self, document: IdentityDocument) -> bytes:
        """The reference picture for this visit; asked for only after consent."""

    async def sign_in(self, document: IdentityDocument, face: FaceEvidence) -> Session:
        """Sign the holder of a document in."""

    async def sign_out(self, session: Session) -> None:
        """End a sign-in."""


class Phones(Protocol):
    """A phone that says yes."""

    async def begin_phone(self) -> PhoneCode:
        """Ask for a code by which somebody's phone can sign in here."""

    async def wait_for_phone(self, code: PhoneCode) -> Session:
        """Wait until the phone has said yes."""


class Calling(Protocol):
    """A phone that the platform calls, once it is known whose (CIBA)."""

    async def call_phone(self, document: IdentityDocument) -> PhoneCode:
        """Have the phone of a document's holder called; PLATFORM_INVALID where none can be.

        The code that comes of it is waited for as one that was scanned (`wait_for_phone`).
        """


class Showing(Protocol):
    """A phone that shows the answer to the terminal (PAR, code, PKCE)."""

    async def begin_show(self) -> ShowRequest:
        """Ask for an address that the phone goes to."""

    async def finish_show(self, request: ShowRequest, shown: str) -> Session | None:
        """The session, by the text of a code that a phone showed; None where it is another."""


class HandingOver(Protocol):
    """Going on with the visit on the citizen's phone, without signing in there."""

    async def hand_over(self, session: Session, wanted: str) -> HandOver:
        """Offer the visit; `wanted`: the identifier of the certificate that was chosen, or ''."""

    async def wait_for_taker(self, session: Session, offer: HandOver) -> str:
        """Wait until a phone has scanned the code; the number that this phone shows."""

    async def settle_hand_over(self, session: Session, offer: HandOver, same: bool) -> None:
        """Let the phone have the visit, or not: whether the citizen's phone shows the number."""


class Assisting(Protocol):
    """Staff who vouch for a document's holder."""

    async def begin_staff(self) -> PhoneCode:
        """Ask for a code by which a member of staff signs in with the own phone."""

    async def vouch(self, document: IdentityDocument, evidence: StaffEvidence) -> Session:
        """Sign the holder of a document in whom a member of staff has seen."""


class ActingFor(Protocol):
    """Acting for somebody else: a child, or somebody who has authorised one."""

    async def principals(self, session: Session) -> list[Principal]:
        """For whom the citizen may act; every authorisation is verified."""

    async def act_for(self, session: Session, principal: Principal) -> Session:
        """Act for one of them."""

    async def act_for_child(self, session: Session, document: IdentityDocument) -> Session:
        """Act, as guardian, for the holder of a child's document."""


class IdentityService(
    SigningIn, Phones, Calling, Showing, HandingOver, Assisting, ActingFor, Protocol
):
    """The identity service as a terminal needs it."""
