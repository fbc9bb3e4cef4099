"""The outbox's lanes: who goes first, how long things keep, and what is thrown away first.

A citizen's words are never thrown away, nor is the audit. Where even they find no room the
terminal goes out of service, before anything is lost.
"""

from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """Where a record waits."""

    CITIZEN = "citizen"
    """What a citizen left: a request, a complaint, a rating; the use of a sealed package."""
    AUDIT = "audit"
    """Records of the audit."""
    REPORT = "report"
    """What the terminal says of itself: paper counted, parts lost."""
    TELEMETRY = "telemetry"
    """Figures."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a lane is treated."""

    rank: int
    """Lanes of a smaller rank are sent first."""
    shed: int | None
    """In which order lanes are thrown away from, oldest first; None: never."""
    keeps_seconds: float | None
    """How long a record is worth sending; None: for ever."""


RULES = {
    Lane.CITIZEN: Rule(rank=0, shed=None, keeps_seconds=None),
    Lane.AUDIT: Rule(rank=1, shed=None, keeps_seconds=None),
    Lane.REPORT: Rule(rank=2, shed=2, keeps_seconds=30 * 86400.0),
    Lane.TELEMETRY: Rule(rank=3, shed=1, keeps_seconds=2 * 86400.0),
}
BY_RANK = tuple(sorted(RULES, key=lambda lane: RULES[lane].rank))
SHED_FIRST = tuple(
    sorted((one for one in RULES if RULES[one].shed is not None),
           key=lambda lane: RULES[lane].shed or 0)
)
"""Lanes that may be thrown away from, the first to go first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait, in bytes of sealed records."""

    soft: int = 64 * 1024 * 1024
    """Above this, lanes that may be are thrown away from; the terminal is to go out of service
    where that was not enough."""
    hard: int = 96 * 1024 * 1024
    """Above this, nothing is taken any more: room for what a visit that runs may still leave."""
