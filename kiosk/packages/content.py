"""Reads what is in a package once both locks are off; for the worker process (`worker.py`).

A COSE_Sign1 object, signed by an authority of the trust folder as other published lists are
(docs/sealed-packages.md). The certificate's file in it is checked later, like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from kiosk.certificates.proof.claims import is_proof
from kiosk.certificates.proof.cose import BadCose, as_map
from kiosk.certificates.proof.signed import number, verified_claims
from kiosk.gm import TrustList

WHAT = "the package"
AUDIENCE, EXPIRES, NOT_BEFORE, ID = 3, 4, 5, 7
"""Registered claims of a CWT (RFC 8392)."""
PACKAGE = -70020
"""The private claim that holds the fields below."""
ENTRY, FILE, FACE, DOCUMENT, COPIES, PURPOSE, COPIES_UNTIL, CODES = range(1, 9)
LONGEST_WORDS = 200

T = TypeVar("T", bound=object)


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What the library signed. Personal."""

    id: str
    terminal: str
    begins: int
    ends: int
    copies: int
    document_digest: str
    """In hexadecimal."""
    entry: dict[str, Any]
    """As in a holder's list."""
    purpose: str
    copies_until: str
    codes: tuple[str, ...]
    file: bytes
    face: bytes


def read_content(data: bytes, trust: TrustList, now: datetime) -> Content:
    """Verify a package's signature and read it. Raises BadCose."""
    claims = verified_claims(data, trust, WHAT, now)
    fields = as_map(claims.get(PACKAGE), WHAT)
    copies = number(fields.get(COPIES))
    return Content(
        id=_as(bytes, claims.get(ID), "its id").hex(),
        terminal=_words(claims.get(AUDIENCE), "its terminal"),
        begins=number(claims.get(NOT_BEFORE)),
        ends=number(claims.get(EXPIRES)),
        copies=copies,
        document_digest=_as(bytes, fields.get(DOCUMENT), "its holder's document").hex(),
        entry=_entry(fields.get(ENTRY)),
        purpose=_words(fields.get(PURPOSE), "its purpose"),
        copies_until=_day(fields.get(COPIES_UNTIL)),
        codes=_codes(fields.get(CODES), copies),
        file=_as(bytes, fields.get(FILE), "its file"),
        face=_as(bytes, fields.get(FACE), "its picture"),
    )


def _as(kind: type[T], value: object, what: str) -> T:
    if not isinstance(value, kind) or not value:
        raise BadCose(f"{WHAT}: {what} is not there")
    return value


def _words(value: object, what: str) -> str:
    words = _as(str, value, what)
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise BadCose(f"{WHAT}: {what} cannot be shown")
    return words


def _entry(value: object) -> dict[str, Any]:
    entry: Mapping[Any, Any] = as_map(value, f"{WHAT}: its certificate")
    if not all(isinstance(one, str | None) for one in (*entry, *entry.values())):
        raise BadCose(f"{WHAT}: its certificate is not of words")
    return dict(entry)


def _day(value: object) -> str:
    written = _words(value, "the end of its copies")
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise BadCose(f"{WHAT}: the end of its copies: {error}") from None


def _codes(value: object, copies: int) -> tuple[str, ...]:
    codes = _as(list, value, "its codes") if value else []
    if len(codes) not in (0, copies) or not all(
        isinstance(one, str) and is_proof(one) for one in codes
    ):
        raise BadCose(f"{WHAT}: not a code for each of {copies} copies")
    return tuple(codes)
