"""The four text layouts of the 256-byte block on a card, as data.

UTF-16LE, padded with spaces; the character at offset 248 says which layout it is.
Offsets and lengths are in bytes (docs/idcard.md, section 2). Decoding never fails on a
field that it does not understand: it keeps what can be kept and adds a warning. Only a
block of the wrong size, or without a number, is `None`: not a document.
"""

from dataclasses import dataclass
from datetime import date

from drivers.idcard.codes import ETHNIC_GROUPS, SEX, citizen_number_is_sound
from drivers.idcard.port import PERMANENT, DocumentType, IdentityDocument, Sex, Validity, Warn

BLOCK_SIZE = 256
SELECTOR_OFFSET = 248
LONG_TERM = "长期"


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands: offset and length in bytes."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout: its selector, the document type, and its fields."""

    selector: str
    document_type: DocumentType
    fields: dict[str, Field]
    nationality: str | None = None


CITIZEN = Layout(
    " ",
    DocumentType.CN_RESIDENT,
    {
        "name": Field(0, 30),
        "sex": Field(30, 2),
        "ethnicity_code": Field(32, 4),
        "birth_date": Field(36, 16),
        "address": Field(52, 70),
        "number": Field(122, 36),
        "issuing_authority": Field(158, 30),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
    },
    nationality="CHN",
)

HMT_PERMIT = Layout(
    "J",
    DocumentType.CN_HMT_PERMIT,
    {
        **CITIZEN.fields,
        "permit_number": Field(220, 18),
        "issue_count": Field(238, 4),
    },
    nationality="CHN",
)

FOREIGNER_2017 = Layout(
    "I",
    DocumentType.CN_FOREIGNER_2017,
    {
        "name_latin": Field(0, 120),
        "sex": Field(120, 2),
        "number": Field(122, 30),
        "nationality": Field(152, 6),
        "name": Field(158, 30),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
        "birth_date": Field(220, 16),
        "issuing_authority": Field(240, 8),
    },
)

FOREIGNER_2023 = Layout(
    "Y",
    DocumentType.CN_FOREIGNER_2023,
    {
        "name": Field(0, 30),
        "sex": Field(30, 2),
        "issue_count": Field(32, 4),
        "birth_date": Field(36, 16),
        "name_latin": Field(52, 70),
        "number": Field(122, 36),
        "issuing_authority": Field(158, 30),
        "valid_from": Field(188, 16),
        "valid_to": Field(204, 16),
        "name_latin_rest": Field(220, 22),
        "nationality": Field(242, 6),
        "related_number": Field(250, 6),
    },
)

LAYOUTS = (CITIZEN, HMT_PERMIT, FOREIGNER_2017, FOREIGNER_2023)
_BY_SELECTOR = {layout.selector: layout for layout in LAYOUTS}
_CHECKED_NUMBERS = frozenset(
    {DocumentType.CN_RESIDENT, DocumentType.CN_HMT_PERMIT, DocumentType.CN_FOREIGNER_2023}
)


def layout_of(block: bytes) -> Layout:
    """The layout that a block's selector names; an unknown selector means a citizen."""
    selector = block[SELECTOR_OFFSET : SELECTOR_OFFSET + 2].decode("utf-16-le", "replace")
    return _BY_SELECTOR.get(selector, CITIZEN)


def decode(
    block: bytes, today: date, reader_id: str | None = None, photo: bytes = b""
) -> IdentityDocument | None:
    """The document in a text block, or None where there is none.

    `today` is the date against which `Warn.EXPIRED` is decided.
    """
    if len(block) != BLOCK_SIZE:
        return None
    layout = layout_of(block)
    text = _Text(block, layout)
    number = text.get("number")
    if not number:
        return None
    sex = text.sex()
    ethnicity_code = text.get("ethnicity_code")
    birth_date = text.day("birth_date")
    valid_from = text.day("valid_from")
    valid_to = text.validity()
    warnings = list(text.warnings)
    if layout.document_type in _CHECKED_NUMBERS and not citizen_number_is_sound(number):
        warnings.append(Warn.BAD_CHECK_DIGIT)
    if ethnicity_code and ethnicity_code not in ETHNIC_GROUPS:
        warnings.append(Warn.UNKNOWN_ETHNIC_CODE)
    if isinstance(valid_to, date) and valid_to < today:
        warnings.append(Warn.EXPIRED)
    return IdentityDocument(
        document_type=layout.document_type,
        number=number,
        name=text.get("name") or text.latin_name() or "",
        name_latin=text.latin_name(),
        sex=sex,
        ethnicity_code=ethnicity_code,
        ethnicity=ETHNIC_GROUPS.get(ethnicity_code or ""),
        birth_date=birth_date,
        nationality=text.get("nationality") or layout.nationality,
        address=text.get("address"),
        issuing_authority=text.get("issuing_authority"),
        valid_from=valid_from,
        valid_to=valid_to,
        permit_number=text.get("permit_number"),
        issue_count=text.count("issue_count"),
        related_number=text.get("related_number"),
        reader_id=reader_id,
        warnings=tuple(dict.fromkeys(warnings)),
        photo=photo,
    )


class _Text:
    """Reads the fields of one block and collects warnings."""

    def __init__(self, block: bytes, layout: Layout) -> None:
        self._block = block
        self._fields = layout.fields
        self.warnings: list[Warn] = []

    def get(self, name: str) -> str | None:
        """A field's text without padding; None where absent or empty."""
        value = self._raw(name).strip(" \0\u3000")
        return value or None

    def latin_name(self) -> str | None:
        """The Latin name, with the part that did not fit its first field."""
        return (self._raw("name_latin") + self._raw("name_latin_rest")).strip(" \0") or None

    def sex(self) -> Sex:
        code = self.get("sex")
        if code is not None and code not in SEX:
            self.warnings.append(Warn.UNKNOWN_SEX_CODE)
        return SEX.get(code or "0", Sex.UNKNOWN)

    def day(self, name: str) -> date | None:
        value = self.get(name)
        day = parse_day(value) if value else None
        if value and day is None:
            self.warnings.append(Warn.BAD_DATE)
        return day

    def validity(self) -> Validity:
        if self.get("valid_to") == LONG_TERM:
            return PERMANENT
        return self.day("valid_to")

    def count(self, name: str) -> int | None:
        value = self.get(name)
        return int(value) if value and value.isascii() and value.isdigit() else None

    def _raw(self, name: str) -> str:
        field = self._fields.get(name)
        if field is None:
            return ""
        raw = self._block[field.offset : field.offset + field.length]
        return raw.decode("utf-16-le", "replace")


def parse_day(text: str) -> date | None:
    """A date written YYYYMMDD, or None where it is none."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def encode(layout: Layout, values: dict[str, str]) -> bytes:
    """A text block with these field values: for simulators.

    Raises ValueError with the field's name where a value does not fit or is unknown.
    """
    block = bytearray((" " * (BLOCK_SIZE // 2)).encode("utf-16-le"))
    for name, value in values.items():
        field = layout.fields.get(name)
        raw = value.encode("utf-16-le")
        if field is None or len(raw) > field.length:
            raise ValueError(f"{layout.document_type}: {name} does not fit")
        block[field.offset : field.offset + len(raw)] = raw
    block[SELECTOR_OFFSET : SELECTOR_OFFSET + 2] = layout.selector.encode("utf-16-le")
    return bytes(block)


def layout_for(document_type: str) -> Layout:
    """The layout of a document type. Raises ValueError where there is none."""
    for layout in LAYOUTS:
        if layout.document_type == document_type:
            return layout
    raise ValueError(f"{document_type} has no text layout of the resident-card reader")
