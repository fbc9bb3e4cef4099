"""Time as records carry it: the wall's, the time since the machine's start, and which start."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Clock:
    """Where records take their time from."""

    now: Callable[[], datetime]
    """The wall's time, with its zone; it may be wrong."""
    since_boot: Callable[[], float]
    """Seconds since the machine started; never goes back within one boot."""
    boot: str
    """Which start of the machine this is."""
    trusted: Callable[[], bool]
    """Whether the wall's time is known to be right."""


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Seconds since the machine started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def read_boot_id(path: Path = BOOT_ID) -> str:
    """The kernel's name for this start of the machine. Raises OSError."""
    return path.read_text(encoding="ascii").strip()


def system_clock(trusted: Callable[[], bool] = lambda: True) -> Clock:
    """The machine's own clocks."""
    return Clock(utc_now, since_boot, read_boot_id(), trusted)
