"""The breaker of boot loops: a terminal that dies again and again comes to rest.

Starts and healthy minutes are remembered in a file of lines, each with its checksum and forced
to the disk. A line that a power cut has torn is passed over; those before it count. So many
starts in a row without a healthy while, and the terminal rests: no device is opened. When the
rest is over one start is tried; if that fails too, the terminal rests again. A technician may
end a rest: `python -m kiosk.alive pardon`.
"""

import logging
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from offline.durable import append_durably, write_durably

log = logging.getLogger(__name__)

FILE = "starts"
MOST_STARTS = 5
"""So many starts in a row may fail."""
HEALTHY_SECONDS = 300.0
"""A terminal that has run for so long is well."""
REST = timedelta(minutes=10)
MOST_BYTES = 65_536
"""A file that is larger was not written by a terminal; its end is read."""


class Word(StrEnum):
    """What is remembered."""

    START = "start"
    HEALTHY = "healthy"
    STOPPED = "stopped"
    """The terminal stopped in order."""
    PARDONED = "pardoned"
    """A technician said that it shall be tried."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file."""

    word: Word
    at: datetime

    def encode(self) -> bytes:
        """As it stands in the file."""
        text = f"{self.word} {self.at.isoformat(timespec='seconds')}"
        return f"{text} {zlib.crc32(text.encode('ascii')):08x}\n".encode("ascii")


def decode(content: bytes) -> list[Line]:
    """The lines of a file; what was torn is passed over."""
    return [line for raw in content.split(b"\n") if (line := _line(raw)) is not None]


def _line(raw: bytes) -> Line | None:
    try:
        text, _, check = raw.decode("ascii").rpartition(" ")
        if int(check, 16) != zlib.crc32(text.encode("ascii")):
            return None
        word, _, at = text.partition(" ")
        line = Line(Word(word), datetime.fromisoformat(at))
    except ValueError:
        return None
    return line if line.at.tzinfo is not None else None


def failed_starts(lines: Iterable[Line]) -> int:
    """How many starts in a row did not come to a healthy while, nor to an end in order."""
    failed = 0
    for line in lines:
        match line.word:
            case Word.START:
                failed += 1
            case Word.STOPPED:
                failed = max(0, failed - 1)
            case Word.HEALTHY | Word.PARDONED:
                failed = 0
    return failed


def rest_left(lines: list[Line], now: datetime) -> timedelta | None:
    """How long the terminal has to rest; None where it may start.

    The rest counts from the last start. Whoever asks waits by a clock that nobody sets, and
    asks once: a clock of the wall that is set back would make the rest longer each time.
    """
    if failed_starts(lines) < MOST_STARTS:
        return None
    last = [line.at for line in lines if line.word is Word.START][-1]
    left = min(last, now) + REST - now
    return left if left > timedelta(0) else None


class Starts:
    """The starts of one terminal. Its methods block: for a thread.

    Where the file cannot be read or written that is logged, and the terminal starts: what is
    wrong with its disk says the look at the disk.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._path = folder / FILE
        self._now = now

    def rest_left(self) -> timedelta | None:
        """How long the terminal has to rest; None where it may start."""
        return rest_left(self._read(), self._now())

    def failed(self) -> int:
        """How many starts in a row failed."""
        return failed_starts(self._read())

    def note(self, word: Word) -> None:
        """Remember something, as of now."""
        line = Line(word, self._now())
        try:
            if word in (Word.HEALTHY, Word.PARDONED):
                # Nothing before it counts any more.
                write_durably(self._path, line.encode())
            else:
                append_durably(self._path, self._mend() + line.encode())
        except OSError as error:
            log.error("the terminal's starts cannot be remembered: %s", error)

    def _read(self) -> list[Line]:
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - MOST_BYTES))
                return decode(file.read())
        except FileNotFoundError:
            return []
        except OSError as error:
            log.error("the terminal's starts cannot be read: %s", error)
            return []

    def _mend(self) -> bytes:
        """What has to stand before the next line: an end for one that was torn."""
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) == 0:
                    return b""
                file.seek(-1, 2)
                return b"" if file.read(1) == b"\n" else b"\n"
        except FileNotFoundError:
            return b""
