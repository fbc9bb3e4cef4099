"""After a visit nothing of the citizen is left: in the terminal's memory, and on its disk.

Another process reads all memory of all of the terminal's processes, and all files that its
user can write. In the middle of the visit the same search finds what it looks for.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from provisioning.headless import camera_shows
from provisioning.stage import TERMINAL_ID, Stage
from sandbox.keys import KeyStore
from sandbox.library.issue import Library
from sandbox.people.registry import person
from tests.conftest import ROOT
from tests.whole.canaries import Needle, forms, named, of_frames, of_page, of_person, piece
from tests.whole.residue import processes_of, read_memory, search_folders, search_memory

SETTLE_SECONDS = 30
"""The time within which a terminal has cleaned up behind a visit, on a busy machine."""


@dataclass(frozen=True)
class Way:
    """A visit: who comes, how, and for which certificate."""

    citizen: str
    kind: str
    by: str = "face"
    guardian: str | None = None

    @property
    def people(self) -> list[str]:
        return [self.citizen, *([self.guardian] if self.guardian else [])]


CARD_AND_FACE = Way("li-xiulan", "household")
PHONE = Way("wang-jianguo", "pension_benefit", by="phone")
CALL = Way("li-xiulan", "household", by="call")
CHILD = Way("zhou-xiaobao", "household", guardian="li-xiulan")

ALWAYS = {"name", "number", "subject", "token", "file", "page"}
ON_A_CARD = {"address", "authority", "photo"}
"""What the search finds in the middle of a visit."""


class Camera:
    """Sees what the terminal's camera sees: bytes, and pictures by the same decoder."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._jpegs: dict[bytes, None] = {}
        self._rows: dict[bytes, None] = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._listen, self._look)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def needles(self) -> list[Needle]:
        rows = (np.frombuffer(row, np.uint8).reshape(-1, 3) for row in self._rows)
        return of_frames(self._jpegs, rows)

    def _listen(self) -> None:
        with urllib.request.urlopen(self._address) as stream:
            while not self._over.is_set():
                length = 0
                while (line := stream.readline()).strip():
                    if line.lower().startswith(b"content-length"):
                        length = int(line.split(b":")[1])
                if length:
                    self._jpegs[stream.read(length)] = None

    def _look(self) -> None:
        capture = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG)
        while not self._over.is_set():
            taken, picture = capture.read()
            if taken:
                # The screen shows each second row, counted from the last.
                self._rows[picture[len(picture) // 2 | 1].tobytes()] = None
        capture.release()


@dataclass
class Apart:
    """A terminal in a process of its own, with folders of its own."""

    stage: Stage
    home: Path
    in_memory: Path
    process: subprocess.Popen[str]
    needles: list[Needle] = field(default_factory=list)

    @property
    def folders(self) -> list[Path]:
        """All that the terminal's user can write."""
        return [self.home, self.in_memory, self.stage.config.terminal.state]

    def begin(self, way: Way, hold: str) -> dict[str, Any]:
        """Begin a visit, and let it stand still in a step."""
        shown = way.people[-1]
        self.stage.order("camera", "show", person=shown)
        asyncio.run(camera_shows(self.stage, shown))
        camera = Camera(self.stage.places["camera"])
        try:
            self._say({**vars(way), "hold": hold})
            held = self.wait_for("held")
        finally:
            camera.close()
        self.needles = [
            *(one for name in way.people for one in self._of(name)),
            *(camera.needles() if way.by == "face" else ()),
            *self._of_places(held["places"]),
        ]
        return held

    def go_on(self) -> str:
        """Let the visit end, and the terminal clean up behind it; how it ended."""
        self._say({})
        outcome = str(self.wait_for("over")["outcome"])
        for report in self.stage.reports:
            if report["event"] == "document":
                self.needles.append(piece("paper", "pdf", Path(report["path"]).read_bytes()))
        return outcome

    def memory(self) -> dict[str, int]:
        """What is found in memory now."""
        return named(search_memory(self.process.pid, self.needles))

    def memory_at_last(self) -> dict[str, int]:
        """What is found once the terminal had its time to clean up."""
        ends = time.monotonic() + SETTLE_SECONDS
        while (found := self.memory()) and time.monotonic() < ends:
            time.sleep(0.5)
        return found

    def disk(self) -> dict[str, int]:
        """What is found in files."""
        return named(search_folders(self.folders, self.needles))

    def wait_for(self, event: str) -> dict[str, Any]:
        """What the terminal tells next of an event; what the citizen does meanwhile is done."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if told["event"] == "order":
                self.stage.order(told["to"], told["do"], **told["fields"])
            elif told["event"] == event:
                return told
            else:
                pytest.fail(f"{told} came before {event}")
        pytest.fail(f"the terminal ended before {event}")

    def _say(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def _of(self, name: str) -> list[Needle]:
        library = Library(KeyStore(self.stage.folder), date.today())
        return of_person(person(name), TERMINAL_ID, library.list(person(name)))

    def _of_places(self, places: dict[str, tuple[int, int]]) -> list[Needle]:
        found: list[Needle] = []
        for name, place in places.items():
            content = read_memory(self.process.pid, *place)
            if name == "preview":
                found += of_page(content)
            elif name == "file":
                found.append(piece("file", "as it came", content))
            else:
                found += forms(name, content.decode())
        return found


@pytest.fixture
def start(stage: Stage, tmp_path: Path) -> Iterator[Any]:
    """Starts a terminal apart; with a window, where a display is named."""
    in_memory = Path(tempfile.mkdtemp(prefix="tongban-test-", dir="/dev/shm"))
    started: list[Apart] = []

    def begin(display: str | None = None) -> Apart:
        home = tmp_path / f"home-{len(started)}"
        (home / "tmp").mkdir(parents=True)
        places = {"HOME": home, "TMPDIR": home / "tmp", "XDG_RUNTIME_DIR": in_memory}
        window = ["--window"] if display else []
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.whole.wiped_terminal",
             str(stage.folder / "kiosk.toml"), str(stage.folder), *window],
            env={**os.environ, **{n: str(p) for n, p in places.items()}, "DISPLAY": display or ""},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        started.append(Apart(stage, home, in_memory, process))
        started[-1].wait_for("ready")
        return started[-1]

    yield begin
    for one in started:
        assert one.process.stdin is not None
        assert one.process.stdout is not None
        one.process.stdin.close()
        try:
            one.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        one.process.stdout.close()
    shutil.rmtree(in_memory)


def kinds(found: dict[str, int]) -> set[str]:
    """The names of what was found, whatever the form."""
    return {name.split(" (")[0] for name in found}


def test_what_is_found_in_visits_by_card_by_phone_and_for_a_child_is_gone_after_them(start):
    terminal = start()
    for way in (CARD_AND_FACE, PHONE, CHILD):
        terminal.begin(way, hold="another")
        expected = ALWAYS | {f"identifier of {way.kind}", f"number of {way.kind}"}
        if way.by == "face":
            expected |= ON_A_CARD
        assert kinds(terminal.memory()) >= expected
        assert terminal.go_on() == "printed"
        assert terminal.memory_at_last() == {}, way
        assert terminal.disk() == {}, way


def test_nothing_is_left_of_visits_that_were_seen_on_a_screen(start, display):
    terminal = start(display)
    terminal.begin(CARD_AND_FACE, hold="face")
    assert "frame" in kinds(terminal.memory())
    terminal.go_on()
    assert terminal.memory_at_last() == {}
    terminal.begin(CALL, hold="another")
    assert kinds(terminal.memory()) >= ALWAYS | {"masked name"}
    assert terminal.go_on() == "printed"
    # What stood on the screen in public, masked, is now and then left once (docs/privacy.md).
    assert kinds(terminal.memory_at_last()) <= {"masked name"}
    assert terminal.disk() == {}


@pytest.mark.parametrize(("step", "held"), [("face", {"frame"}), ("another", ALWAYS)])
def test_a_terminal_that_is_killed_in_a_visit_leaves_no_process_and_no_file(start, step, held):
    terminal = start()
    terminal.begin(CARD_AND_FACE, hold=step)
    assert kinds(terminal.memory()) >= held
    processes = [psutil.Process(pid) for pid in processes_of(terminal.process.pid)]
    assert len(processes) > 1
    terminal.process.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
    assert terminal.disk() == {}
