"""The terminal in a window, on a stage of simulated devices, with the dev dock beside it."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioning.headless import TRUST
from provisioning.obeying import obey_hints
from provisioning.stage import CHIP_CARDS, Panel, Stage, StageFailed, list_people

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

PANEL = Panel()
DEFAULT_HEIGHT = 960
CODE_FILE, CODE_DPI = "code.png", 200
FREE_SHARE = 0.9
"""How much of the display's height the window may take."""


def run_demo(out: Path) -> int:
    """Open the window and run until it is closed; the exit status."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        print("there is no display: use --headless", file=sys.stderr)
        return 2
    from screens import app, fonts, theme

    try:
        fonts.require()
    except fonts.NoFonts as error:
        print(error, file=sys.stderr)
        return 2
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"cannot write to {out}: {error}", file=sys.stderr)
        return 2
    panel = fit_panel(display_height())
    people = list_people()
    with tempfile.TemporaryDirectory(prefix="tongban-") as folder:
        try:
            stage = Stage(Path(folder), panel, arguments=(CHIP_CARDS,))
        except StageFailed as error:
            print(f"the stage did not come up: {error}", file=sys.stderr)
            return 2
        stage.order("camera", "show", person=people[0][0])
        beside = round(theme.DOCK_MM * panel.px_per_mm)
        obeying: list[asyncio.Task[None]] = []

        def add_dock(window: Any, terminal: "Terminal") -> None:
            from screens.dock import Dock  # opens Kivy: only once the window is there

            obeying.append(asyncio.create_task(obey_hints(terminal.visit, stage.order)))
            part = Dock(
                panel.height / panel.px_per_mm, panel.px_per_mm, people, stage.order,
                (out / CODE_FILE).resolve(), "smartcard" in stage.places,
            )
            part.pos = (panel.width, 0)
            part.build()
            window.add_widget(part)

            def report(told: dict[str, Any]) -> None:
                """What a simulator says; in the stage's own thread."""
                keep_paper(told, out, stage)
                if told.get("event") == "taken_over":
                    part.phone_shows_number(str(told["number"]))

            stage.report = report

        try:
            return app.run(stage.config, beside, add_dock)
        finally:
            stage.close()


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
