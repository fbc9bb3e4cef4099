"""Scanners on a serial line or as an input device, and the camera as a scanner."""

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
import zxingcpp

from drivers.camera.port import Camera, Frame, Picture
from drivers.device import (
    DeviceFailure,
    DeviceThread,
    FailureReason,
    Observable,
    Status,
    nobody_waits,
)
from drivers.inputs import InputDevice, InputLost
from drivers.qrscanner.port import Capabilities, QrScanner, Scan
from drivers.qrscanner.protocol import KeyDecoder, LineSplitter, decode_text
from drivers.serial_line import LineLost, SerialLine

T = TypeVar("T")

SERIAL_BAUD = 9600
INPUT_PREFIX, KEYBOARD_PREFIX, CAMERA_PREFIX = "/dev/input/", "keyboard:", "camera:"
LOOK_SECONDS = 0.1
"""How long a read waits before it looks whether anybody still wants a code."""
CAMERA_SECONDS = 5.0
"""How long the camera may give no picture."""


class Source(Protocol):
    """A line from which codes come. Raises LineLost or InputLost."""

    def take(self, seconds: float) -> list[Scan]:
        """The codes that became whole; waits at most so long for the first byte."""

    def forget(self) -> None:
        """Throw away what came unasked."""

    def close(self) -> None:
        """Let the line go."""


class SerialSource:
    """A scanner on a serial port."""

    def __init__(self, place: str) -> None:
        self._line = SerialLine(place, SERIAL_BAUD)
        self._splitter = LineSplitter()

    def take(self, seconds: float) -> list[Scan]:
        """The codes that became whole; waits at most so long for the first byte."""
        received = self._line.read(seconds)
        return [Scan(decode_text(code)) for code in self._splitter.feed(received)]

    def forget(self) -> None:
        """Throw away what came unasked."""
        self._line.discard()
        self._splitter.reset()

    def close(self) -> None:
        """Close the port."""
        self._line.close()


class KeyboardSource:
    """A scanner that pretends to be a keyboard, grabbed so that it types nowhere."""

    def __init__(self, place: str) -> None:
        self._device = InputDevice(place)
        self._decoder = KeyDecoder()

    def take(self, seconds: float) -> list[Scan]:
        """The codes that became whole; waits at most so long for the first stroke."""
        texts = [self._decoder.feed(event) for event in self._device.read(seconds)]
        return [Scan(text) for text in texts if text is not None]

    def forget(self) -> None:
        """Throw away what was typed unasked."""
        while self._device.read(0.0):
            pass
        self._decoder.reset()

    def close(self) -> None:
        """Let the device go."""
        self._device.close()


class LineScanner:
    """A scanner behind a line, in a thread of its own."""

    def __init__(self, place: str, connect: Callable[[str], Source]) -> None:
        self.capabilities = Capabilities()
        self.status: Observable[Status] = Observable(Status.OFFLINE)
        self._place = place
        self._connect = connect
        self._thread = DeviceThread(f"qrscanner {place}")
        self._source: Source | None = None

    async def open(self) -> None:
        """Open the line. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(self._open))

    async def check(self) -> None:
        """Whether the line is still there. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(self._look))

    async def wait_for_code(self) -> Scan:
        """The next code; what was scanned before is forgotten. Raises DeviceFailure."""
        return await self._thread.run(lambda stop: self._guarded(lambda: self._wait(stop)))

    def close(self) -> None:
        """Let the line go."""
        self._thread.close(self._let_go)

    # In the device's thread

    def _guarded(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except (LineLost, InputLost) as error:
            self._let_go()
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.SCANNER_FAULT, str(error)) from error

    def _open(self) -> None:
        self._let_go()
        self._source = self._connect(self._place)
        self.status.set(Status.ONLINE)

    def _look(self) -> None:
        self._open_source.take(0.0)

    def _wait(self, stopping: threading.Event) -> Scan:
        source = self._open_source
        source.forget()
        while not stopping.is_set():
            scans = source.take(LOOK_SECONDS)
            if scans:
                return scans[-1]
        raise nobody_waits()

    @property
    def _open_source(self) -> Source:
        if self._source is None:
            raise DeviceFailure(FailureReason.SCANNER_FAULT, f"{self._place} is not open")
        return self._source

    def _let_go(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None


class CameraScanner:
    """The camera as a scanner: codes in its picture, the newest frame only."""

    def __init__(self, camera: Camera) -> None:
        self.capabilities = Capabilities(symbology=True)
        self.status = camera.status
        self._camera = camera

    async def open(self) -> None:
        """Whether the camera gives pictures. Raises DeviceFailure."""
        await self._camera.open()
        await self._camera.stop()

    async def check(self) -> None:
        """The camera says itself when it is lost."""

    async def wait_for_code(self) -> Scan:
        """The next code before the camera. Raises DeviceFailure."""
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[Frame] = asyncio.Queue()

        def put(frame: Frame) -> None:
            loop.call_soon_threadsafe(frames.put_nowait, frame)

        await self._camera.open()
        self._camera.observe(put)
        try:
            while True:
                frame = await asyncio.wait_for(frames.get(), CAMERA_SECONDS)
                while not frames.empty():
                    frame = frames.get_nowait()
                scans = await asyncio.to_thread(decode_picture, frame.picture)
                if scans:
                    return scans[0]
        except TimeoutError as error:
            raise DeviceFailure(FailureReason.CAMERA_FAULT, "no picture comes") from error
        finally:
            await self._camera.stop()

    def close(self) -> None:
        """Let the camera go."""
        self._camera.close()


def decode_picture(picture: Picture) -> list[Scan]:
    """The codes in a picture: QR and Micro QR, upright or not, dark on light or the reverse."""
    wanted = [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode]
    formats = zxingcpp.BarcodeFormats(wanted)
    found = zxingcpp.read_barcodes(np.ascontiguousarray(picture), formats=formats)
    return [Scan(one.text, str(one.format)) for one in found if one.valid]


def open_scanner(place: str) -> QrScanner:
    """The scanner at a place, not opened yet: an input device, a serial port, or a camera.

    `camera:SOURCE` takes a camera; `/dev/input/…` and `keyboard:PATH` a keyboard scanner.
    """
    if place.startswith(CAMERA_PREFIX):
        from drivers.camera.driver import OpenCvCamera
        from drivers.camera.protocol import parse_source

        return CameraScanner(OpenCvCamera(parse_source(place.removeprefix(CAMERA_PREFIX))))
    if place.startswith((INPUT_PREFIX, KEYBOARD_PREFIX)):
        return LineScanner(place.removeprefix(KEYBOARD_PREFIX), KeyboardSource)
    return LineScanner(place, SerialSource)
