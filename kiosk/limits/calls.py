"""How often the platform is asked: token buckets, a kind of call each, and what it asks for.

Each kind has a bucket of its own for each service, so that nothing in the background takes a
citizen's turn; the background also waits a little while a citizen's call is on its way, for
the line may be thin.
Where the platform answers 429 or 503, that kind pauses for what `Retry-After` says (RFC 9110,
10.2.3; RFC 6585, 4) and a time that is drawn (full jitter), so that terminals that were turned
away together do not come back together.
"""

import asyncio
import logging
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.errors import Failure
from kiosk.reasons import Reason

log = logging.getLogger(__name__)

RULES_FILE = Path(__file__).with_name("calls.toml")
CITIZEN = "citizen"
TURNED_AWAY = frozenset({429, 503})
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
LONGEST_ASKED = 3600.0
"""A platform that asks for more is asked again after this."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of call, as the file has it."""

    paths: tuple[str, ...]
    per_second: float
    burst: int
    patience: float
    yields: float


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """The rules of the file, in its order."""
    with RULES_FILE.open("rb") as file:
        return {
            name: Rule(**{**entry, "paths": tuple(entry["paths"])})
            for name, entry in tomllib.load(file).items()
        }


@dataclass(slots=True)
class Bucket:
    """A token bucket, and the pause of its kind. Times are seconds of one clock."""

    rule: Rule
    tokens: float
    filled: float
    paused_until: float = 0.0
    refusals: int = 0
    """In a row."""

    def take(self, now: float) -> float:
        """Take a turn; how many seconds it is until that turn.

        A turn that is not waited for must be given back.
        """
        gained = (now - self.filled) * self.rule.per_second
        self.tokens = min(float(self.rule.burst), self.tokens + gained) - 1.0
        self.filled = now
        owed = max(0.0, -self.tokens) / self.rule.per_second
        return max(owed, self.paused_until - now)

    def give_back(self) -> None:
        """The turn is not used."""
        self.tokens += 1.0

    def turned_away(self, now: float, asked: float, drawn: float) -> float:
        """The platform refused for the load; how long this kind pauses.

        `asked`: seconds of its `Retry-After`; `drawn`: a number from 0 to 1.
        """
        bound = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.refusals, 20))
        self.refusals += 1
        pause = min(asked, LONGEST_ASKED) + drawn * bound
        self.paused_until = max(self.paused_until, now + pause)
        return pause


def asked_seconds(header: str | None, now: datetime) -> float:
    """Seconds that a `Retry-After` asks for, or a date; 0 where it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


Key = tuple[str, str]
"""A kind of call, and the service that it goes to: one that is overloaded stops no other."""


def service_of(url: str) -> str:
    """Which of the platform's services an address is of: host, and the first part of the path."""
    parts = urlsplit(url)
    return f"{parts.netloc}/{parts.path.lstrip('/').partition('/')[0]}"


def named(key: Key) -> str:
    """A kind of call to a service, for the log."""
    return f"{key[0]} calls to {key[1]}"


@dataclass
class Gate:
    """Lets calls to one platform through, each in its turn. For one event loop."""

    clock: Callable[[], float]
    """Seconds; never set back."""
    random: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rules: Mapping[str, Rule] = field(default_factory=shipped_rules)

    def __post_init__(self) -> None:
        self._buckets: dict[Key, Bucket] = {}
        self._citizens = 0
        self._free = asyncio.Event()
        self._free.set()

    def kind_of(self, url: str) -> str:
        """Which kind of call an address is."""
        path = urlsplit(url).path
        return next(
            (name for name, rule in self.rules.items() if path.startswith(rule.paths)), CITIZEN
        )

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator["Turn"]:
        """Wait for the turn of a call, which lasts while the context does. Raises Failure."""
        kind = self.kind_of(url)
        key = kind, service_of(url)
        if key not in self._buckets:
            rule = self.rules[kind]
            self._buckets[key] = Bucket(rule, rule.burst, self.clock())
        await self._wait(key)
        turn = Turn(self, key)
        if kind != CITIZEN:
            yield turn
            return
        self._citizens += 1
        self._free.clear()
        try:
            yield turn
        finally:
            self._citizens -= 1
            if not self._citizens:
                self._free.set()

    async def _wait(self, key: "Key") -> None:
        bucket = self._buckets[key]
        wait = bucket.take(self.clock())
        try:
            if wait > bucket.rule.patience:
                raise Failure(Reason.PLATFORM_ERROR, f"{named(key)} wait {wait:.0f} s")
            if wait > 0:
                await self.sleep(wait)
            if bucket.rule.yields and self._citizens:
                with suppress(TimeoutError):
                    async with asyncio.timeout(bucket.rule.yields):
                        await self._free.wait()
        except BaseException:
            bucket.give_back()
            raise

    def answered(self, key: "Key", status: int, retry_after: str | None) -> None:
        """What the platform said to a call of a kind to a service."""
        bucket = self._buckets[key]
        if status not in TURNED_AWAY:
            if bucket.refusals:
                log.info("the platform takes %s again", named(key))
            bucket.refusals = 0
            return
        first = bucket.refusals == 0
        asked = asked_seconds(retry_after, self.now())
        pause = bucket.turned_away(self.clock(), asked, self.random())
        if first:
            log.warning("the platform turns %s away: %.0f s of pause", named(key), pause)


@dataclass(frozen=True, slots=True)
class Turn:
    """One call that may be made now."""

    gate: Gate
    key: Key

    def answered(self, status: int, retry_after: str | None) -> None:
        """What the platform said."""
        self.gate.answered(self.key, status, retry_after)
