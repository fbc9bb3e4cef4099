"""Whether the machine's clock can be believed.

A clock that stands before this software was made, or before a time that was once confirmed,
is wrong: its battery is empty, or somebody has set it. The platform's `Date` (RFC 9110,
section 6.6.1) confirms a time or contradicts it; what was confirmed counts for a day, by the
time since the machine's start, which nobody sets.

Only a confirmed time is remembered: a clock that once ran ahead would otherwise make every
right time look wrong for ever.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from kiosk.alive.obstacle import Obstacle
from kiosk.reasons import Reason
from offline.durable import write_durably

log = logging.getLogger(__name__)

BUILT = datetime(2026, 11, 24, tzinfo=UTC)
"""No right clock stands before this day; each release moves it."""
SEEN = "clock"
TOLERANCE = timedelta(minutes=5)
"""So far may clock and platform be apart: tokens and lists of the platform bear that much."""
TRUSTED_SECONDS = 86_400.0
"""For so long a time that the platform confirmed counts as right."""
REMEMBER_EVERY = timedelta(hours=1)


class TrustedClock:
    """What is known of the clock's truth. For one thread, but for `trusted`."""

    def __init__(
        self, folder: Path, now: Callable[[], datetime], since_boot: Callable[[], float],
        built: datetime = BUILT,
    ) -> None:
        """`folder` keeps the last time that was confirmed; `since_boot` gives seconds."""
        self._path = folder / SEEN
        self._now = now
        self._since_boot = since_boot
        self._floor = built
        self._remembered: datetime | None = None
        self._confirmed: float | None = None
        self._apart: timedelta | None = None

    def prepare(self) -> None:
        """Read the last time that was confirmed; what cannot be read says nothing."""
        try:
            seen = datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            log.warning("the last time that was confirmed is lost: %s", error)
            return
        if seen.tzinfo is not None:
            self._remembered = seen
            self._floor = max(self._floor, seen)

    def look(self) -> Obstacle | None:
        """Why the clock is wrong; None where nothing speaks against it."""
        now = self._now()
        if now < self._floor - TOLERANCE:
            detail = f"{_short(now)} is before {_short(self._floor)}"
            return Obstacle(Reason.CLOCK_WRONG, detail)
        if self._apart is not None and abs(self._apart) > TOLERANCE:
            seconds = round(self._apart.total_seconds())
            return Obstacle(Reason.CLOCK_WRONG, f"{seconds} s behind the platform's clock")
        return None

    def trusted(self) -> bool:
        """Whether the platform has confirmed the clock within a day."""
        if self._confirmed is None or self.look() is not None:
            return False
        return self._since_boot() - self._confirmed <= TRUSTED_SECONDS

    def heard(self, date: str | None) -> None:
        """The platform's `Date` header came with an answer; one that is none says nothing."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if said.tzinfo is None:
            said = said.replace(tzinfo=UTC)
        now = self._now()
        before, self._apart = self._apart, said - now
        wrong = abs(self._apart) > TOLERANCE
        if wrong and (before is None or abs(before) <= TOLERANCE):
            log.error("the clock is %d s behind the platform's", self._apart.total_seconds())
        self._confirmed = None if wrong else self._since_boot()

    def remember(self) -> None:
        """Keep a confirmed time for later starts, once an hour. Blocks: for a thread."""
        now = self._now()
        due = self._remembered is None or now - self._remembered >= REMEMBER_EVERY
        if not due or not self.trusted():
            return
        try:
            write_durably(self._path, now.isoformat().encode("ascii"))
        except OSError as error:
            log.warning("the time cannot be remembered: %s", error)
            return
        self._remembered, self._floor = now, max(self._floor, now)


def _short(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
