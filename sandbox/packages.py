"""Certificates that their holders asked to be kept for a terminal: made, listed, taken back.

A package holds one certificate for a few days and some copies, sealed for one terminal and one
card (`package_seal.py`, docs/sealed-packages.md). What was printed of it is what terminals have
reported; a package that is used up, over, replaced or taken back is listed no more.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import cv2

from sandbox.faults import Faults, change_one_byte
from sandbox.identity import IdentityService
from sandbox.keys import KeyStore
from sandbox.library.issue import Issued, Library
from sandbox.package_seal import Recipient, card_key, document_digest, seal, tag_of
from sandbox.page_marks import marks_of, text_and_pages
from sandbox.people.drawing import Pose, draw_portrait
from sandbox.people.registry import Person
from sandbox.proofs import DAY, ProofService, Wanted, sign_by_authority

PACKAGE = -70020
"""The private claim that holds a package's fields."""
PURPOSE = "离线留存使用"
"""What copies of a package are for: nobody chose anything narrower when they were signed."""
COPY_DAYS = 90
MOST_DAYS, MOST_COPIES = 7, 5
REFERENCE_SIZE = (360, 450)
PRINTED, RETURNED = "package_printed", "package_returned"
"""Kinds of report."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen asks for."""

    terminal: str
    copies: int = 1
    days: int = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A package as the platform keeps it."""

    id: bytes
    tag: str
    issued: Issued
    terminal: str
    begins: int
    ends: int
    copies: int
    content: bytes

    @property
    def place(self) -> tuple[str, str]:
        """Whose certificate it is, and where: of those there is one."""
        return self.issued.identifier, self.terminal


class PackageDesk:
    """Makes packages, and knows which a terminal may have."""

    def __init__(
        self, identity: IdentityService, keys: KeyStore, library: Library,
        proofs: ProofService, faults: Faults, clock: Callable[[], float],
        reports: Callable[[], Iterable[Mapping[str, Any]]] = tuple,
    ) -> None:
        """`reports`: what terminals have reported, each with `kind` and `body`."""
        self._identity = identity
        self._keys = keys
        self._library = library
        self._proofs = proofs
        self._faults = faults
        self._clock = clock
        self._reports = reports
        self._made: dict[tuple[str, str], Made] = {}

    def keep(self, issued: Issued, wish: Wish) -> Made:
        """Make a package; an earlier one of the same certificate there is replaced.

        Raises ValueError for what cannot be kept, KeyError for an unknown terminal.
        """
        if issued.status != "valid":
            raise ValueError("the certificate is not valid")
        if not (1 <= wish.copies <= MOST_COPIES and 1 <= wish.days <= MOST_DAYS):
            raise ValueError(f"at most {MOST_COPIES} copies and {MOST_DAYS} days")
        key = self._identity.key_of(wish.terminal).public_key
        recipient = Recipient(wish.terminal, key)
        package, now = os.urandom(16), int(self._clock())
        ends = now + wish.days * DAY
        secret = card_key(issued.holder, wish.terminal)
        payload = {
            1: self._identity.issuer, 3: wish.terminal, 4: ends, 5: now, 6: now, 7: package,
            PACKAGE: self._fields(issued, wish, package, now),
        }
        forged = "package_forged" in self._faults
        signed = sign_by_authority(payload, self._keys.stranger if forged else self._keys.root)
        made = Made(
            package, tag_of(secret), issued, wish.terminal, now, ends, wish.copies,
            seal(signed, package, secret, recipient),
        )
        self._made[made.place] = made
        return made

    def kept_for(self, terminal: str) -> list[tuple[Made, int]]:
        """What a terminal shall have now, and how many copies of it were printed."""
        used, now = self._used(), self._clock()
        return [
            (one, used.get(one.id.hex(), 0)) for one in self._made.values()
            if one.terminal == terminal and now < one.ends
            and used.get(one.id.hex(), 0) < one.copies
        ]

    def content(self, terminal: str, package: str) -> bytes | None:
        """A sealed package, for the terminal that it is for; None for any other."""
        for one, _ in self.kept_for(terminal):
            if one.id.hex() == package:
                altered = "package_altered" in self._faults
                return change_one_byte(one.content) if altered else one.content
        return None

    def kept_by(self, holder: Person) -> list[tuple[Made, int]]:
        """What somebody asked to be kept and is not over, and how many copies were printed."""
        used, now = self._used(), self._clock()
        return [
            (one, used.get(one.id.hex(), 0)) for one in self._made.values()
            if one.issued.holder.id == holder.id and now < one.ends
        ]

    def take_back(self, holder: Person, package: str) -> bool:
        """Take a package back; False for one that its holder has not."""
        for one, _ in self.kept_by(holder):
            if one.id.hex() == package:
                del self._made[one.place]
                return True
        return False

    def _used(self) -> dict[str, int]:
        """Copies that were printed, by package, as terminals have reported."""
        used: dict[str, int] = {}
        for report in self._reports():
            sign = {PRINTED: 1, RETURNED: -1}.get(report["kind"], 0)
            if sign:
                body = report["body"]
                package = str(body["package"])
                used[package] = used.get(package, 0) + sign * int(body["copies"])
        return used

    def _fields(self, issued: Issued, wish: Wish, package: bytes, now: int) -> dict[int, Any]:
        document = self._library.file(issued)
        days = COPY_DAYS
        if issued.expires:
            days = max(1, min(days, (issued.expires - date.fromtimestamp(now)).days))
        until = date.fromtimestamp(now + days * DAY).isoformat()
        text, pages = text_and_pages(document, issued.type.format)
        known = "\n".join((PURPOSE, self._identity.place(wish.terminal), wish.terminal, until))
        wanted = Wanted(
            wish.terminal, PURPOSE, wish.copies, pages, days, marks_of(text) + marks_of(known)
        )
        return {
            1: issued.as_json(datetime.fromtimestamp(now, UTC)),
            2: document,
            3: face_of(issued.holder),
            4: document_digest(issued.holder, package),
            5: wish.copies,
            6: PURPOSE,
            7: until,
            8: self._proofs.prove(issued, wanted),
        }


def face_of(holder: Person) -> bytes:
    """The reference picture of a holder (JPEG)."""
    picture = draw_portrait(holder.recipe, Pose(), REFERENCE_SIZE)
    return cv2.imencode(".jpg", picture)[1].tobytes()
