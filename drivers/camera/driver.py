"""A camera behind OpenCV: a V4L2 device, a network stream, or a file.

One thread takes pictures as fast as the source gives them and hands each to the one
observer; nobody can make the source wait, so what is seen is always now.
"""

import os
import threading
import time
from collections.abc import Callable

from drivers.camera.health import PictureHealth, Sight
from drivers.camera.port import Capabilities, Frame
from drivers.camera.protocol import Source, SourceKind
from drivers.device import DeviceFailure, DeviceThread, FailureReason, Observable, Status

# A stream that has begun is shown at once, instead of being studied for seconds first.
os.environ.setdefault(
    "OPENCV_FFMPEG_CAPTURE_OPTIONS", "fflags;nobuffer|analyzeduration;0|probesize;200000"
)
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")

import cv2

MISSES = 3
"""Pictures in a row that may fail before the camera counts as lost."""

STREAM_LIMITS = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 5000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 3000)
"""How long a stream may keep silent: closing has to wait for the picture under way."""


class OpenCvCamera:
    """A camera that OpenCV can open."""

    def __init__(self, source: Source, capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities()
        self.status: Observable[Status] = Observable(Status.ONLINE)
        self._source = source
        self._thread = DeviceThread(f"camera {source.place}")
        self._taking: threading.Thread | None = None
        self._stop = threading.Event()
        self.sight: Observable[Sight] = Observable(Sight.GOOD)
        self._observer: Callable[[Frame], None] | None = None

    async def check(self) -> None:
        """Whether a camera on this machine is still plugged in. Raises DeviceFailure.

        A look at the picture would switch its lamp on for nobody.
        """
        place = f"/dev/video{self._source.place}"
        if self._source.kind is SourceKind.DEVICE and not os.path.exists(place):
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.CAMERA_FAULT, f"{place} is not there")

    async def open(self) -> None:
        """Begin to take pictures; returns with the first. Raises DeviceFailure."""
        await self._thread.run(self._open)

    def observe(self, observer: Callable[[Frame], None] | None) -> None:
        """Give every frame to `observer`, in the camera's thread; None ends it."""
        self._observer = observer

    async def stop(self) -> None:
        """End taking pictures and let the source go."""
        self._observer = None
        await self._thread.run(self._halt)

    def close(self) -> None:
        """Release the device."""
        self._observer = None
        self._stop.set()
        self._thread.close()

    # In the device's threads

    def _open(self, _: threading.Event) -> None:
        if self._taking is not None and self._taking.is_alive():
            return
        capture = cv2.VideoCapture()
        if self._source.kind is SourceKind.DEVICE:
            capture.open(self._source.target, cv2.CAP_V4L2)
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self.capabilities.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self.capabilities.height)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        else:
            capture.open(str(self._source.target), cv2.CAP_FFMPEG, STREAM_LIMITS)
        if not capture.isOpened() or not capture.read()[0]:
            capture.release()
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.CAMERA_FAULT, f"no picture from {self._source.place}")
        self.status.set(Status.ONLINE)
        self._stop.clear()
        # Not a daemon: an interpreter that ends under OpenCV's feet aborts the process.
        self._taking = threading.Thread(target=self._take, args=(capture,))
        self._taking.start()

    def _take(self, capture: cv2.VideoCapture) -> None:
        misses = 0
        health = PictureHealth()
        while not self._stop.is_set() and misses < MISSES:
            taken, picture = capture.read()
            if not taken:
                misses += 1
                self._rewind(capture)
                continue
            misses = 0
            now = time.monotonic()
            self._judge(health.feed(picture, now))  # type: ignore[arg-type]
            observer = self._observer
            if observer is not None:
                observer(Frame(picture, now))  # type: ignore[arg-type]
        capture.release()
        if misses:
            self.status.set(Status.NO_DEVICE)

    def _judge(self, sight: Sight) -> None:
        """A covered or stuck camera is at fault although it gives pictures; a file may stand."""
        self.sight.set(sight)
        broken = sight.broken and self._source.kind is not SourceKind.FILE
        self.status.set(Status.HARDWARE_ERROR if broken else Status.ONLINE)

    def _rewind(self, capture: cv2.VideoCapture) -> None:
        """A file begins anew at its end; anything else is given a moment."""
        if self._source.kind is SourceKind.FILE:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
        else:
            self._stop.wait(0.1)

    def _halt(self, _: threading.Event) -> None:
        if self._taking is not None:
            self._stop.set()
            self._taking.join()
            self._taking = None
