"""What keeps citizens' data from staying on this machine, and whether it holds: for health."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.hygiene import dumps, memory, scratch, spool, swap


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to hold."""

    name: str
    holds: bool
    otherwise: str
    """What it means and what to do where it does not, for a technician."""


def look() -> list[Check]:
    """All of them, as they are in this process now."""
    return [Check(name, holds(), otherwise) for name, (holds, otherwise) in CHECKS.items()]


CHECKS: dict[str, tuple[Callable[[], bool], str]] = {
    "memory_overwritten": (
        memory.is_overwritten,
        "memory that was given back keeps what stood in it; glibc is needed",
    ),
    "no_dumps": (dumps.are_forbidden, "a crash may write all memory to the disk"),
    "no_swap": (
        lambda: not swap.is_possible(),
        "memory may be swapped to the disk: MemorySwapMax=0 in the unit, or swapoff",
    ),
    "temporary_files_in_memory": (
        scratch.in_memory_now, "temporary files are made on the disk: see TMPDIR"
    ),
    "spooler_keeps_nothing": (
        lambda: not spool.keeps_documents(),
        "CUPS keeps what was printed: cupsctl PreserveJobFiles=No",
    ),
}
