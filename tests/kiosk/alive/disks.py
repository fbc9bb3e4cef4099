"""`python -m tests.kiosk.alive.disks STORY FOLDER`: a disk of its own that runs full, or fails.

Run in a mount namespace (`unshare -Urm`): a tmpfs of two megabytes stands for the disk. Prints
what was found, as JSON.
"""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from kiosk.alive.disk import Disk, Room
from offline import outbox
from offline.failures import VaultFailure
from offline.keys.file import FileKeeper
from offline.lanes import Lane
from offline.vault import Vault

KILOBYTE = 1024
ROOM = Room(least=512 * KILOBYTE, reserve=256 * KILOBYTE)


def word(obstacle) -> str | None:
    return obstacle and str(obstacle.reason)


def fill(path: Path, left: int = 0) -> None:
    """Use up the disk, but for so many bytes."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.truncate(max(0, size - left))


def fills_up(folder: Path):
    """A disk that runs full while the terminal serves, and is emptied again."""
    disk, other = Disk(folder / "state", ROOM), folder / "other"
    yield "at the start", word(disk.prepare())
    yield "with room", word(disk.look())
    yield "the reserve", (folder / "state/reserve").stat().st_size
    fill(other)
    yield "full", word(disk.look())
    yield "the reserve is given up", not (folder / "state/reserve").exists()
    left = folder / "state/left-by-a-citizen"
    left.write_bytes(b"y" * 128 * KILOBYTE)
    yield "what was left is kept", left.stat().st_size
    yield "still full", word(disk.look())
    other.unlink()
    yield "with room again", word(disk.look())
    yield "the reserve is back", (folder / "state/reserve").exists()


def full_at_start(folder: Path):
    """A disk that is full when the terminal starts, with a reserve, then without."""
    disk = Disk(folder / "state", ROOM)
    disk.prepare()
    disk.look()
    fill(folder / "other")
    again = Disk(folder / "state", ROOM)
    yield "with a reserve", word(again.prepare())
    yield "but no visits", word(again.look())
    fill(folder / "state/more")
    yield "with nothing left", word(Disk(folder / "state", ROOM).prepare())


def read_only(folder: Path):
    """A disk that makes itself read-only, as a failing one does."""
    disk = Disk(folder / "state", ROOM)
    yield "at the start", word(disk.prepare())
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield "while it serves", word(disk.look())
    again = Disk(folder / "state", ROOM)
    obstacle = again.prepare()
    yield "at the next start", word(obstacle)
    yield "told in the same words", again.prepare() == obstacle
    yield "without a folder", word(Disk(folder / "new", ROOM).prepare())
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    yield "mended", word(disk.look())


def store_on_a_full_disk(folder: Path):
    """A disk that runs full below a vault that a citizen leaves something in."""
    disk = Disk(folder / "state", ROOM)
    disk.prepare()
    disk.look()
    keeper = FileKeeper(folder / "state")
    vault = Vault.open(folder / "state/vault.db", keeper, "T1", (outbox.SCHEMA,))
    fill(folder / "other")

    def leave(txn):
        return outbox.put(txn, Lane.CITIZEN, "request", {"text": "y" * 20_000})

    def try_to_leave():
        try:
            return bool(vault.write_now(leave))
        except VaultFailure as failure:
            return str(failure.reason)

    yield "what the disk does not take", try_to_leave()
    yield "looked at", word(disk.look())
    yield "with the reserve given up", try_to_leave()
    vault.close()


STORIES = {
    story.__name__: story for story in (fills_up, full_at_start, read_only, store_on_a_full_disk)
}

if __name__ == "__main__":
    name, place = sys.argv[1], Path(sys.argv[2])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)], check=True)
    print(json.dumps(dict(STORIES[name](place))))
