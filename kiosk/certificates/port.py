"""What a certificate is to the terminal, and what it asks of a certificate library."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kiosk.identity.levels import Level
from kiosk.identity.port import Session
from kiosk.visit.states import CertificateStatus


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

    def __repr__(self) -> str:
        return f"<Certificate {self.type} {self.status}>"


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
    identifier: str
    """Which certificate the file says that it is; empty where it does not say."""
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

    async def list(self, session: Session) -> list[Certificate]:
        """What the citizen who is signed in holds, with the status now."""

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate, not checked yet."""

    async def prove(
        self, session: Session, certificate: Certificate, request: CopyRequest
    ) -> tuple[str, ...]:
        """The text of a code for each copy."""

    async def paper_lists(self) -> tuple[bytes, bytes]:
        """The signed lists of keys and of revoked copies, not verified yet."""
