"""Where temporary files go: a folder in memory that only this user can enter.

It is emptied when the terminal starts, so that nothing stays of a visit that a power cut or
a kill ended, and after each visit.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)

IN_MEMORY = frozenset({"tmpfs", "ramfs"})
"""Kinds of file systems that keep nothing on a disk, as long as there is no swap."""
PLACES = ("RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR")
"""Variables that name a folder of this process's own, the unit's first (systemd.exec(5))."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (the folder in it is our own, or is refused)
MOUNTS = Path("/proc/self/mountinfo")


class NoScratch(Exception):
    """No folder in memory can be had; the message says what was tried."""


class Scratch:
    """The folder of one terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(
        cls,
        terminal: str,
        environment: Mapping[str, str] = os.environ,
        mounts: Path = MOUNTS,
        shared: Path = SHARED_MEMORY,
    ) -> "Scratch":
        """Take the first place that is in memory, and empty the folder there. Raises NoScratch."""
        named = [Path(environment[name]) for name in PLACES if environment.get(name)]
        tried = []
        for place in (*named, shared):
            if file_system_of(place, mounts.read_text()) not in IN_MEMORY:
                tried.append(f"{place}: not in memory")
                continue
            scratch = cls(place / f"tongban-{os.getuid()}-{terminal}")
            try:
                scratch._make()
            except OSError as error:
                tried.append(f"{place}: {error.strerror}")
                continue
            return scratch
        raise NoScratch("no folder for temporary files: " + "; ".join(tried))

    def use(self) -> None:
        """Have all temporary files of this process, and of those it starts, made here."""
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.folder)

    def empty(self) -> None:
        """Remove all that is in it; what cannot be removed is told.

        A folder that has gone is made again: what comes after a visit's end goes on.
        """
        if not self.folder.exists():
            log.warning("the folder for temporary files has gone; it is made again")
        try:
            self._make()
        except OSError as error:
            log.error("there is no folder for temporary files: %s", error.strerror)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        """Make the folder, or take the one that is there, if it is ours. Raises OSError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        found = self.folder.lstat()
        if self.folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise PermissionError(1, "somebody else's, or open to others")
        self._remove_all()

    def _remove_all(self) -> None:
        for entry in self.folder.iterdir():
            try:
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
            except OSError as error:
                log.error("a temporary file stays: %s", error.strerror)


def file_system_of(place: Path, mounts: str) -> str:
    """The kind of file system on which a folder is; empty where there is none.

    `mounts` is as in /proc/self/mountinfo (proc(5)): the longest mount point that leads there,
    and of several on the same point the last.
    """
    kind, longest = "", -1
    if not place.is_dir():
        return kind
    real = place.resolve()
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(_unescape(before.split()[4]))
        if real.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split()[0], len(point.parts)
    return kind


def _unescape(name: str) -> str:
    """The octal escapes of spaces and the like, taken back."""
    return name.encode().decode("unicode_escape").encode("latin-1").decode()


def in_memory_now() -> bool:
    """Whether temporary files of this process are made in memory."""
    return file_system_of(Path(tempfile.gettempdir()), MOUNTS.read_text()) in IN_MEMORY
