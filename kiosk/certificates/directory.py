"""The directory of regional libraries: where other regions' certificates are asked for.

A COSE_Sign1 object, signed by an authority of the trust folder and kept as the lists for printed
copies are (docs/certificates.md). An address that is not in it never sees a citizen's token. So
none that is forged, has run out, or is older than the one that is kept takes its place.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kiosk.certificates.port import Region
from kiosk.certificates.proof.cose import BadCose, as_map
from kiosk.certificates.proof.keep import Fetch, KeptLists
from kiosk.certificates.proof.signed import (
    ISSUED_AT,
    TTL,
    moment,
    number,
    verified_claims,
)
from kiosk.certificates.trust import load_trust
from kiosk.gm import TrustList

log = logging.getLogger(__name__)

WHAT = "the directory of regions"
FILE = "directory.cose"
NUMBER, HOME, REGIONS = -70004, -70005, -70003
AREA = re.compile(r"[0-9]{6}")
"""An area's code of GB/T 2260."""
CLOCK_GRACE = timedelta(days=1)


class StaleDirectory(BadCose):
    """A directory whose time is over, or that is older than one that was seen before."""


@dataclass(frozen=True, slots=True)
class RegionalEntry:
    """A region's library: its address, and between which times it may be asked."""

    region: Region
    address: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory, verified."""

    number: int
    """Grows with every change of the directory."""
    home: Region
    """The region whose platform gave it."""
    entries: tuple[RegionalEntry, ...]
    """The other regions."""
    made: datetime
    good_until: datetime

    def open_at(self, now: datetime) -> tuple[RegionalEntry, ...]:
        """Regions that may be asked now: none where the directory has run out."""
        if now > self.good_until:
            return ()
        return tuple(one for one in self.entries if one.begins <= now <= one.ends)


def read_directory(data: bytes, trust: TrustList) -> Directory:
    """Verify a directory's signature and read it. Raises BadCose."""
    claims = verified_claims(data, trust, WHAT)
    made = moment(claims.get(ISSUED_AT))
    listed = claims.get(REGIONS)
    if not isinstance(listed, list | tuple):
        raise BadCose(f"{WHAT}: it has none")
    entries = {one.region.code: one for one in map(_entry, listed)}
    if len(entries) != len(listed):
        raise BadCose(f"{WHAT}: a region is there twice")
    home = entries.pop(_words(claims.get(HOME), "its home"), None)
    if home is None:
        raise BadCose(f"{WHAT}: its home is not among the regions")
    return Directory(
        number(claims.get(NUMBER)), home.region, tuple(entries.values()),
        made, made + timedelta(seconds=number(claims.get(TTL))),
    )


def check_time(new: Directory, kept: Directory | None, now: datetime) -> None:
    """Whether a directory may take the place of the kept one. Raises StaleDirectory."""
    if now > new.good_until:
        raise StaleDirectory(f"{WHAT}: its time was over at {new.good_until.isoformat()}")
    if new.made > now + CLOCK_GRACE:
        raise StaleDirectory(f"{WHAT}: it was made in the future, at {new.made.isoformat()}")
    if kept is not None and new.number < kept.number:
        raise StaleDirectory(f"{WHAT}: number {new.number} after {kept.number} was kept")
    if kept is not None and new.made < kept.made:
        raise StaleDirectory(f"{WHAT}: it is older than the kept one")


class KeptDirectory(KeptLists):
    """The directory in a terminal's folder, and in its memory."""

    def __init__(
        self, fetch: Fetch, folder: Path, trust: Path, now: Callable[[], datetime]
    ) -> None:
        """`fetch` gives one object; `trust` is the folder of authorities."""
        super().__init__(WHAT, fetch, self._take, folder, (FILE,))
        self._trust = trust
        self._now = now
        self.current: Directory | None = None
        """The last good one; it may have run out since."""
        self._remember()

    def _remember(self) -> None:
        """Begin with what was kept; one that does not verify any more is not used."""
        try:
            self.current = read_directory(self.kept()[0], load_trust(self._trust).chains)
        except FileNotFoundError:
            log.info("%s: none is kept yet", WHAT)
        except (ValueError, OSError) as error:
            log.warning("%s: the kept one is not used: %s", WHAT, error)

    def _take(self, lists: Sequence[bytes]) -> None:
        new = read_directory(lists[0], load_trust(self._trust).chains)
        check_time(new, self.current, self._now())
        self.current = new


def _entry(item: object) -> RegionalEntry:
    fields = as_map(item, "a region")
    code = _words(fields.get(1), "a region's code")
    if not AREA.fullmatch(code):
        raise BadCose(f"a region's code {code!r} is not of six digits")
    names = (_words(fields.get(key), f"the name of {code}") for key in (2, 3))
    return RegionalEntry(
        Region(code, *names), _address(fields.get(4), code),
        moment(fields.get(5)), moment(fields.get(6)),
    )


def _words(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadCose(f"{what} is not there")
    return value


def _address(value: Any, code: str) -> str:
    """A library's address: HTTPS, or this machine's own for simulations. Raises BadCose."""
    written = _words(value, f"the address of {code}")
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError as error:
        raise BadCose(f"the address of {code}: {error}") from error
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    private = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    if not (plain and private and parts.hostname):
        raise BadCose(f"the address of {code} is no plain HTTPS address")
    return written.rstrip("/")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
