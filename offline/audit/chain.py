"""The chain itself: what is hashed, and how. Pure.

`h_n = SHA-256(0x00 || h_(n-1) || record)`, where `record` is the record's canonical JSON
(sorted keys, no spaces, UTF-8) and `h_0` follows from the terminal's and the chain's
names, so that no chain continues another's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, str | int]
LEAF = b"\x00"
"""As RFC 9162, 2.1.1 marks leaves: a record is never taken for anything else that is hashed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, before it stands in a chain."""

    event: str
    fields: Fields
    visit: int | None
    at: str
    boot: str
    since_boot: float
    trusted: bool
    """Whether the wall's time was known to be right."""


def genesis(kiosk: str, chain: str) -> bytes:
    """The hash before the first record."""
    return hashlib.sha256(canonical({"chain": chain, "kiosk": kiosk})).digest()


def canonical(value: Mapping[str, object]) -> bytes:
    """One way to write JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def record(number: int, entry: Entry) -> bytes:
    """A record as it is hashed and kept."""
    return canonical({
        "at": entry.at, "boot": entry.boot, "event": entry.event, "fields": dict(entry.fields),
        "number": number, "since_boot": round(entry.since_boot, 3), "trusted": entry.trusted,
        "visit": entry.visit,
    })


def follow(before: bytes, content: bytes) -> bytes:
    """The hash after a record."""
    return hashlib.sha256(LEAF + before + content).digest()
