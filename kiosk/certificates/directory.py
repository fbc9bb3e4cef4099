"""The directory of regional libraries: where other regions' certificates are asked for.

An address that is not in it never sees a citizen's token. So none that is forged, has run out, or
is older than the one that is kept takes its place. Its signature is verified in a process apart
(`directory_file.py`); what is kept is used when there is no line.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.certificates.port import Region
from kiosk.certificates.proof.keep import NOT_GOOD, Fetch, KeptLists, verify
from kiosk.worker import Fields

log = logging.getLogger(__name__)

WHAT = "the directory of regions"
FILE = "directory.cose"
CLOCK_GRACE = timedelta(days=1)


class StaleDirectory(ValueError):
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

    def as_json(self) -> Fields:
        """What crosses from the process that verified it; `of_json` reads it."""
        return {
            "number": self.number, "home": asdict(self.home),
            "made": self.made.isoformat(), "good_until": self.good_until.isoformat(),
            "entries": [
                {
                    "region": asdict(one.region), "address": one.address,
                    "begins": one.begins.isoformat(), "ends": one.ends.isoformat(),
                }
                for one in self.entries
            ],
        }

    @classmethod
    def of_json(cls, said: Fields) -> "Directory":
        """The directory that `as_json` wrote."""
        return cls(
            said["number"], Region(**said["home"]),
            tuple(
                RegionalEntry(
                    Region(**one["region"]), one["address"],
                    datetime.fromisoformat(one["begins"]), datetime.fromisoformat(one["ends"]),
                )
                for one in said["entries"]
            ),
            datetime.fromisoformat(said["made"]), datetime.fromisoformat(said["good_until"]),
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
        super().__init__(fetch, self._take, folder, (FILE,))
        self._trust = trust
        self._now = now
        self.current: Directory | None = None
        """The last good one; it may have run out since."""

    async def remember(self) -> None:
        """Use what was kept; one that does not verify any more is not used."""
        try:
            self.current = await self._read(self.kept())
        except FileNotFoundError:
            log.info("%s: none is kept yet", WHAT)
        except NOT_GOOD as error:
            log.warning("%s: the kept one is not used: %s", WHAT, error)

    async def _take(self, lists: Sequence[bytes]) -> None:
        new = await self._read(lists)
        check_time(new, self.current, self._now())
        self.current = new

    async def _read(self, lists: Sequence[bytes]) -> Directory:
        return Directory.of_json(await verify("directory", self._trust, lists))
