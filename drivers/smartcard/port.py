"""What a chip-card reader offers: the same as any reader of identity documents.

`PcscReader` fulfils `drivers.idcard.port.IdCardReader`, so whoever takes an identity
document need not know in which kind of reader the card lies.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date

from drivers.idcard.port import Capabilities, IdentityDocument

CAPABILITIES = Capabilities(photo=False)
"""A social-security card does not give its photo freely."""


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """What a card answers: data and two status bytes. Never logged: it has no repr."""

    data: bytes
    sw1: int
    sw2: int

    @property
    def good(self) -> bool:
        """Whether the card did what was asked."""
        return (self.sw1, self.sw2) == (0x90, 0x00)

    @property
    def status(self) -> str:
        """The status word as it is written in standards."""
        return f"{self.sw1:02X}{self.sw2:02X}"


CardSession = Generator[bytes, Response, IdentityDocument]
"""A conversation with a card without I/O: yields APDUs, is sent responses, returns the document."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a session has to know of the world: the day, and the reader's name."""

    today: date
    reader: str | None = None
