"""What a certificate is to the terminal, and what it asks of a certificate library."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kiosk.certificates.metadata import Metadata
from kiosk.identity.levels import Level
from kiosk.identity.port import Session
from kiosk.visit.states import CertificateStatus


@dataclass(frozen=True, slots=True)
class Region:
    """A region with a library of its own: its area code (GB/T 2260) and names."""

    code: str
    name_zh: str
    name_en: str


UNKNOWN_REGION = Region("", "", "")
"""The home region of a terminal that has never seen a directory of regions."""


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """One entry of a holder's list; names after GB/T 36903."""

    identifier: str
    type: str
    name: str
    name_en: str
    number: str
    issuer: str
    issued: date | None
    expires: date | None
    status: CertificateStatus
    status_code: str
    asked_at: str
    """When the issuer was asked for the status (ISO time)."""
    level: Level = Level.LOW
    """How surely the citizen must be known to get its file."""
    holder: str = ""
    """Who holds it, as the list has it; personal. Empty where the list does not say."""
    region: Region = UNKNOWN_REGION
    """Whose library listed it."""

    def __repr__(self) -> str:
        return f"<Certificate {self.type} {self.status}>"


@dataclass(frozen=True, slots=True, repr=False)
class Holdings:
    """What a citizen holds, as far as it could be asked."""

    certificates: tuple[Certificate, ...]
    missing: tuple[Region, ...] = ()
    """Regions whose library did not answer: the citizen may hold more there."""
    home: Region = UNKNOWN_REGION
    """The terminal's own region."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """One page as a picture: red-green-blue, eight bits each, top row first."""

    width: int
    height: int
    colours: bytes | memoryview


@dataclass(frozen=True, slots=True, repr=False)
class CheckedFile:
    """A certificate's file whose signature was found good, with its first page."""

    document: bytes
    pages: int
    signer: str
    page_marks: bytes
    """What binds a code to this page (`proof/marks.py`)."""
    metadata: Metadata
    """What the file says of itself."""
    preview: Page = field(repr=False)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What stands on every page of the printed copy."""

    purpose: str
    place: str
    terminal: str
    printed_at: str
    good_until: str
    copies: int
    codes: tuple[str, ...] = ()
    """The text of one code for each copy; none where the library gave none."""
    own_sheet: bool = False
    """Whether the code stands on a sheet of its own, even where the page has room."""
    two_sided: bool = False
    """Whether sheets are printed on both sides: each copy then begins on a new one."""

    @property
    def margin_text(self) -> str:
        """What the margin says, for the marks of the page."""
        lines = (self.purpose, self.place, self.terminal, self.printed_at, self.good_until)
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """What a library is told of copies before it signs their codes."""

    terminal: str
    purpose: str
    copies: int
    pages: int
    days: int
    page_marks: bytes


class CertificateLibrary(Protocol):
    """A library of certificates. All methods raise Failure."""

    async def list(self, session: Session) -> Holdings:
        """What the citizen who is signed in holds, with the status now."""

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate, not checked yet."""

    async def prove(
        self, session: Session, certificate: Certificate, request: CopyRequest
    ) -> tuple[str, ...]:
        """The text of a code for each copy."""


class PublishedLists(Protocol):
    """What a platform tells every terminal, signed. All methods raise Failure."""

    async def directory(self) -> tuple[bytes]:
        """The signed directory of regional libraries, not verified yet."""

    async def paper_lists(self) -> tuple[bytes, bytes]:
        """The signed lists of keys and of revoked copies, not verified yet."""
