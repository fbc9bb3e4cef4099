"""Whether the kernel may write this process's memory to a disk.

What is swapped out stays on the disk after the process ended. The terminal's unit forbids it
(`MemorySwapMax=0`, systemd.resource-control(5)); where neither the unit nor the machine does,
this says so.
"""

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")
UNIFIED = "0::"
"""How the line of the one hierarchy of version 2 begins (cgroups(7))."""


def is_possible(proc: Path = PROC, groups: Path = GROUPS) -> bool:
    """Whether there is swap on a disk, and nothing keeps this process from it."""
    return bool(_on_disk(proc)) and not any(
        limit.read_text().strip() == "0" for limit in _limits(proc, groups)
    )


def _on_disk(proc: Path) -> list[str]:
    """The places that are swapped to, without those that are memory themselves."""
    swaps = proc / "swaps"
    if not swaps.exists():
        return []
    places = [line.split()[0] for line in swaps.read_text().splitlines()[1:] if line.strip()]
    return [place for place in places if not Path(place).name.startswith("zram")]


def _limits(proc: Path, groups: Path) -> Iterator[Path]:
    """The files with the limits of this process's group and of those above it."""
    lines = (proc / "self/cgroup").read_text().splitlines()
    own = next((line.removeprefix(UNIFIED) for line in lines if line.startswith(UNIFIED)), "/")
    folder = groups / own.lstrip("/")
    while folder.is_relative_to(groups):
        limit = folder / "memory.swap.max"
        if limit.exists():
            yield limit
        folder = folder.parent
