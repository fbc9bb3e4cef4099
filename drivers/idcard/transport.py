"""The ways in which bytes reach a reader: a serial line, or two pipes of USB.

A transport moves bytes and knows nothing of frames beyond the size of their head. It
raises `LineLost` when the device is gone, and for no other reason.
"""

import time
from typing import Any, Protocol

from drivers.idcard.protocol import HEADER_SIZE
from drivers.serial_line import LONGEST_READ, LineLost, SerialLine

USB_PREFIX = "usb:"
SAM_USB = "usb:0400:c35a"
"""The ministry-standard USB reader (docs/idcard.md, section 1.5)."""

OUT_HEAD, OUT_BODY, IN_HEAD, IN_BODY = 0x02, 0x06, 0x81, 0x85
TO_HOST = 0x80
"""The bit of a pipe's address that says it leads from the device."""

class Transport(Protocol):
    """A line to a reader. All calls block and belong to one thread."""

    place: str

    def set_speed(self, baud: int) -> None:
        """Change the speed of the line, where it has one. Raises LineLost."""

    def write(self, frame: bytes) -> None:
        """Send a whole frame. Raises LineLost."""

    def read(self, seconds: float) -> bytes:
        """What has come; waits at most so long for the first byte. Raises LineLost."""

    def discard(self) -> None:
        """Throw away what came unasked. Raises LineLost."""

    def close(self) -> None:
        """Let the device go."""


class UsbTransport:
    """A reader on USB bulk pipes, by pyusb.

    Readers have either four pipes (head and body of a frame apart, both ways) or one
    pipe each way; the descriptors tell. `backend` is pyusb's; None takes libusb.
    """

    def __init__(self, place: str, backend: Any = None) -> None:
        """Find and claim the device `usb:VENDOR:PRODUCT`. Raises LineLost, ValueError."""
        import usb.core
        import usb.util

        self.place = place
        vendor, product = parse_usb(place)
        self._util = usb.util
        self._error = usb.core.USBError
        try:
            device = usb.core.find(idVendor=vendor, idProduct=product, backend=backend)
        except (usb.core.NoBackendError, usb.core.USBError) as error:
            raise LineLost(f"{place}: {error}") from error
        if device is None:
            raise LineLost(f"{place}: no such device")
        self._device: Any = device
        try:
            device.set_configuration()
            addresses = {end.bEndpointAddress for end in device.get_active_configuration()[0, 0]}
        except usb.core.USBError as error:
            self.close()
            raise LineLost(f"{place}: {error}") from error
        self._split = {OUT_HEAD, OUT_BODY, IN_HEAD, IN_BODY} <= addresses
        self._out = min((one for one in addresses if not one & TO_HOST), default=OUT_HEAD)
        self._in = min((one for one in addresses if one & TO_HOST), default=IN_HEAD)

    def set_speed(self, baud: int) -> None:
        """USB has one speed."""

    def write(self, frame: bytes) -> None:
        """Send a whole frame. Raises LineLost."""
        try:
            if self._split:
                self._device.write(OUT_HEAD, frame[:HEADER_SIZE])
                self._device.write(OUT_BODY, frame[HEADER_SIZE:])
            else:
                self._device.write(self._out, frame)
        except self._error as error:
            raise LineLost(f"{self.place}: {error}") from error

    def read(self, seconds: float) -> bytes:
        """What has come; waits at most so long for the first byte. Raises LineLost."""
        head = self._receive(IN_HEAD if self._split else self._in, seconds)
        if not (self._split and head):
            return head
        size = int.from_bytes(head[HEADER_SIZE - 2 : HEADER_SIZE], "big")
        body = b""
        deadline = time.monotonic() + seconds
        while len(body) < size and time.monotonic() < deadline:
            body += self._receive(IN_BODY, seconds)
        return head + body

    def discard(self) -> None:
        """Throw away what came unasked. Raises LineLost."""
        pipes = (IN_HEAD, IN_BODY) if self._split else (self._in,)
        for pipe in pipes:
            while self._receive(pipe, 0.001):
                pass

    def close(self) -> None:
        """Let the device go."""
        self._util.dispose_resources(self._device)

    def _receive(self, pipe: int, seconds: float) -> bytes:
        from usb.core import USBTimeoutError

        try:
            received = self._device.read(pipe, LONGEST_READ, max(1, round(seconds * 1000)))
        except USBTimeoutError:
            return b""
        except self._error as error:
            raise LineLost(f"{self.place}: {error}") from error
        return bytes(received)


def parse_usb(place: str) -> tuple[int, int]:
    """Vendor and product of `usb:VENDOR:PRODUCT` (hexadecimal). Raises ValueError."""
    vendor, _, product = place.removeprefix(USB_PREFIX).partition(":")
    try:
        return int(vendor, 16), int(product, 16)
    except ValueError:
        raise ValueError(f"{place!r} is not usb:VENDOR:PRODUCT, such as {SAM_USB}") from None


def open_transport(place: str, baud: int) -> Transport:
    """The transport that a place's name asks for. Raises LineLost, ValueError."""
    if place.startswith(USB_PREFIX):
        return UsbTransport(place)
    return SerialLine(place, baud)
