"""Searches processes and folders, from outside, for what must not be there."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import psutil

from tests.whole.canaries import Needle

HEAD = 6
"""Bytes of a needle by which it is known."""
STEP = 64 * 1024 * 1024
"""Bytes of memory that are looked at at once."""


class Searcher:
    """Looks for many byte strings at once."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._needles: dict[bytes, list[Needle]] = {}
        for needle in needles:
            self._needles.setdefault(needle.content[:HEAD], []).append(needle)
        self.longest = max(len(n.content) for group in self._needles.values() for n in group)
        self._tables = []
        for place in range(0, HEAD, 2):
            table = np.zeros(65536, np.bool_)
            table[[int.from_bytes(head[place : place + 2], "little") for head in self._needles]] = 1
            self._tables.append(table)

    def search(self, content: bytes) -> Counter[Needle]:
        """Which of them a content holds, and how often."""
        found: Counter[Needle] = Counter()
        if len(content) < HEAD:
            return found
        for odd in (0, 1):
            pairs = np.frombuffer(content, "<u2", (len(content) - odd) // 2, odd)
            heads = np.flatnonzero(self._tables[0][pairs])
            for place, table in enumerate(self._tables[1:], 1):
                heads = heads[heads + place < len(pairs)]
                heads = heads[table[pairs[heads + place]]]
            for head in heads * 2 + odd:
                for needle in self._needles.get(content[head : head + HEAD], ()):
                    found[needle] += content.startswith(needle.content, int(head))
        return +found


def processes_of(pid: int) -> list[int]:
    """A process and all that it started, and they."""
    own = psutil.Process(pid)
    return [pid, *(child.pid for child in own.children(recursive=True))]


def memory_of(pid: int, overlap: int = 0) -> Iterator[tuple[str, int, bytes]]:
    """All that a process can read, in pieces: what is mapped there, where, and the bytes.

    Neighbouring pieces of a mapping overlap. Raises PermissionError where this process may
    not look.
    """
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, access, _, _, _, *name = line.split(maxsplit=5)
            if "r" not in access or (name and name[0].startswith(("[vvar", "[vsyscall"))):
                continue
            begin, end = (int(one, 16) for one in place.split("-"))
            for at in range(begin, end, STEP):
                try:
                    memory.seek(at)
                    content = memory.read(min(STEP + overlap, end - at))
                except (OSError, OverflowError):
                    continue  # pages behind the end of a file; a mapping that is gone
                yield (name[0].strip() if name else "", at, content)


def search_memory(pid: int, needles: Iterable[Needle]) -> Counter[Needle]:
    """What a process and all that it started hold, those too that are started meanwhile.

    One that ends meanwhile holds nothing. Raises PermissionError as `memory_of` does.
    """
    searcher, found, seen = Searcher(needles), Counter[Needle](), set[int]()
    while fresh := [one for one in processes_of(pid) if one not in seen]:
        for one in fresh:
            seen.add(one)
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for _, _, content in memory_of(one, searcher.longest - 1):
                    found += searcher.search(content)
    return found


def read_memory(pid: int, at: int, length: int) -> bytes:
    """What stands at a place in the memory of a process."""
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        memory.seek(at)
        return memory.read(length)


def search_folders(folders: Iterable[Path], needles: Iterable[Needle]) -> Counter[Needle]:
    """What names and contents of all files below some folders hold."""
    searcher, found = Searcher(needles), Counter[Needle]()
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = Path(root, name)
                found += searcher.search(bytes(path))
                if path.is_file():
                    found += searcher.search(path.read_bytes())
    return found
