"""What a code scanner offers: one code at a time."""

from dataclasses import dataclass
from typing import Protocol

from drivers.device import Observable, Status


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """One code that was read. Its text is never logged: it has no repr."""

    text: str
    symbology: str | None = None
    """Such as `QRCode`, where the scanner says it."""

    def __repr__(self) -> str:
        return f"<Scan {self.symbology or ''} {len(self.text)} characters>"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a scanner can do at all."""

    symbology: bool = False
    from_screens: bool = True


class QrScanner(Protocol):
    """A scanner of codes. All methods are for the event loop and raise DeviceFailure."""

    capabilities: Capabilities
    status: Observable[Status]

    async def open(self) -> None:
        """Connect to the scanner."""

    async def check(self) -> None:
        """Whether the scanner is still there; only while no code is waited for."""

    async def wait_for_code(self) -> Scan:
        """The next code that is held before the scanner; older ones are forgotten."""

    def close(self) -> None:
        """Let the scanner go."""
