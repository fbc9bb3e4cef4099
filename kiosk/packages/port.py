"""What a kept package is to the terminal, and what it asks of whoever keeps them for it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kiosk.certificates.port import Certificate


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """A package as the platform lists it. Nothing personal."""

    id: str
    """16 bytes in hexadecimal."""
    tag: str
    """By what it is found when its card is read, in hexadecimal."""
    begins: float
    """Seconds since 1970."""
    ends: float
    """Seconds since 1970."""
    copies: int
    size: int
    """Bytes, sealed."""
    used: int
    """Copies that were printed, as the platform has been told."""


class PackageSource(Protocol):
    """Where packages come from. All methods raise Failure."""

    async def list(self) -> list[ListedPackage]:
        """All packages that this terminal shall have."""

    async def fetch(self, package: str) -> bytes:
        """One of them, sealed."""


@dataclass(frozen=True, slots=True, repr=False)
class Package:
    """A package that was opened with its card: its signature is good. Personal."""

    id: str
    certificate: Certificate
    document: bytes
    """The certificate's file, not checked yet."""
    face: bytes = field(repr=False)
    """The holder's reference picture (JPEG)."""
    purpose: str
    """What copies are for, in words, as their codes have it."""
    copies_until: date
    """The last day on which a copy is good, as its code has it."""
    codes: tuple[str, ...]
    """The text of a code for each copy; fewer than copies where the library gave none."""
    used: int
    left: int

    def __repr__(self) -> str:
        return f"<Package {self.id}>"
