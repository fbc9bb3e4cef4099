"""How much goes into one contact, and how long to wait for the next. Pure.

Batches grow while the line carries them quickly and halve when it does not; after a
failure the wait is drawn evenly between nothing and a bound that doubles (full jitter), so
that ten thousand terminals that lost the line together do not come back together.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

LEAST_BYTES = 2 * 1024
MOST_BYTES = 512 * 1024
FIRST_BYTES = 32 * 1024
QUICK_SECONDS, SLOW_SECONDS = 3.0, 10.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
IDLE_SECONDS = 60.0
"""Between contacts when nothing waits: the platform is told that the terminal lives."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How contacts went until now."""

    most_bytes: int = FIRST_BYTES
    failures: int = 0
    """In a row."""

    def after_success(self, seconds: float, *, full: bool) -> "Pace":
        """A contact went through; `full`: its batch was as large as it might be."""
        size = self.most_bytes
        if seconds > SLOW_SECONDS:
            size = max(LEAST_BYTES, size // 2)
        elif seconds < QUICK_SECONDS and full:
            size = min(MOST_BYTES, size * 2)
        return replace(self, most_bytes=size, failures=0)

    def after_failure(self) -> "Pace":
        """A contact did not go through, or its answer was lost."""
        return Pace(max(LEAST_BYTES, self.most_bytes // 2), self.failures + 1)

    def wait(self, random: Callable[[], float], at_least: float = 0.0) -> float:
        """Seconds until the next try after a failure; `at_least`: what the platform asked for."""
        bound = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self.failures - 1, 20))
        return at_least + random() * bound
