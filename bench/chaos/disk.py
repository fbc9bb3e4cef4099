"""A disk that forgets: below SQLite, it knows what was synced and what was only written.

An apsw VFS over the system's own. A file's bytes are on the disk when the file is synced;
that a file was made or deleted is on the disk with the next sync of any. At every sync,
before it takes effect, whoever asked is given what a power cut would leave just then:
without anything unsynced, or with some sectors of it (a disk writes in any order).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw

SECTOR = 512
"""Bytes that reach a disk together or not at all."""
MEMORY = "/dev/shm"
"""Where what a cut left is looked at: that needs no disk of its own."""
Image = dict[str, bytes]
"""What is on a disk: contents by the files' names, without folder."""


@dataclass
class Content:
    """One file, as it is seen and as it is on the disk."""

    live: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    touched: set[int] = field(default_factory=set)
    """Sectors that were written since the last sync."""

    def write(self, data: bytes, offset: int) -> None:
        """As SQLite writes."""
        if len(self.live) < offset:
            self.live.extend(bytes(offset - len(self.live)))
        self.live[offset : offset + len(data)] = data
        self.touched.update(range(offset // SECTOR, -(-(offset + len(data)) // SECTOR)))

    def truncate(self, size: int) -> None:
        """As SQLite cuts."""
        del self.live[size:]
        self.touched.add(size // SECTOR)

    def sync(self) -> None:
        """All of it is on the disk."""
        self.durable = bytes(self.live)
        self.touched.clear()

    def torn(self, random: Random) -> bytes:
        """The durable content with some of the sectors that were written since."""
        if not self.touched:
            return self.durable
        after = bytearray(self.durable)
        for sector in self.touched:
            if random.random() < 0.5:
                begin, end = sector * SECTOR, (sector + 1) * SECTOR
                new = self.live[begin:end]
                if len(after) < begin:
                    after.extend(bytes(begin - len(after)))
                after[begin : begin + len(new)] = new
        return bytes(after)


class Disk:
    """All files of the folder that a store lies in."""

    def __init__(self, at_sync: Callable[["Disk"], None]) -> None:
        """`at_sync` is called at every sync, before it takes effect."""
        self._files: dict[str, Content] = {}
        self._on_disk: dict[str, Content] = {}
        """The folder as it is on the disk."""
        self._at_sync = at_sync
        self.syncs = 0

    def open(self, name: str) -> Content:
        """The file of that name, made where it is missing."""
        return self._files.setdefault(name, Content())

    def delete(self, name: str) -> None:
        """Take it out of the folder."""
        self._files.pop(name, None)

    def sync(self, content: Content) -> None:
        """A file is synced, and with it what happened in the folder."""
        self.syncs += 1
        self._at_sync(self)
        content.sync()
        self._on_disk = dict(self._files)

    def image(self) -> Image:
        """What a power cut leaves now, where nothing unsynced was written."""
        return {name: content.durable for name, content in self._on_disk.items()}

    def torn(self, random: Random) -> Image:
        """The same, where some sectors of what is unsynced were written."""
        folder = self._on_disk if random.random() < 0.5 else self._files
        return {name: content.torn(random) for name, content in folder.items()}


class DiskVfs(apsw.VFS):
    """SQLite's way to such a disk, under `name`, for as long as it lives."""

    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, "")
        self._disk = disk

    def xOpen(
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file; temporary ones have no name and are not of interest."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile("", None, flags)
        return _File(str(path), flags, self._disk)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Delete a file."""
        super().xDelete(filename, syncdir)
        self._disk.delete(Path(filename).name)


class _File(apsw.VFSFile):
    """A file of the system, of which the disk is told."""

    def __init__(self, path: str, flags: list[int], disk: Disk) -> None:
        super().__init__("", path, flags)
        self._disk = disk
        self._content = disk.open(Path(path).name)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._content.write(bytes(data), offset)

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self._content.truncate(newsize)

    def xSync(self, flags: int) -> None:
        # The system's own sync is left out: what counts is which bytes it would have kept.
        self._disk.sync(self._content)


def write_image(image: Image, folder: Path) -> None:
    """Put what a power cut left into a folder."""
    folder.mkdir(parents=True)
    for name, content in image.items():
        (folder / name).write_bytes(content)


def without_shared_memory() -> Callable[[apsw.Connection], None]:
    """A hook for new connections: a VFS in Python has no shared memory, which WAL asks for.

    With it the index of the log is in the process's own memory; what is written is the same.
    """

    def hook(connection: apsw.Connection) -> None:
        for _ in connection.execute("PRAGMA locking_mode = EXCLUSIVE"):
            pass

    return hook
