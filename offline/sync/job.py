"""A sync job: what it is called, when it runs, how its last run ended. Pure but for its table.

The states are in the vault, so that they outlast a restart and `python -m offline inspect`
shows them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from offline.sync.failures import SyncFailure

if TYPE_CHECKING:
    # It brings the ciphers, which whoever only refreshes something does not need.
    from offline.transaction import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS sync_job (
    name TEXT PRIMARY KEY,
    result TEXT NOT NULL,
    detail TEXT NOT NULL,
    ended_at TEXT,
    good_at TEXT,
    next_at TEXT NOT NULL,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
NEVER = "never"
"""The result of a job that has not run yet."""


class Outcome(StrEnum):
    """How a run ends that does not fail."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"


Random = Callable[[], float]
"""Evenly in [0, 1)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs. Seconds."""

    every: float = 3600.0
    jitter: float = 0.1
    """Up to this part of `every` earlier, so that terminals do not all come at once."""
    at_start: bool = False
    """Whether it runs at each start of the terminal, too."""
    first_wait: float = 5.0
    longest_wait: float = 300.0
    """After failures the wait is drawn evenly below a bound that doubles (full jitter)."""
    limit: float = 1800.0
    """How long one run may take."""

    def after_good(self, random: Random) -> timedelta:
        """How long to wait after a run that did not fail."""
        return timedelta(seconds=self.every * (1 - self.jitter * random()))

    def after_failure(self, failures: int, random: Random) -> timedelta:
        """How long to wait after so many failures in a row."""
        bound = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 20))
        return timedelta(seconds=bound * random())


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is refreshed."""

    name: str
    work: Callable[[], Awaitable[Outcome]]
    """Refreshes it once. Raises SyncFailure."""
    schedule: Schedule = Schedule()


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands."""

    name: str
    next_at: datetime
    result: str = NEVER
    """An Outcome, a SyncReason, or NEVER."""
    detail: str = ""
    ended_at: datetime | None = None
    """When the last run ended."""
    good_at: datetime | None = None
    """When the last run ended that did not fail."""
    failures: int = 0
    """In a row."""


def after_run(
    job: Job, before: JobState, ended: Outcome | SyncFailure, now: datetime, random: Random
) -> JobState:
    """How a job stands after a run."""
    if isinstance(ended, SyncFailure):
        failures = before.failures + 1
        return replace(
            before, result=ended.reason.value, detail=ended.detail, ended_at=now,
            failures=failures, next_at=now + job.schedule.after_failure(failures, random),
        )
    return replace(
        before, result=ended.value, detail="", ended_at=now, good_at=now, failures=0,
        next_at=now + job.schedule.after_good(random),
    )


def at_start(job: Job, kept: JobState | None, now: datetime) -> JobState:
    """How a job stands when the terminal starts.

    A next time beyond the interval was set by a clock that was wrong, so it does not count.
    """
    if kept is None:
        return JobState(job.name, now)
    furthest = now + timedelta(seconds=max(job.schedule.every, job.schedule.longest_wait))
    if job.schedule.at_start or kept.next_at > furthest:
        return replace(kept, next_at=now)
    return kept


def load_state(txn: "Transaction", name: str) -> JobState | None:
    """What is kept of a job."""
    rows = txn.execute(
        "SELECT next_at, result, detail, ended_at, good_at, failures FROM sync_job WHERE name = ?",
        (name,),
    )
    if not rows:
        return None
    next_at, result, detail, ended_at, good_at, failures = rows[0]
    return JobState(
        name, datetime.fromisoformat(next_at), result, detail, _moment(ended_at),
        _moment(good_at), failures,
    )


def keep_state(txn: "Transaction", state: JobState) -> None:
    """Keep how a job stands."""
    txn.execute(
        "INSERT OR REPLACE INTO sync_job VALUES (?, ?, ?, ?, ?, ?, ?)",
        (state.name, state.result, state.detail, _text(state.ended_at), _text(state.good_at),
         state.next_at.isoformat(), state.failures),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
