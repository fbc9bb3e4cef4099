"""The demo: a stage of simulated devices, and the terminal's window in a process of its own.

The window is a process, so that its power can be cut: the dock's button has it killed, with
all it started, and another one begins on the same disk a moment later.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from provisioning.headless import TRUST
from provisioning.stage import CHIP_CARDS, Panel, Stage, StageFailed, root

PANEL = Panel()
DEFAULT_HEIGHT = 960
CODE_FILE, CODE_DPI = "code.png", 200
FREE_SHARE = 0.9
"""How much of the display's height the window may take."""
POWER = "power"
"""To whom the dock says that the power is cut."""
DARK_SECONDS = 1.5


def run_demo(out: Path) -> int:
    """Open the window and run until it is closed; the exit status."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        print("there is no display: use --headless", file=sys.stderr)
        return 2
    from screens import fonts

    try:
        fonts.require()
        out.mkdir(parents=True, exist_ok=True)
    except (fonts.NoFonts, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tongban-") as folder:
        try:
            stage = Stage(Path(folder), fit_panel(display_height()), arguments=(CHIP_CARDS,))
        except StageFailed as error:
            print(f"the stage did not come up: {error}", file=sys.stderr)
            return 2
        try:
            return Demo(stage, out).run()
        finally:
            stage.close()


class Demo:
    """Windows on one stage, one after the other."""

    def __init__(self, stage: Stage, out: Path) -> None:
        self._stage = stage
        self._out = out
        self._window: subprocess.Popen[str] | None = None
        self._dock: dict[str, Any] | None = None
        """How the dock stood when the power was cut."""
        stage.report = self._report

    def run(self) -> int:
        """Run until a window is closed by somebody; its exit status."""
        while True:
            status = self._run_window()
            if self._dock is None:
                return status
            time.sleep(DARK_SECONDS)

    def _run_window(self) -> int:
        command = [
            sys.executable, "-m", "provisioning.demo_window",
            str(self._stage.folder / "kiosk.toml"), str((self._out / CODE_FILE).resolve()),
            *(("--chip-cards",) if "smartcard" in self._stage.places else ()),
            "--dock", json.dumps(self._dock),
        ]
        self._dock = None
        # A group of its own: power that is cut is cut for workers and device processes, too.
        window = self._window = subprocess.Popen(
            command, cwd=root(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )
        obeying = threading.Thread(target=self._obey, args=(window,), daemon=True)
        obeying.start()
        try:
            return window.wait()
        except KeyboardInterrupt:
            window.terminate()
            return window.wait()
        finally:
            obeying.join(timeout=5)

    def _obey(self, window: "subprocess.Popen[str]") -> None:
        """Pass the dock's orders on to the stage; in a thread."""
        assert window.stdout is not None
        for line in window.stdout:
            try:
                order = json.loads(line)
            except ValueError:
                print(line, end="", flush=True)
                continue
            if order["to"] == POWER:
                self._dock = order["dock"]
                os.killpg(window.pid, signal.SIGKILL)
                return
            self._stage.order(**order)

    def _report(self, told: dict[str, Any]) -> None:
        """What a simulator says; in the stage's own thread."""
        keep_paper(told, self._out, self._stage)
        window = self._window
        if window is not None and window.stdin is not None:
            try:
                window.stdin.write(json.dumps(told) + "\n")
                window.stdin.flush()
            except (BrokenPipeError, ValueError):
                return  # the window is gone: nobody is there to be told


def keep_code(document: Path, picture: Path) -> None:
    """The corner of a paper with its code, for the dock to hold before the camera."""
    from PIL import Image

    from kiosk.certificates.proof.scan import find_code
    from kiosk.certificates.render import render_page

    page = render_page(document.read_bytes(), 1, CODE_DPI)
    drawn = Image.frombytes("RGB", (page.width, page.height), bytes(page.colours))
    found = find_code(drawn)
    if found is not None:
        xs, ys = zip(*found.corners, strict=True)
        edge = CODE_DPI // 4
        drawn.crop(
            (min(xs) - edge, min(ys) - edge, max(xs) + edge, max(ys) + edge)
        ).save(picture)


def fit_panel(height: int) -> Panel:
    """The demo's panel, made smaller so that it fits a display of this height."""
    tall = min(PANEL.height, round(height * FREE_SHARE))
    scale = tall / PANEL.height
    return Panel(round(PANEL.width * scale), tall, PANEL.px_per_mm * scale)


def display_height() -> int:
    """The display's height in pixels, as xdpyinfo tells it."""
    try:
        told = subprocess.run(
            ["xdpyinfo"], capture_output=True, text=True, timeout=5, check=True
        ).stdout
        line = next(line for line in told.splitlines() if "dimensions:" in line)
        return int(line.split()[1].split("x")[1])
    except (OSError, subprocess.SubprocessError, StopIteration, ValueError, IndexError):
        return round(DEFAULT_HEIGHT / FREE_SHARE)


def keep_paper(report: dict[str, Any], out: Path, stage: Stage) -> None:
    """Copy what comes out of a printer, and what verifies it, to where it can be looked at."""
    names = {"document": "document.pdf", "receipt": "receipt.png"}
    if report.get("event") in names:
        shutil.copyfile(report["path"], out / names[report["event"]])
        if report["event"] == "document":
            keep_code(out / "document.pdf", out / CODE_FILE)
            stage.keep_trust(out / TRUST)
        print(f"paper: {out / names[report['event']]}", flush=True)
