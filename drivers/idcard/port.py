"""What an ID-card reader offers, and the document that comes out of it.

`IdentityDocument` is the one model of every identity document of the terminal; its
JSON form is a promise of the command lines (see docs/idcard.md).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

from drivers.device import Observable, Status

PCSC_PREFIX = "pcsc:"
"""How the place of a reader begins that pcscd knows; its name follows."""
PERMANENT: Literal["permanent"] = "permanent"
Validity = date | Literal["permanent"] | None


class DocumentType(StrEnum):
    """Kinds of identity document."""

    CN_RESIDENT = "cn_resident"
    CN_FOREIGNER_2017 = "cn_foreigner_2017"
    CN_FOREIGNER_2023 = "cn_foreigner_2023"
    CN_HMT_PERMIT = "cn_hmt_permit"
    CN_SOCIAL_SECURITY = "cn_social_security"
    ICAO_TD1 = "icao_td1"
    ICAO_TD2 = "icao_td2"
    ICAO_TD3 = "icao_td3"


class Sex(StrEnum):
    """Sex as GB/T 2261.1 has it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"
    NOT_STATED = "not_stated"


class Assurance(StrEnum):
    """What vouches for the document's data."""

    CHIP_AUTHENTICATED = "chip_authenticated"
    SIGNATURE_VERIFIED = "signature_verified"
    UNSIGNED_TEXT = "unsigned_text"
    SERVER_SIDE = "server_side"


class Warn(StrEnum):
    """Things to notice about a document that was read."""

    BAD_CHECK_DIGIT = "bad_check_digit"
    UNKNOWN_ETHNIC_CODE = "unknown_ethnic_code"
    UNKNOWN_SEX_CODE = "unknown_sex_code"
    BAD_DATE = "bad_date"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityDocument:
    """One identity document. Absent fields are None. Never logged: it has no repr."""

    document_type: DocumentType
    number: str
    name: str
    name_latin: str | None = None
    sex: Sex = Sex.UNKNOWN
    ethnicity_code: str | None = None
    ethnicity: str | None = None
    birth_date: date | None = None
    nationality: str | None = None
    address: str | None = None
    issuing_authority: str | None = None
    valid_from: date | None = None
    valid_to: Validity = None
    permit_number: str | None = None
    issue_count: int | None = None
    related_number: str | None = None
    reader_id: str | None = None
    assurance: Assurance = Assurance.CHIP_AUTHENTICATED
    warnings: tuple[Warn, ...] = ()
    added_addresses: tuple[str, ...] = ()
    """Addresses that were added to the card after its issue, where they were asked for."""
    management_number: str | None = None
    """The card's own number in hexadecimal, where it was asked for."""
    photo: bytes = field(default=b"", compare=False)
    """The chip's photo as it is stored there, undecoded; empty if none was read."""
    fingerprint: bytes = field(default=b"", compare=False)
    """The fingerprint templates, undecoded; only ever read where the site asks for them."""

    def __repr__(self) -> str:
        return f"<IdentityDocument {self.document_type}>"

    def as_json(self) -> dict[str, object]:
        """The promised JSON fields; photo and fingerprint are not among them."""
        fields = asdict(self)
        del fields["photo"], fields["fingerprint"]
        fields["warnings"] = list(self.warnings)
        return {name: _plain(value) for name, value in fields.items()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a reader can do at all; does not change while it is attached."""

    presence: bool = True
    removal: bool = True
    text: bool = True
    photo: bool = True
    fingerprint: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a card is asked for beyond its text; what is not wanted is not kept."""

    photo: bool = True
    added_address: bool = False
    management_number: bool = False
    fingerprint: bool = False


class Progress(StrEnum):
    """Steps of one read, in their order."""

    FOUND = "found"
    SELECTED = "selected"
    READ = "read"


class IdCardReader(Protocol):
    """A reader of resident ID cards. All methods are for the event loop."""

    capabilities: Capabilities
    @property
    def status(self) -> Observable[Status]:
        """How it is; tells its observers of changes."""

    async def open(self) -> None:
        """Connect and prove that a SAM answers. Raises DeviceFailure."""

    async def wait_for_card(self) -> None:
        """Return when a card lies on the reader. Raises DeviceFailure."""

    async def check(self) -> None:
        """Ask for a sign of life while no card is waited for. Raises DeviceFailure."""

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card that lies there. Raises DeviceFailure with its reason."""

    async def wait_for_removal(self) -> None:
        """Return when no card lies on the reader any more. Raises DeviceFailure."""

    def close(self) -> None:
        """Release the wire."""
