"""A serial line seen from the device: a pseudo-terminal that can be pulled out.

The path stays the same while the device is plugged in and out, as a name under
/dev/serial/by-id does; what stands behind it is another pseudo-terminal every time.
"""

import atexit
import os
import select
import shutil
import tempfile
import termios
import threading
import time
import tty
from pathlib import Path

SPEEDS = {
    termios.B9600: 9600,
    termios.B19200: 19200,
    termios.B38400: 38400,
    termios.B57600: 57600,
    termios.B115200: 115200,
}
LOOK_SECONDS = 0.02
"""How long a read waits before it looks whether the line is still plugged in."""


class SimulatedLine:
    """One end of a pseudo-terminal; the other end is at `path`."""

    def __init__(self, name: str) -> None:
        """Plugged in at once, as `name` in a folder of its own."""
        folder = tempfile.mkdtemp(prefix="tongban-line-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self._link = Path(folder) / name
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self.plug()

    @property
    def path(self) -> str:
        """What to open."""
        return str(self._link)

    @property
    def speed(self) -> int:
        """The baud rate that the other side has set; 0 for one that is not listed."""
        with self._lock:
            if self._ends is None:
                return 0
            return SPEEDS.get(termios.tcgetattr(self._ends[1])[5], 0)

    def plug(self) -> None:
        """Plug the device in; nothing if it is."""
        with self._lock:
            if self._ends is not None:
                return
            ours, theirs = os.openpty()
            tty.setraw(theirs, termios.TCSANOW)
            self._ends = ours, theirs
            self._link.symlink_to(os.ttyname(theirs))

    def unplug(self) -> None:
        """Pull the device out: the path is gone, and who holds it open hears hang-up."""
        with self._lock:
            if self._ends is None:
                return
            self._link.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def read(self) -> bytes:
        """What the other side sent; empty where nothing came for a moment."""
        with self._lock:
            if self._ends is not None:
                ready, _, _ = select.select([self._ends[0]], [], [], 0)
                if ready:
                    return os.read(self._ends[0], 4096)
        time.sleep(LOOK_SECONDS / 20)
        return b""

    def write(self, data: bytes) -> None:
        """Send; what is sent while the device is pulled out is lost."""
        with self._lock:
            if self._ends is not None:
                os.write(self._ends[0], data)

    def write_at_speed(self, data: bytes, baud: int) -> None:
        """Send ten bits a byte at a baud rate, in pieces of a few milliseconds."""
        per_byte = 10 / baud
        piece = max(1, int(0.004 / per_byte))
        began = time.monotonic()
        for start in range(0, len(data), piece):
            part = data[start : start + piece]
            due = began + (start + len(part)) * per_byte
            time.sleep(max(0.0, due - time.monotonic()))
            self.write(part)
