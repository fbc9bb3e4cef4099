"""The disk below the terminal's state: whether it takes what is written, and how much room is left.

A reserve, a file of nothing, is given up when the disk is full: what a citizen has left with
the terminal, and what the audit has to say of that, still finds room.
"""

import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from kiosk.alive.obstacle import Obstacle, of_error
from kiosk.reasons import Reason
from offline.durable import sync_folder

log = logging.getLogger(__name__)

RESERVE = "reserve"
PROBE_BYTES = 65_536
"""What is written to see whether the disk takes it: more than fits into an inode."""
ENOUGH = 1.25
"""Room counts as back when there is so much more than the least: it does not flicker."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much room the terminal wants, in bytes."""

    least: int = 64 * 1024 * 1024
    """With less left than this the terminal takes no more visits."""
    reserve: int = 16 * 1024 * 1024
    """What is kept for the time after that."""


class Disk:
    """The disk that a folder is on. Its methods block: for a thread."""

    def __init__(self, folder: Path, room: Room | None = None) -> None:
        self._folder = folder
        self._room = room or Room()
        self._reserve = folder / RESERVE
        self._full = False
        self._refused = False

    def prepare(self) -> Obstacle | None:
        """Make the folder, and see whether it can be read and written; why not, or None."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with os.scandir(self._folder) as entries:
                next(entries, None)
        except OSError as error:
            return of_error(error)
        obstacle = self._write()
        if obstacle is not None and obstacle.reason is Reason.DISK_FULL and self._give_up():
            obstacle = self._write()
        return obstacle

    def look(self) -> Obstacle | None:
        """Whether there is room for visits; gives the reserve up, or makes it again.

        Nothing is written by that while all is well: a disk of flash wears out.
        """
        obstacle = self._look()
        if obstacle is None and self._refused:
            obstacle = self._write()
        self._refused = obstacle is not None
        return obstacle

    def _look(self) -> Obstacle | None:
        try:
            state = os.statvfs(self._folder)
        except OSError as error:
            return of_error(error)
        if state.f_flag & os.ST_RDONLY:
            return Obstacle(Reason.DISK_READ_ONLY, str(self._folder))
        free = state.f_bavail * state.f_frsize
        least = self._room.least * (ENOUGH if self._full else 1)
        if not self._reserve.exists():
            # A reserve has to fit in, too.
            least += self._room.reserve
        self._full = free < least
        if self._full:
            self._give_up()
            return Obstacle(Reason.DISK_FULL, f"{self._folder}: {free} bytes left")
        return self._keep_reserve()

    def _write(self) -> Obstacle | None:
        """Write something, have it on the disk, and remove it."""
        path = self._folder / f".probe-{secrets.token_hex(4)}"
        try:
            try:
                with path.open("wb") as file:
                    file.write(b"\0" * PROBE_BYTES)
                    file.flush()
                    os.fsync(file.fileno())
            finally:
                path.unlink(missing_ok=True)
        except OSError as error:
            return of_error(error, self._folder)  # the probe's name says nothing
        return None

    def _give_up(self) -> bool:
        """Let the reserve go; whether there was one."""
        try:
            self._reserve.unlink()
            sync_folder(self._folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            log.error("the reserve cannot be given up: %s", error)
            return False
        log.warning("the disk is full: the reserve of %d bytes is given up", self._room.reserve)
        return True

    def _keep_reserve(self) -> Obstacle | None:
        """Have the reserve where it is missing."""
        if self._reserve.exists():
            return None
        part = self._reserve.with_suffix(".part")
        try:
            try:
                with part.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, self._room.reserve)
                    os.fsync(file.fileno())
                part.replace(self._reserve)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            return of_error(error)
        return None
