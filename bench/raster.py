"""Encoding a Chinese receipt against handing the same picture to python-escpos.

Both make `GS v 0` commands; the simulated printer's interpreter shows that the same dots
would come out.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from escpos.printer import Dummy
from PIL import Image

from drivers.receipt_printer.interpreter import Interpreter
from drivers.receipt_printer.paper import PaperRoll
from drivers.receipt_printer.port import Raster
from drivers.receipt_printer.protocol import encode_raster
from kiosk.printing.port import Receipt
from kiosk.printing.receipt import draw_receipt

RUNS = 25
SAMPLE = Receipt(
    "柳塘村便民服务中心", "DEMO-0001", "20261124-000001", "李*兰",
    "城乡居民基本养老保险参保缴费凭证",
    "Proof of pension insurance", "入学", 2, 4, "2026-11-24 10:30",
)


def measure() -> dict[str, Any]:
    """Milliseconds of both, alternating, in one run."""
    raster = draw_receipt(SAMPLE, 576)
    picture = Image.fromarray(np.where(raster, 0, 255).astype(np.uint8), "L")

    def peer() -> bytes:
        printer = Dummy()
        printer.image(picture, center=False)
        return bytes(printer.output)

    def ours() -> bytes:
        return encode_raster(raster)

    same = np.array_equal(printed(ours()), printed(peer()))
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(RUNS):
        times["ours"].append(timed(ours))
        times["peer"].append(timed(peer))
    mine, theirs = median(times["ours"]), median(times["peer"])
    return {
        "ours_ms": round(mine, 3),
        "escpos_image_ms": round(theirs, 3),
        "times_faster": round(theirs / mine, 1),
        "ratio": round(mine / theirs, 4),
        "bound_times_faster": 5,
        "same_dots": same,
        "rows": raster.shape[0],
    }


def timed(call: Callable[[], bytes]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def printed(commands: bytes) -> Raster:
    """The dots that a printer would print."""
    roll = PaperRoll(576)
    for operation in Interpreter().feed(commands):
        if operation.name == "raster":
            width = int.from_bytes(operation.arguments[2:4], "little")
            rows = int.from_bytes(operation.arguments[4:6], "little")
            roll.raster(operation.data, width, rows)
    return np.asarray(roll.cut()) < 128
