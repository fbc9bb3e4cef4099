"""Memory that is given back is overwritten at once, whoever had it.

Python and the C library keep what is given back for whoever asks next, with all that stood in
it. glibc can overwrite it (mallopt(3), M_PERTURB), but not what goes through its caches per
thread, nor what Python's own allocator keeps. Three settings close these gaps; they are read
when a process starts, so the terminal begins anew with them, once. Workers go without: they
end with each visit, and the kernel hands out pages only after it has cleared them.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from typing import NoReturn

PATTERN = 0x5A
"""With its complement, what fresh and returned memory holds."""
TUNABLES = "GLIBC_TUNABLES"
TUNED = f"glibc.malloc.perturb={PATTERN}:glibc.malloc.tcache_count=0"
SETTINGS = {"PYTHONMALLOC": "malloc", TUNABLES: TUNED}
"""PYTHONMALLOC: Python asks the C library for each object (Python's command line)."""
MOST_ARGUMENTS = 1024
"""What ctypes takes (CTYPES_MAX_ARGCOUNT): some 70 kB of stack."""
PROBE_BYTES = 600
"""More than any list of small blocks keeps, less than what is mapped by itself."""


def begin_anew(
    environment: Mapping[str, str] = os.environ,
    execute: Callable[[str, list[str], dict[str, str]], NoReturn] = os.execve,
) -> None:
    """Run the same command again with the settings; return where they are there already.

    To be called before anything else is loaded: all that was done is done again.
    """
    if all(environment.get(name) == value for name, value in SETTINGS.items()):
        return
    execute(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**environment, **SETTINGS})


def without_overwriting(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a process that ends with the visit: it need not pay for it."""
    return {
        name: value for name, value in environment.items() if SETTINGS.get(name) != value
    }


def is_overwritten() -> bool:
    """Whether memory that is given back is overwritten in this process: tried, not believed."""
    probe = os.urandom(PROBE_BYTES)
    kept, seen = bytearray(probe), ctypes.create_string_buffer(PROBE_BYTES)
    address = id(probe) + bytes.__basicsize__ - 1
    del probe
    ctypes.memmove(seen, address, PROBE_BYTES)
    # The ends hold what the C library notes there of free memory.
    middle = slice(PROBE_BYTES // 4, -PROBE_BYTES // 4)
    return kept[middle] != seen.raw[middle] and len(set(seen.raw[middle])) == 1


def overwrite_stack() -> None:
    """Overwrite what earlier calls left on this thread's stack, below where it is now.

    Libraries put requests together in buffers there (aiohttp: 16 kB). ctypes lays out all
    arguments of a call on the stack, some 70 bytes for each, and clears that room before.
    """
    ctypes.CDLL(None).getpid(*[0] * MOST_ARGUMENTS)


def trim() -> None:
    """Give back to the system what is free."""
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
