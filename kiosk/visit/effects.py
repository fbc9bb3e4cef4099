"""What a transition asks to be done; `attendant.Attendant` does it."""

from dataclasses import dataclass

from kiosk.services.port import Draft, Kind


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do."""


@dataclass(frozen=True, slots=True)
class WarmUp(Effect):
    """A visit has begun: wake line and workers, and the camera where it will look."""

    camera: bool


class ReadCard(Effect):
    """Read the card that lies on the reader."""


class CompareFace(Effect):
    """Find the face and compare it with the document's."""


class CompareKept(Effect):
    """Open what is kept for the document's holder, and compare the face with its picture."""


class ListKept(Effect):
    """List what was opened, with the copies that are left of each."""


class StopFace(Effect):
    """Stop looking at the face."""


class SignIn(Effect):
    """Sign in with document and face, then list the certificates."""


class SignInByPhone(Effect):
    """Show a code, wait until the phone has said yes, then list the certificates."""


class CallPhone(Effect):
    """Have the phone of the document's holder called, and go on as by phone."""


class SignInByShow(Effect):
    """Show a code, read the answer that the phone shows, then list the certificates."""


class SignInWithStaff(Effect):
    """Show a code for a member of staff, who vouches for the holder; then list."""


class StopPhone(Effect):
    """Wait for a phone no longer."""


class RestCamera(Effect):
    """Nobody is looked at from here on."""


class ForgetDocument(Effect):
    """The document that was read counts no more, nor the face that was compared with it."""


class ListAgain(Effect):
    """List by the sign-in that there is, acting for whom that was begun."""


class KeepWard(Effect):
    """The document that was read is a child's: keep it beside the guardian's."""


class ListPrincipals(Effect):
    """Ask for whom the citizen may act."""


@dataclass(frozen=True, slots=True)
class ActFor(Effect):
    """Act for one of them, or for oneself again (None); then list the certificates."""

    index: int | None


@dataclass(frozen=True, slots=True)
class Remember(Effect):
    """A certificate is wanted after the next sign-in, too."""

    index: int


@dataclass(frozen=True, slots=True)
class OfferHandOver(Effect):
    """Show a code by which the citizen's phone takes the visit over."""

    index: int | None
    """The certificate that was chosen, if one was."""


@dataclass(frozen=True, slots=True)
class SettleHandOver(Effect):
    """Let the phone have the visit, or not."""

    same: bool


class LookForCode(Effect):
    """Look for the code of a printed copy before the camera, and judge it."""


@dataclass(frozen=True, slots=True)
class FetchCertificate(Effect):
    """Fetch a certificate's file, verify it and draw its pages."""

    index: int


@dataclass(frozen=True, slots=True)
class Print(Effect):
    """Print copies of the chosen certificate and wait until they are out."""

    index: int
    purpose: str
    copies: int


class TakeContent(Effect):
    """Have the services and guides that are kept at hand, the same for the whole visit."""


@dataclass(frozen=True, slots=True)
class PrintGuide(Effect):
    """Print what to bring on a strip, by the service's id."""

    id: str


class ClearTyped(Effect):
    """Forget what was typed."""


@dataclass(frozen=True, slots=True)
class KeepRequest(Effect):
    """Receive what the citizen leaves, and tell when it has arrived."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class PrintSlip(Effect):
    """Print the code of what was left on a strip."""

    kind: Kind


class FindRequest(Effect):
    """Look for what was left by the code that was typed."""


class PrintReceipt(Effect):
    """Print the receipt."""


class EndVisit(Effect):
    """Stop all work of the visit, sign out, and remove everything personal."""
