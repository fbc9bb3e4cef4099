"""What a signed manifest says of a publication's files, and what of them has to be fetched. Pure.

Whoever verifies a manifest's signature is passed in (`publication.py`); this is what counts
once it holds: names that lead nowhere else, a time that is not over, a number that only grows.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from offline.sync.failures import SyncFailure, SyncReason

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_FILES = 1000
LARGEST_FILE, LARGEST_ALL = 32 << 20, 128 << 20
"""Bytes."""
CLOCK_GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a publication."""

    size: int
    digest: str
    """SHA-256, in hex."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of a publication at one time."""

    number: int
    """Grows with every change."""
    made: datetime
    good_until: datetime
    files: Mapping[str, Entry]

    def __post_init__(self) -> None:
        """Raises SyncFailure (NOT_UNDERSTOOD) where it names what no publication has."""
        if len(self.files) > MOST_FILES:
            raise _not_understood(f"{len(self.files)} files")
        for name, entry in self.files.items():
            if not NAME.fullmatch(name):
                raise _not_understood(f"a file's name: {name!r}")
            if not DIGEST.fullmatch(entry.digest) or not 0 <= entry.size <= LARGEST_FILE:
                raise _not_understood(f"{name}: digest or size")
        total = sum(one.size for one in self.files.values())
        if total > LARGEST_ALL:
            raise _not_understood(f"{total} bytes")


def check_follows(new: Manifest, kept: Manifest | None, now: datetime) -> None:
    """Whether a manifest may take the kept one's place. Raises SyncFailure (STALE)."""
    if now > new.good_until:
        raise _stale(f"its time was over at {new.good_until.isoformat()}")
    if new.made > now + CLOCK_GRACE:
        raise _stale(f"it was made in the future, at {new.made.isoformat()}")
    if kept is None:
        return
    if new.number < kept.number:
        raise _stale(f"number {new.number} after {kept.number} was kept")
    if new.made < kept.made:
        raise _stale(f"one of {new.made.isoformat()} after one of {kept.made.isoformat()}")
    if new.number == kept.number and new.files != kept.files:
        raise _stale(f"number {new.number} twice, with other files")


def missing(new: Manifest, have: Container[str]) -> list[Entry]:
    """What has to be fetched, each content once; `have`: digests of what is kept and whole."""
    wanted = {one.digest: one for one in new.files.values() if one.digest not in have}
    return list(wanted.values())


def _not_understood(detail: str) -> SyncFailure:
    return SyncFailure(SyncReason.NOT_UNDERSTOOD, f"manifest: {detail}")


def _stale(detail: str) -> SyncFailure:
    return SyncFailure(SyncReason.STALE, f"manifest: {detail}")
