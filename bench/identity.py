"""From the last byte of the card's reply to the identity being known to the screen.

The simulator reports when it wrote the last byte; the engine's observer, which is what
a screen is, notes when the state changed. Both read the system's monotonic clock.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.terminal import Terminal
from kiosk.visit import events as ev
from kiosk.visit.states import Step
from provisioning.stage import Stage

RUNS = 10


def measure() -> dict[str, Any]:
    """Median and largest over a few cards."""
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
        stage = Stage(Path(folder))
        try:
            times = asyncio.run(_cards(stage))
        finally:
            stage.close()
    return {
        "median_ms": round(median(times), 2),
        "largest_ms": round(max(times), 2),
        "bound_ms": 50,
        "ratio": round(median(times) / 50, 4),
        "runs": len(times),
    }


async def _cards(stage: Stage) -> list[float]:
    terminal = Terminal(stage.config)
    known: list[float] = []
    terminal.engine.observe(
        lambda _, event: known.append(time.monotonic()) if isinstance(event, ev.CardRead) else None
    )
    await terminal.start()
    times = []
    for _ in range(RUNS):
        stage.reports.clear()
        known.clear()
        stage.order("idcard", "place", person="li-xiulan")
        while not (known and any(r["event"] == "card_read" for r in stage.reports)):
            await asyncio.sleep(0.01)
        sent = next(r["at"] for r in stage.reports if r["event"] == "card_read")
        times.append((known[0] - sent) * 1000)
        terminal.engine.send(ev.Cancelled())
        stage.order("idcard", "take")
        while not _is_at(terminal, Step.IDLE):
            await asyncio.sleep(0.05)
    await terminal.stop()
    return times


def _is_at(terminal: Terminal, step: Step) -> bool:
    return terminal.engine.state.step is step
