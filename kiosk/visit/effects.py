"""What a transition asks to be done; `attendant.Attendant` does it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do."""


class WarmUp(Effect):
    """A visit has begun: wake the camera, the platform's line and the workers."""


class ReadCard(Effect):
    """Read the card that lies on the reader."""


class CompareFace(Effect):
    """Find the face and compare it with the document's."""


class StopFace(Effect):
    """Stop looking at the face."""


class SignIn(Effect):
    """Sign in with document and face, then list the certificates."""


class SignInByPhone(Effect):
    """Show a code, wait until the phone has said yes, then list the certificates."""


class StopPhone(Effect):
    """Wait for the phone no longer."""


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


class PrintReceipt(Effect):
    """Print the receipt."""


class EndVisit(Effect):
    """Stop all work of the visit, sign out, and remove everything personal."""
