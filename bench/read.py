"""Reading a card at 115200 baud against the line's own time and the card's.

The floor is what the line needs for every byte in both directions, and what the card and
the reader take by themselves (the simulator's waits). Ours is from the request that
selects the card to the document. The driver's own work is what it computes in that time.
"""

import asyncio
import json
import subprocess
import sys
import time
from statistics import median
from typing import Any

from drivers.idcard.driver import SdtReader
from drivers.idcard.protocol import Command, encode_command, encode_reply, join_parts

RUNS = 15
BAUD = 115200
CARD_SECONDS, SELECT_SECONDS = 1.0, 0.03
BOUND, BOUND_WORK_MS = 1.03, 3.0


def measure() -> dict[str, Any]:
    """Median over some reads, in one run with the floor."""
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.idcard", "simulate", "--control",
         "--read-seconds", str(CARD_SECONDS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        place = process.stdout.readline().strip()
        took, worked = asyncio.run(reads(place, process))
    finally:
        process.stdin.close()
        process.wait(timeout=10)
    least = floor()
    return {
        "read_ms": round(median(took) * 1000, 2),
        "floor_ms": round(least * 1000, 2),
        "ratio": round(median(took) / least, 4),
        "bound": BOUND,
        "own_work_ms": round(median(worked) * 1000, 2),
        "bound_own_work_ms": BOUND_WORK_MS,
        "runs": len(took),
    }


def floor() -> float:
    """Seconds that line, card and reader need by themselves."""
    requests = encode_command(Command.SELECT_CARD) + encode_command(Command.READ_TEXT_PHOTO)
    replies = encode_reply(0x90, bytes(8)) + encode_reply(0x90, join_parts(bytes(256), bytes(1024)))
    line = len(requests + replies) * 10 / BAUD
    return line + SELECT_SECONDS + CARD_SECONDS


async def reads(
    place: str, process: "subprocess.Popen[str]"
) -> tuple[list[float], list[float]]:
    """Seconds of each read, and of the processor's time in it."""
    assert process.stdin is not None
    reader = SdtReader(place, BAUD)
    await reader.open()
    took, worked = [], []
    for _ in range(RUNS):
        process.stdin.write(json.dumps({"do": "place", "person": "li-xiulan"}) + "\n")
        process.stdin.flush()
        await reader.wait_for_card()
        began, busy = time.perf_counter(), time.process_time()
        await reader.read(lambda _: None)
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
        process.stdin.write(json.dumps({"do": "take"}) + "\n")
        process.stdin.flush()
        await reader.wait_for_removal()
    reader.close()
    return took, worked
