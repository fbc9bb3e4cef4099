"""How large a terminal is: memory, threads, descriptors, and what lies on its disk."""

import ctypes
import gc
import os
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
_LIBC = ctypes.CDLL("libc.so.6")


def sample(state: Path) -> dict[str, int]:
    """Of this process, after what is free was given back; `state` is the terminal's folder."""
    gc.collect()
    # What malloc keeps for later is not growth.
    _LIBC.malloc_trim(0)
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE
    files = [one for one in state.rglob("*") if one.is_file()]
    return {
        "rss_kib": resident // 1024,
        "threads": len(os.listdir("/proc/self/task")),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "disk_kib": sum(one.stat().st_size for one in files) // 1024,
        "files": len(files),
    }
