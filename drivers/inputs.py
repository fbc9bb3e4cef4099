"""Linux input events: switches, keypads, and scanners that pretend to be keyboards.

An event is `struct input_event` of linux/input.h: the time, a type, a code, a value. A
device of the kernel's input layer is grabbed when it is opened, so that what it sends
comes here and nowhere else: a scanner must never type into the screen.
"""

import fcntl
import os
import select
import stat
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from evdev import ecodes

EVENT = struct.Struct("llHHi")
EVIOCGRAB = 0x40044590
INPUT_MAJOR = 13
READ_EVENTS = 64


class InputLost(Exception):
    """The device is gone or cannot be had alone; the message says which and why."""


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event: `EV_KEY`, `KEY_A`, 1 is the pressing of A."""

    type: int
    code: int
    value: int


def encode_event(event: InputEvent) -> bytes:
    """An event as the kernel writes it: for simulators."""
    now = time.time()
    seconds, microseconds = int(now), int(now % 1 * 1_000_000)
    return EVENT.pack(seconds, microseconds, event.type, event.code, event.value)


class EventReader:
    """Cuts a stream of bytes into events."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, received: bytes) -> Iterator[InputEvent]:
        """Take in bytes and yield the events that they complete."""
        self._rest += received
        whole = len(self._rest) // EVENT.size * EVENT.size
        events, self._rest = self._rest[:whole], self._rest[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(events):
            yield InputEvent(kind, code, value)


class InputDevice:
    """An opened event device, for one thread."""

    def __init__(self, place: str) -> None:
        """Open and grab it. Raises InputLost."""
        self.place = place
        try:
            self._file = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as error:
            raise InputLost(f"{place}: {error.strerror}") from error
        self._events = EventReader()
        try:
            self._grab()
        except OSError as error:
            os.close(self._file)
            raise InputLost(f"{place}: cannot be grabbed: {error.strerror}") from error

    def read(self, seconds: float) -> list[InputEvent]:
        """What has come; waits at most so long for the first. Raises InputLost."""
        try:
            ready, _, _ = select.select([self._file], [], [], seconds)
            if not ready:
                return []
            received = os.read(self._file, EVENT.size * READ_EVENTS)
        except OSError as error:
            raise InputLost(f"{self.place}: {error.strerror}") from error
        if not received:
            raise InputLost(f"{self.place}: hung up")
        return list(self._events.feed(received))

    def close(self) -> None:
        """Let it go; the grab ends with the file."""
        os.close(self._file)

    def _grab(self) -> None:
        """Have the events alone, where the input layer would also give them to others."""
        what = os.fstat(self._file)
        if stat.S_ISCHR(what.st_mode) and os.major(what.st_rdev) == INPUT_MAJOR:
            fcntl.ioctl(self._file, EVIOCGRAB, 1)


KEY, SWITCH, LED = ecodes.EV_KEY, ecodes.EV_SW, ecodes.EV_LED
