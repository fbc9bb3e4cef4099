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
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the platform said, and what the clocks of this machine showed then."""

    apart: timedelta
    """The platform's time less the machine's."""
    wall: datetime
    boot: float


class TrustedClock:
    """What is known of the clock's truth.

    `heard` is for one thread, `prepare` and `remember` are for one thread at a time; `look`
    and `trusted` are for any.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime], since_boot: Callable[[], float],
        built: datetime = BUILT,
    ) -> None:
        """`folder` keeps the last time that was confirmed; `since_boot` gives seconds."""
        self._path = folder / SEEN
        self._now = now
        self._since_boot = since_boot
        self._built = built
        self._remembered: datetime | None = None
        self._heard: _Heard | None = None

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

    def look_at_start(self) -> Obstacle | None:
        """Why the clock cannot be right, whatever the platform will say; None where it may be.

        A clock behind the remembered time does not hold up the start: only a terminal that has
        come up hears the platform, which may find the memory wrong.
        """
        return _before(self._now(), self._built)

    def look(self) -> Obstacle | None:
        """Why the clock is wrong; None where nothing speaks against it."""
        now = self._now()
        apart = self._apart(now)
        if apart is None:
            return _before(now, max(self._built, self._remembered or self._built))
        if abs(apart) > TOLERANCE:
            seconds = round(apart.total_seconds())
            return Obstacle(Reason.CLOCK_WRONG, f"{seconds} s behind the platform's clock")
        # What the platform says now counts for more than what an earlier run remembered.
        return _before(now, self._built)

    def trusted(self) -> bool:
        """Whether the platform confirmed the clock within a day, and nobody has set it since."""
        return self._is_confirmed(self._now())

    def heard(self, date: str | None) -> None:
        """The platform's `Date` header came with an answer; one that is none says nothing."""
        try:
            said = parsedate_to_datetime(date or "")
        except (ValueError, OverflowError):  # the latter for a number that fits no date
            return
        if said.tzinfo is None:
            said = said.replace(tzinfo=UTC)
        now = self._now()
        before = self._apart(now)
        apart = said - now
        if abs(apart) > TOLERANCE and (before is None or abs(before) <= TOLERANCE):
            log.error("the clock is %d s behind the platform's", apart.total_seconds())
        self._heard = _Heard(apart, now, self._since_boot())

    def remember(self) -> None:
        """Keep a confirmed time for later starts, once an hour. Blocks: for a thread.

        It takes the place of a later one, which was wrong.
        """
        now = self._now()
        last = self._remembered
        due = last is None or not last <= now < last + REMEMBER_EVERY
        if not due or not self._is_confirmed(now):
            return
        try:
            write_durably(self._path, now.isoformat().encode("ascii"))
        except OSError as error:
            log.warning("the time cannot be remembered: %s", error)
            return
        self._remembered = now

    def _is_confirmed(self, now: datetime) -> bool:
        heard, apart = self._heard, self._apart(now)
        if heard is None or apart is None or abs(apart) > TOLERANCE:
            return False
        if _before(now, self._built) is not None:
            return False
        return self._since_boot() - heard.boot <= TRUSTED_SECONDS

    def _apart(self, now: datetime) -> timedelta | None:
        """How far the clock is behind the platform's; None where nothing is known of that.

        The time since the machine's start, which nobody sets, tells whether the clock has been
        set since the platform was heard: then what it said of the clock says nothing any more.
        """
        heard = self._heard
        if heard is None:
            return None
        moved = now - heard.wall - timedelta(seconds=self._since_boot() - heard.boot)
        return None if abs(moved) > TOLERANCE else heard.apart - moved


def _before(now: datetime, floor: datetime) -> Obstacle | None:
    if now >= floor - TOLERANCE:
        return None
    return Obstacle(Reason.CLOCK_WRONG, f"{_short(now)} is before {_short(floor)}")


def _short(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
