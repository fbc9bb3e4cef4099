"""A whole visit in the real window by real touches, from the first screen back to it."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from kiosk.keeping import STORE
from tests.audits import flat_audit
from tests.conftest import ROOT
from tests.screens.test_screens import gallery

PX_PER_MM = 4.03
DOCK_CARD_MM = (268 + 62, 26 + 38 + 11)
"""Where the dock's button for the card is, in millimetres from the window's top left."""
DOCK_PHONE_MM = (268 + 22, 26 + 124 + 8)
DOCK_POWER_MM = (268 + 22, 26 + 124 + 2 * 20 + 8)


class Window:
    """The demo's window, touched by xdotool; what it did is read from its audit."""

    def __init__(self, display: str, folder: Path, layout: dict[str, dict[str, list[float]]]):
        self.env = os.environ | {"DISPLAY": display, "TMPDIR": str(folder)}
        self.layout = layout
        self.folder = folder
        self.log = (folder / "demo.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "run_kiosk.py", "--demo", "--out", str(folder / "out")],
            env=self.env, cwd=ROOT, stdout=self.log, stderr=subprocess.STDOUT,
        )

    def wait_for(self, event: str, count: int = 1, seconds: float = 60) -> dict:
        """Wait until an event was recorded so many times; the last of them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "demo.log").read_text()
            found = [entry for entry in self.audit() if entry["event"] == event]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.05)
        pytest.fail(f"no {event}: {[entry['event'] for entry in self.audit()]}")

    def say_yes_until(self, event: str, seconds: float = 90) -> None:
        """Let the dock's phone say yes until that is recorded; it may not be asked yet."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.touch_at(*(mm * PX_PER_MM for mm in DOCK_PHONE_MM))
            time.sleep(2)
            if event in [entry["event"] for entry in self.audit()]:
                return
        pytest.fail(f"no {event}: {[entry['event'] for entry in self.audit()]}")

    def audit(self) -> list[dict]:
        stores = list(self.folder.glob(f"tongban-*/state/{STORE}"))
        try:
            return flat_audit(stores[0]) if stores else []
        except (apsw.Error, ValueError):
            return []  # it is being made just now

    def touch(self, screen: str, button: str) -> None:
        """Touch a button where the layout has it."""
        self.touch_at(*self.layout[screen][button])

    def touch_dock_card(self) -> None:
        self.touch_at(*(mm * PX_PER_MM for mm in DOCK_CARD_MM))

    def touch_at(self, x: float, y: float) -> None:
        time.sleep(0.6)  # a new screen is seen before it is touched
        told = self.tool("xwininfo", "-name", "Tongban")
        left, top = (
            int(re.search(rf"Absolute upper-left {axis}: +(-?\d+)", told)[1]) for axis in "XY"
        )
        self.tool("xdotool", "mousemove", str(left + round(x)), str(top + round(y)))
        self.tool("xdotool", "mousedown", "1")
        time.sleep(0.08)
        self.tool("xdotool", "mouseup", "1")

    def tool(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=30, check=True
        ).stdout

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


@pytest.fixture
def window(display, tmp_path):
    layout = json.loads(gallery(display, "--layout").stdout.splitlines()[-1])
    opened = Window(display, tmp_path, layout)
    yield opened
    opened.close()


def test_from_the_first_screen_to_the_paper_and_back(window):
    window.wait_for("in_service")
    window.touch("idle", "start")
    window.wait_for("visit_begun")
    window.touch_dock_card()
    window.wait_for("card_read")
    window.touch("consent", "phone")
    window.wait_for("phone_chosen")
    window.say_yes_until("signed_in")
    window.wait_for("certificates_listed")
    window.touch("certificates", "certificate-1")
    assert window.wait_for("certificate_chosen")["certificate_type"] == "pension_benefit"
    window.wait_for("certificate_verified", count=2)
    window.touch("preview", "accept")
    window.touch("purpose", "purpose-school")
    window.touch("copies", "more")
    window.touch("copies", "print")
    begun = window.wait_for("print_begun")
    assert (begun["purpose"], begun["copies"]) == ("social_security", 2)
    window.wait_for("print_settled")
    window.wait_for("receipt_printed")
    window.touch("another", "leave")
    window.touch_dock_card()
    window.wait_for("card_removed")
    assert window.wait_for("visit_ended")["outcome"] == "printed"
    assert (window.folder / "out/document.pdf").read_bytes().startswith(b"%PDF")
    assert (window.folder / "out/receipt.png").exists()
    window.touch("idle", "start")
    window.wait_for("visit_begun", count=2)


def test_the_dock_cuts_the_power_and_another_window_goes_on_from_the_same_disk(window):
    window.wait_for("in_service")
    window.touch("idle", "start")
    window.wait_for("visit_begun")
    window.touch_at(*(mm * PX_PER_MM for mm in DOCK_POWER_MM))
    window.wait_for("in_service", count=2)
    events = [entry["event"] for entry in window.audit()]
    assert events.count("terminal_started") == 2
    assert "terminal_stopped" not in events  # it had no time to
    window.touch("idle", "start")
    window.wait_for("visit_begun", count=2)
