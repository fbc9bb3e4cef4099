"""What a certificate is to the terminal, and what it asks of a certificate library."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

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

    def __repr__(self) -> str:
        return f"<Certificate {self.type} {self.status}>"


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """One page as a picture: red-green-blue, eight bits each, top row first."""

    width: int
    height: int
    colours: bytes


@dataclass(frozen=True, slots=True, repr=False)
class CheckedFile:
    """A certificate's file whose signature was found good, with its first page."""

    document: bytes
    pages: int
    signer: str
    preview: Page = field(repr=False)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What stands on every page of the printed copy."""

    purpose: str
    place: str
    terminal: str
    printed_at: str
    copies: int


class CertificateLibrary(Protocol):
    """A library of certificates. All methods raise Failure."""

    async def list(self, session: Session) -> list[Certificate]:
        """What the citizen who is signed in holds, with the status now."""

    async def fetch(self, session: Session, certificate: Certificate) -> bytes:
        """The file of one certificate, not checked yet."""
