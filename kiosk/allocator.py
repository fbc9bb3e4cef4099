"""Keeps the C library from spreading memory over arenas.

glibc gives each thread that allocates an arena of its own, up to eight per core, and gives
little of it back. A terminal has some thirty threads, most of which do little: two arenas
are enough, and hold some 15 MB less.
"""

import ctypes

ARENAS = 2
M_ARENA_MAX = -8
"""glibc, malloc.h."""


def limit_arenas(arenas: int = ARENAS) -> bool:
    """To be called before threads begin; False where the C library is not glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt is not None and mallopt(M_ARENA_MAX, arenas))
