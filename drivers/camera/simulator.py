"""A network camera seen from the line: serves an MJPEG stream of a drawn scene.

The scene is a plug-in that draws one loop of frames; who stands before the camera can
be changed while it runs, and the camera can be made to fail.
"""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from drivers.camera.port import Picture
from drivers.camera.protocol import CONTENT_TYPE, mjpeg_part
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "black": "every picture is black",
    "frozen": "the same picture comes again and again",
    "lost": "streams end and no new one begins",
    "late": "every picture comes half a second late",
    "torn": "pictures break off in the middle",
}
"""Faults that can be asked for, and what each does."""

JPEG_QUALITY = 85
LATE_SECONDS = 0.5
HELD_SIZE, HELD_FRAMES = (1280, 720), 12


class CameraSimulator(Simulator):
    """Serves `http://127.0.0.1:PORT/stream.mjpg`."""

    known_faults = FAULTS

    def __init__(
        self,
        reporter: Reporter,
        frames_per_second: float,
        scene: Callable[[str | None], Iterator[Picture]],
    ) -> None:
        super().__init__(reporter)
        self.actions["show"] = lambda command: self.show(command.get("person"))
        self.actions["hold"] = lambda command: self.hold(str(command["picture"]))
        self._interval = 1 / frames_per_second
        self._scene = scene
        self._loops: dict[str | None, list[bytes]] = {}
        self._person: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """The stream to open."""
        return f"http://127.0.0.1:{self._server.server_port}/stream.mjpg"

    def show(self, person: str | None) -> None:
        """Let somebody stand before the camera, or nobody."""
        if person not in self._loops:
            self._loops[person] = [encode(picture) for picture in self._scene(person)]
        self._person = person
        self._reporter.event("shows", person=person)

    def hold(self, path: str) -> None:
        """Hold a picture before the camera, by a hand that is not quite still."""
        picture = cv2.imread(path)
        if picture is None:
            raise ValueError(f"{path} is no picture")
        self._loops[path] = [encode(one) for one in held(picture.astype(np.uint8))]
        self._person = path
        self._reporter.event("holds", picture=path)

    def serve_in_background(self) -> None:
        """Begin to stream to whoever asks, in daemon threads."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def unplug(self) -> None:
        """End every stream and begin no new one."""
        self._faults.add("lost")

    def plug(self) -> None:
        """Stream again."""
        self._faults.discard("lost")

    def stream(self, write: Callable[[bytes], object]) -> None:
        """Send pictures at the camera's pace until the other side hangs up."""
        black: list[bytes] = []
        number = 0
        due = time.monotonic()
        while "lost" not in self._faults:
            loop = self._loops[self._person]
            if "black" in self._faults:
                black = black or [encode(picture * 0) for picture in self._scene(None)]
                loop = black
            jpeg = loop[number % len(loop)]
            if "late" in self._faults:
                time.sleep(LATE_SECONDS)
            write(mjpeg_part(jpeg[: len(jpeg) // 2] if "torn" in self._faults else jpeg))
            number += "frozen" not in self._faults
            due += self._interval
            time.sleep(max(0.0, due - time.monotonic()))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "lost" in simulator._faults:
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", CONTENT_TYPE)
                self.end_headers()
                simulator._reporter.event("watched")
                try:
                    simulator.stream(self.wfile.write)
                except (BrokenPipeError, ConnectionResetError):
                    simulator._reporter.event("unwatched")

            def log_message(self, format: str, *args: object) -> None:
                """Requests are reported as events, not logged."""

        return Handler


def held(picture: Picture) -> Iterator[Picture]:
    """A picture before a grey wall, as large as it fits, moved a little from frame to frame."""
    width, height = HELD_SIZE
    scale = min(width / picture.shape[1], height / picture.shape[0]) * 0.94
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top = (width - small.shape[1]) // 2, (height - small.shape[0]) // 2
    for step in range(HELD_FRAMES):
        frame = np.full((height, width, 3), 120 + step, np.uint8)
        x = left + step % 5
        frame[top : top + small.shape[0], x : x + small.shape[1]] = small
        yield frame


def encode(picture: Picture) -> bytes:
    """A picture as JPEG."""
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the picture cannot be encoded")
    return jpeg.tobytes()

