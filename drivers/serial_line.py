"""A serial line, for one thread: bytes out, bytes in, and one way to be lost."""

import os
import select
import termios

import serial

LONGEST_READ = 4096

SERIAL_ERRORS = (serial.SerialException, OSError, TypeError, ValueError, termios.error)
"""What pyserial raises when a line dies under it; termios.error is no OSError."""


class LineLost(Exception):
    """The device is not there, or not there any more; the message says what and why."""


class SerialLine:
    """A serial port, or what looks like one."""

    def __init__(self, place: str, baud: int) -> None:
        """Open the port. Raises LineLost."""
        self.place = place
        try:
            self._line = serial.Serial(place, baud, timeout=0, exclusive=True)
        except SERIAL_ERRORS as error:
            raise LineLost(f"{place}: {error}") from error

    def set_speed(self, baud: int) -> None:
        """Change the baud rate. Raises LineLost."""
        try:
            self._line.baudrate = baud
        except SERIAL_ERRORS as error:
            raise LineLost(f"{self.place}: {error}") from error

    def write(self, frame: bytes) -> None:
        """Send a whole frame. Raises LineLost."""
        try:
            self._line.write(frame)
        except SERIAL_ERRORS as error:
            raise LineLost(f"{self.place}: {error}") from error

    def read(self, seconds: float) -> bytes:
        """What has come; waits at most so long for the first byte. Raises LineLost."""
        try:
            ready, _, _ = select.select([self._line.fileno()], [], [], seconds)
            if not ready:
                return b""
            received = os.read(self._line.fileno(), LONGEST_READ)
        except SERIAL_ERRORS as error:
            raise LineLost(f"{self.place}: {error}") from error
        if not received:
            raise LineLost(f"{self.place}: hung up")
        return received

    def discard(self) -> None:
        """Throw away what came unasked. Raises LineLost."""
        try:
            self._line.reset_input_buffer()
        except SERIAL_ERRORS as error:
            raise LineLost(f"{self.place}: {error}") from error

    def close(self) -> None:
        """Close the port."""
        self._line.close()
