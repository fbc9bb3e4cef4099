"""What the terminal asks of the identity service; a province writes its own adapter."""

from dataclasses import dataclass
from typing import Protocol

from drivers.idcard.port import IdentityDocument
from kiosk.identity.dpop import ProofKey


@dataclass(frozen=True, slots=True)
class FaceEvidence:
    """What the comparison of the face may say to the outside: never a measure."""

    matched: bool
    reference: str
    """`chip_photo` or `platform`."""


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """A citizen who is signed in."""

    token: str
    acr: str
    amr: tuple[str, ...]
    proof_key: ProofKey

    def authorise(self, method: str, url: str) -> dict[str, str]:
        """The headers of a request as this citizen: the token, and that it is ours."""
        return {
            "Authorization": f"DPoP {self.token}",
            "DPoP": self.proof_key.proof(method, url, self.token),
        }

    def __repr__(self) -> str:
        return f"<Session {self.acr}>"


@dataclass(frozen=True, slots=True, repr=False)
class PhoneCode:
    """What a screen shows while a phone is waited for."""

    user_code: str
    address: str
    """Where the phone goes: what the QR code holds."""
    seconds: float
    interval: float
    device_code: str


class IdentityService(Protocol):
    """The identity service. All methods raise Failure."""

    async def warm_up(self) -> None:
        """Open the line and fetch what does not depend on a citizen."""

    async def face_reference(self, document: IdentityDocument) -> bytes:
        """The reference picture for this visit; asked for only after consent."""

    async def sign_in(self, document: IdentityDocument, face: FaceEvidence) -> Session:
        """Sign the holder of a document in."""

    async def begin_phone(self) -> PhoneCode:
        """Ask for a code by which somebody's phone can sign in here."""

    async def wait_for_phone(self, code: PhoneCode) -> Session:
        """Wait until the phone has said yes."""

    async def sign_out(self, session: Session) -> None:
        """End a sign-in."""
