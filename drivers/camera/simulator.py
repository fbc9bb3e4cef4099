"""A network camera seen from the line: serves an MJPEG stream of a drawn scene.

The scene is a plug-in that draws one loop of pictures, the movements are another; who
stands before the camera can be changed while it runs, and does what is asked as people
do (`acting`); things can be held up to it (`holding`); and the camera can be made to fail.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import cv2

from drivers.camera.acting import Actor
from drivers.camera.holding import held
from drivers.camera.port import Picture
from drivers.camera.protocol import CONTENT_TYPE, mjpeg_part
from drivers.simulation import Reporter, Simulator

FAULTS = {
    "black": "every picture is black",
    "frozen": "the same picture comes again and again",
    "lost": "streams end and no new one begins",
    "late": "every picture comes half a second late",
    "torn": "pictures break off in the middle",
    "still": "a photo of the person is held up: it does nothing that it is asked",
}
"""Faults that can be asked for, and what each does."""

JPEG_QUALITY = 85
LATE_SECONDS = 0.5
EACH = 3
"""For how many frames each picture of a scene's loop is shown: people sway slowly."""
PHONE, PHOTO = 0.85, 1.0
"""How much of the picture's height a phone or a photo takes that is held up."""


@dataclass(slots=True)
class View:
    """What is before the camera, as JPEG: a loop, a photo of it, and movements."""

    loop: list[bytes]
    photo: list[bytes] = field(default_factory=list)
    movements: dict[str, list[bytes]] = field(default_factory=dict)

    def extent(self, movement: str, extent: float) -> bytes | None:
        """The picture of a movement so far from its beginning (0) to its end (1)."""
        way = self.movements.get(movement, [])
        step = round(extent * len(way))
        return way[step - 1] if step else None


class CameraSimulator(Simulator):
    """Serves `http://127.0.0.1:PORT/stream.mjpg`."""

    known_faults = FAULTS

    def __init__(
        self,
        reporter: Reporter,
        frames_per_second: float,
        scene: Callable[[str | None], Iterator[Picture]],
        movements: Callable[[str], dict[str, list[Picture]]],
        chance: Random,
    ) -> None:
        super().__init__(reporter)
        self.actions["show"] = lambda command: self.show(command.get("person"))
        self.actions["hold"] = lambda command: self.hold(str(command["picture"]))
        self.actions["ask"] = lambda command: self.ask(command.get("movement"))
        self._interval = 1 / frames_per_second
        self._scene = scene
        self._movements = movements
        self._views: dict[str | None, View] = {}
        self._view = View([])
        self._actor = Actor(chance)
        self._acting = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """The stream to open."""
        return f"http://127.0.0.1:{self._server.server_port}/stream.mjpg"

    def show(self, person: str | None) -> None:
        """Let somebody stand before the camera, or nobody."""
        if person not in self._views:
            self._views[person] = self._draw(person)
        self.ask(None)
        self._view = self._views[person]
        self._reporter.event("shows", person=person)

    def ask(self, movement: str | None) -> None:
        """Ask who is there for a movement, or to look straight.

        Raises ValueError for a movement that nobody there can make.
        """
        known = self._view.movements
        if movement is not None and known and movement not in known:
            raise ValueError(f"unknown movement {movement!r}; known: {', '.join(known)}")
        with self._acting:
            self._actor.ask(movement if known else None, time.monotonic())

    def hold(self, path: str) -> None:
        """Hold a picture before the camera, as a person holds a phone.

        Raises ValueError where there is none.
        """
        picture = cv2.imread(path)
        if picture is None:
            raise ValueError(f"{path} is no picture")
        self._view = View([encode(one) for one in held(picture.astype("uint8"), PHONE)])
        self._reporter.event("holds", picture=path)

    def _draw(self, person: str | None) -> View:
        pictures = list(self._scene(person))
        loop = [encode(one) for one in pictures]
        if person is None:
            return View(loop)
        ways = self._movements(person).items()
        return View(
            [one for one in loop for _ in range(EACH)],
            [encode(one) for one in held(pictures[0], PHOTO)],
            {name: [encode(one) for one in way] for name, way in ways},
        )

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
            jpeg = self._seen(number)
            if "black" in self._faults:
                black = black or [encode(picture * 0) for picture in self._scene(None)]
                jpeg = black[0]
            if "late" in self._faults:
                time.sleep(LATE_SECONDS)
            write(mjpeg_part(jpeg[: len(jpeg) // 2] if "torn" in self._faults else jpeg))
            number += "frozen" not in self._faults
            due += self._interval
            time.sleep(max(0.0, due - time.monotonic()))

    def _seen(self, number: int) -> bytes:
        """What is before the camera now, in the frame of a number."""
        view = self._view
        if "still" in self._faults and view.photo:
            return view.photo[number % len(view.photo)]
        moved, pose = None, None
        with self._acting:
            if "frozen" not in self._faults:
                moved = self._actor.go_on(time.monotonic())
                pose = self._actor.pose(time.monotonic())
        if moved is not None:
            self._reporter.event("moved", movement=moved.movement, ms=moved.ms)
        moving = view.extent(*pose) if pose is not None else None
        return moving or view.loop[number % len(view.loop)]

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


def encode(picture: Picture) -> bytes:
    """A picture as JPEG."""
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the picture cannot be encoded")
    return jpeg.tobytes()

