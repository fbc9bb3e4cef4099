"""What stands in the code of a printed copy (docs/paper-proof.md)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from kiosk.certificates.proof import base45
from kiosk.certificates.proof.cose import BadCose, Signed, as_map, inflate, read_signed

PREFIX = "TB1:"
LONGEST_TEXT = 4296
"""Characters that a QR code can hold."""
ISSUER, EXPIRES, ISSUED_AT, COPY_ID = 1, 4, 6, 7
"""Registered claims of a CWT (RFC 8392)."""
COPY = -70001
"""The private claim that holds the fields of COPY_FIELDS."""

COPY_FIELDS: dict[int, tuple[str, type]] = {
    1: ("identifier", str),
    2: ("certificate", str),
    3: ("holder", str),
    4: ("holder_number", str),
    5: ("authority", str),
    6: ("issued", int),
    7: ("number", str),
    8: ("valid_until", int),
    9: ("purpose", str),
    10: ("copy", int),
    11: ("copies", int),
    12: ("terminal", str),
    13: ("pages", int),
    14: ("status_index", int),
    15: ("page_marks", bytes),
}
"""Number in the code, name, type. Dates are YYYYMMDD, 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a code says. Holder and number are masked already where it is made."""

    issuer: str
    expires: datetime
    issued_at: datetime
    copy_id: bytes
    identifier: str
    certificate: str
    holder: str
    holder_number: str
    authority: str
    issued: int
    number: str
    valid_until: int
    purpose: str
    copy: int
    copies: int
    terminal: str
    pages: int
    status_index: int
    page_marks: bytes

    def as_json(self) -> dict[str, object]:
        """The fields as JSON has them."""
        fields = asdict(self)
        fields["expires"] = self.expires.isoformat()
        fields["issued_at"] = self.issued_at.isoformat()
        fields["issued"] = iso_day(self.issued)
        fields["valid_until"] = iso_day(self.valid_until)
        fields["copy_id"] = self.copy_id.hex()
        del fields["page_marks"], fields["status_index"]
        return fields


def is_proof(text: str) -> bool:
    """Whether a text is the code of a printed copy, as far as its beginning says."""
    return text.startswith(PREFIX)


def read_code(text: str) -> Signed:
    """The signed object in a code's text. Raises BadCose."""
    if not is_proof(text) or len(text) > LONGEST_TEXT:
        raise BadCose("not a code of a printed copy")
    try:
        packed = base45.decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise BadCose(str(error)) from error
    return read_signed(inflate(packed))


def read_claims(signed: Signed) -> Claims:
    """What a signed object says. Raises BadCose."""
    outer = signed.claims
    inner = as_map(outer.get(COPY), "the copy")
    fields = {name: _typed(inner, key, name, kind) for key, (name, kind) in COPY_FIELDS.items()}
    return Claims(
        issuer=_typed(outer, ISSUER, "issuer", str),
        expires=_moment(outer, EXPIRES, "expires"),
        issued_at=_moment(outer, ISSUED_AT, "issued at"),
        copy_id=_typed(outer, COPY_ID, "copy id", bytes),
        **fields,
    )


def _typed(values: Mapping[Any, Any], key: int, name: str, kind: type) -> Any:
    value = values.get(key)
    if type(value) is not kind:
        raise BadCose(f"{name}: {type(value).__name__}")
    return value


def _moment(values: Mapping[Any, Any], key: int, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_typed(values, key, name, int), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadCose(f"{name}: {error}") from error


def iso_day(number: int) -> str | None:
    """A date of the form YYYYMMDD as ISO has it; None for 0 and for what is no date."""
    try:
        return date(number // 10000, number // 100 % 100, number % 100).isoformat()
    except ValueError:
        return None
