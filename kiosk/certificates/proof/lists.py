"""Whom to trust for printed copies, and which copies were revoked: two signed lists.

Both are COSE_Sign1 objects, signed by an authority of the terminal's trust folder; they are
fetched while there is a line and kept for when there is none.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.certificates.proof.cose import BadCose, Key, as_map, to_algorithm
from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.certificates.proof.signed import (
    ISSUED_AT,
    TTL,
    key_id,
    moment,
    number,
    verified_claims,
)
from kiosk.gm import TrustList

STATUS_LIST = 65533
"""The claim of the token status list (draft-ietf-oauth-status-list)."""
KEYS = -70002
LARGEST_LIST = 64 << 20
"""Bits; so many copies can be told apart."""


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A key that signs codes, whose it is, and when it may be used."""

    key: Key
    name: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Lists:
    """Both lists, verified."""

    keys: dict[bytes, PaperKey]
    revoked: bytes
    """A bit for each copy, the first in the lowest bit of the first byte."""
    as_of: datetime
    """When the older of the two was made."""
    good_until: datetime
    made: tuple[datetime, datetime]
    """When the list of keys and that of revoked copies were made."""

    def is_revoked(self, index: int) -> bool:
        """Whether a copy was revoked; copies beyond the list were not."""
        place, bit = divmod(index, 8)
        return 0 <= place < len(self.revoked) and bool(self.revoked[place] >> bit & 1)


def load_lists(folder: Path, trust: TrustList) -> Lists:
    """The lists that lie in a folder. Raises BadCose, OSError."""
    return read_lists(
        (folder / KEYS_FILE).read_bytes(), (folder / STATUS_FILE).read_bytes(), trust
    )


def read_lists(keys: bytes, status: bytes, trust: TrustList) -> Lists:
    """Verify both lists. Raises BadCose."""
    key_claims = verified_claims(keys, trust, "the list of keys")
    status_claims = verified_claims(status, trust, "the list of revoked copies")
    made = [moment(one.get(ISSUED_AT)) for one in (key_claims, status_claims)]
    ends = [
        when + timedelta(seconds=number(one.get(TTL)))
        for when, one in zip(made, (key_claims, status_claims), strict=True)
    ]
    entries = key_claims.get(KEYS)
    if not isinstance(entries, list | tuple):
        raise BadCose("the list of keys has none")
    return Lists(
        dict(_entry(one) for one in entries), _bits(status_claims), min(made), min(ends),
        (made[0], made[1]),
    )


def _entry(item: object) -> tuple[bytes, PaperKey]:
    fields = as_map(item, "a key")
    der, name = fields.get(2), fields.get(3)
    if not isinstance(der, bytes) or not isinstance(name, str):
        raise BadCose("a key without its parts")
    key = Key(to_algorithm(fields.get(1)), der)
    times = moment(fields.get(4)), moment(fields.get(5))
    return key_id(der), PaperKey(key, name, *times)


def _bits(claims: dict[Any, Any]) -> bytes:
    packed = as_map(claims.get(STATUS_LIST), "the status list").get("lst")
    if not isinstance(packed, bytes):
        raise BadCose("the status list is empty")
    state = zlib.decompressobj()
    try:
        bits = state.decompress(packed, LARGEST_LIST // 8)
    except zlib.error as error:
        raise BadCose(f"the status list: {error}") from error
    if not state.eof:
        raise BadCose("the status list is too long")
    return bits
