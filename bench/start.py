"""Cold start to the first full screen, and memory with the face models loaded.

The start is measured from outside: the process is begun, and the display's memory is
looked at until the header's colour is there. The floor is a bare Kivy window of the same
size that paints one colour. Memory is the proportional set size (PSS) of the terminal
and its workers while it is in service, without the simulators around it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import apsw
import psutil
from PIL import ImageGrab

from kiosk.keeping import STORE
from offline.look import read_audit
from provisioning.stage import Stage, root

RUNS = 3
NAVY = bytes((10, 47, 92))
BARE = """
import sys
from screens import environment
environment.prepare(1080, 1920, False)
from kivy.base import runTouchApp
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget
widget = Widget()
with widget.canvas:
    Color(10 / 255, 47 / 255, 92 / 255, 1)
    Rectangle(pos=(0, 0), size=(1080, 1920))
runTouchApp(widget)
"""


def measure() -> dict[str, Any]:
    """Medians of a few warm starts, and the memory of the last."""
    if not os.environ.get("DISPLAY"):
        raise SystemExit("bench start needs a display: bash deploy/with-display.sh ...")
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        stage = Stage(Path(folder))
        config = str(Path(folder) / "kiosk.toml")
        try:
            kiosk = [sys.executable, "run_kiosk.py", "--config", config]
            bare = [sys.executable, "-c", BARE]
            _until_painted(kiosk)  # the files are in the cache from here on
            ours, floors = [], []
            for _ in range(RUNS):
                floors.append(_until_painted(bare))
                ours.append(_until_painted(kiosk))
            memory = _memory(kiosk, Path(folder) / "state" / STORE)
        finally:
            stage.close()
    return {
        "start_s": round(median(ours), 3),
        "bare_window_s": round(median(floors), 3),
        "ratio": round(median(ours) / median(floors), 2),
        "bound_s": 1.0,
        **memory,
    }


def _until_painted(command: list[str]) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=root(), stderr=subprocess.DEVNULL)
    try:
        while not _is_painted():
            if time.perf_counter() - began > 30:
                raise RuntimeError("nothing was painted")
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()
        while _is_painted():
            time.sleep(0.01)


def _is_painted() -> bool:
    """Whether the middle of the header has its colour."""
    width, _ = ImageGrab.grab().size
    left, top = (width - 1080) // 2, 40
    picture = ImageGrab.grab((left + 540, top + 6, left + 541, top + 7)).convert("RGB")
    return picture.tobytes() == NAVY


def _memory(command: list[str], store: Path) -> dict[str, Any]:
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()
    process = subprocess.Popen(command, cwd=root(), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not _in_service(store):
            time.sleep(0.1)
        time.sleep(1)
        own = psutil.Process(process.pid)
        parts = {"terminal_mb": own, **{f"worker_{p.pid}_mb": p for p in own.children()}}
        sizes = {name: p.memory_full_info().pss / 2**20 for name, p in parts.items()}
    finally:
        process.terminate()
        process.wait()
    workers = sum(size for name, size in sizes.items() if name != "terminal_mb")
    return {
        "memory_mb": round(sum(sizes.values()), 1),
        "memory_terminal_mb": round(sizes["terminal_mb"], 1),
        "memory_face_worker_mb": round(workers, 1),
        "memory_bound_mb": 350,
    }


def _in_service(store: Path) -> bool:
    try:
        return any(record["event"] == "in_service" for record in read_audit(store))
    except (apsw.Error, ValueError):
        return False  # it is not there yet
