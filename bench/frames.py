"""Gaps between frames while card, face and printer work, on a software renderer.

A real window shows a whole visit, made by the autopilot; something on the screen moves
all the time, so that every frame is drawn. The gap is the time between two flips of the
window's buffers. Needs a display (`make bench` makes one).
"""

import asyncio
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.visit.autopilot import Autopilot
from kiosk.visit.states import Step
from provisioning.obeying import obey_hints
from provisioning.stage import Stage

BOUND_MS = 50.0
SECONDS_TO_SEE = 0.3
"""How soon the quickest citizen touches a new screen."""


def measure() -> dict[str, Any]:
    """Gaps from the card being laid down to the last screen."""
    if not os.environ.get("DISPLAY"):
        raise SystemExit("bench frames needs a display: bash deploy/with-display.sh ...")
    from screens import app

    flips: list[tuple[float, str]] = []
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        stage = Stage(Path(folder))
        stage.order("camera", "show", person="li-xiulan")
        try:
            app.run(stage.config, 0, lambda root, terminal: _begin(stage, terminal, flips))
        finally:
            stage.close()
    gaps = [
        ((after - before) * 1000, step)
        for (before, step), (after, _) in pairwise(flips)
    ]
    worst = sorted(gaps, reverse=True)[:5]
    return {
        "largest_ms": round(worst[0][0], 1),
        "median_ms": round(median(gap for gap, _ in gaps), 1),
        "bound_ms": BOUND_MS,
        "ratio": round(worst[0][0] / BOUND_MS, 3),
        "over_bound": sum(gap > BOUND_MS for gap, _ in gaps),
        "frames": len(gaps),
        "worst": [[round(gap, 1), step] for gap, step in worst],
    }


def _begin(stage: Stage, terminal: Any, flips: list[tuple[float, str]]) -> None:
    from kivy.app import stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window

    engine = terminal.engine
    obeying = asyncio.create_task(obey_hints(terminal.visit, stage.order))
    watching = [False]

    def flipped(*_: object) -> None:
        if watching[0]:
            flips.append((time.perf_counter(), str(engine.state.step)))

    Window.bind(on_flip=flipped)
    Clock.schedule_interval(lambda _: Window.canvas.ask_update(), 0)
    pilot = Autopilot(
        engine, None,
        lambda: stage.order("idcard", "place", person="li-xiulan"),
        lambda: stage.order("idcard", "take"),
        time.monotonic,
        pause=SECONDS_TO_SEE,
    )

    def watch(state: Any, _: object) -> None:
        watching[0] = state.step not in (Step.STARTING, Step.IDLE, Step.FAREWELL)
        if state.step is Step.FAREWELL:
            obeying.cancel()
            Clock.schedule_once(lambda _: stopTouchApp(), 0.5)

    engine.observe(watch)
    pilot.start()
