"""A whole visit with devices at their real speed.

115200 baud, a card read of 1.0 s, receipts at 150 mm/s, the first A4 page after 8 s, a
camera of 24 frames a second. The floor is what the person and the slowest chain of
devices need by themselves, from the simulators' own reports: the card's read and its
time on the line, the frames in which a straight face is measured and compared, the
movements from being asked to looking straight again, the page, and the receipt.
"""

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.faces.liveness import Limits
from provisioning.headless import describe, visit
from provisioning.stage import Stage

RUNS = 3
FRAMES_PER_SECOND = 24


def measure() -> dict[str, Any]:
    """Medians over a few visits, each by a terminal of its own."""
    walls, floors, last = [], [], {}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder:
            stage = Stage(Path(folder))
            try:
                pilot = asyncio.run(visit(stage, "li-xiulan", None, 1))
                last = describe(pilot, stage.reports)
            finally:
                stage.close()
        if last["outcome"] != "printed":
            raise RuntimeError(f"the visit ended with {last['outcome']}")
        walls.append(last["wall_ms"])
        floors.append(last["device_ms"] + Limits().samples * 1000 / FRAMES_PER_SECOND)
    wall, floor = median(walls), median(floors)
    return {
        "wall_ms": round(wall, 1),
        "device_ms": round(floor, 1),
        "ratio": round(wall / floor, 4),
        "software_adds_percent": round(100 * (wall / floor - 1), 2),
        "runs": RUNS,
        "walls_ms": walls,
        "devices": last["devices"],
    }
