"""A thousand times pulled out and plugged in again: every simulated device, all at once.

Each device is a process of its own; one supervisor keeps all of them, as in a terminal.
Measured is the time from plugging in to the device being ready, and what is left behind:
threads, open files, memory. Bounded by the number of cycles.
"""

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psutil

from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import parse_source
from drivers.catalogue import PrinterKeeper
from drivers.device import DeviceFailure, FailureReason, Status
from drivers.finders import PlacesFinder
from drivers.idcard.driver import SdtReader
from drivers.qrscanner.driver import open_scanner
from drivers.receipt_printer.driver import EscposPrinter
from drivers.supervisor import Bus, ClaimState, Device, Driver, Role, Supervisor, Times

CYCLES = int(os.environ.get("SOAK_CYCLES", "1000"))
WARM_UP = 60
"""Cycles before counting: an allocator takes what it keeps in the first of them."""
BOUND_SECONDS = 2.0
LOST_SECONDS, BACK_SECONDS = 10.0, 30.0
MODULES: dict[str, tuple[str, tuple[str, ...], Bus]] = {
    "idcard": ("idcard", (), Bus.SERIAL),
    "qrscanner serial": ("qrscanner", (), Bus.SERIAL),
    "qrscanner keyboard": ("qrscanner", ("--mode", "keyboard"), Bus.INPUT),
    "receipt_printer": ("receipt_printer", ("--out", "{folder}"), Bus.NETWORK),
    "document_printer": ("document_printer", ("--out", "{folder}"), Bus.NETWORK),
    "camera": ("camera", (), Bus.NETWORK),
}


@dataclass(slots=True)
class Plug:
    """One simulated device, and how long it took to come back each time."""

    name: str
    process: subprocess.Popen[str]
    place: str
    bus: Bus
    back: list[float] = field(default_factory=list)
    never: int = 0

    def order(self, do: str) -> None:
        """Pull it out or plug it in."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do}) + "\n")
        self.process.stdin.flush()


def measure(cycles: int = CYCLES) -> dict[str, Any]:
    """All devices through all cycles, at the same time."""
    logging.getLogger("drivers.supervisor").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="tongban-soak-") as folder:
        plugs = [start(name, folder) for name in MODULES]
        try:
            return asyncio.run(soak(plugs, cycles))
        finally:
            for plug in plugs:
                assert plug.process.stdin is not None
                plug.process.stdin.close()
                plug.process.wait(timeout=10)


def start(name: str, folder: str) -> Plug:
    """Start a simulator."""
    module, arguments, bus = MODULES[name]
    process = subprocess.Popen(
        [sys.executable, "-m", f"drivers.{module}", "simulate", "--control",
         *(one.format(folder=folder) for one in arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdout is not None
    place = process.stdout.readline().strip()
    threading.Thread(target=drain, args=(process,), daemon=True).start()
    return Plug(name, process, place, bus)


def drain(process: "subprocess.Popen[str]") -> None:
    """Read what a simulator reports, so that it never waits for us."""
    assert process.stdout is not None
    for _ in process.stdout:
        pass


class RunningCamera:
    """A camera in use: it streams all the time, and says when the stream ends."""

    def __init__(self, place: str) -> None:
        self._camera = OpenCvCamera(parse_source(place))

    async def open(self) -> None:
        """Begin to stream. Raises DeviceFailure."""
        await self._camera.stop()
        await self._camera.open()

    async def check(self) -> None:
        """Whether the stream still runs. Raises DeviceFailure."""
        if self._camera.status.value is Status.NO_DEVICE:
            raise DeviceFailure(FailureReason.CAMERA_FAULT, "the stream has ended")

    def close(self) -> None:
        """Let it go."""
        self._camera.close()


def make(place: str) -> Device:
    """The device at a simulator's place."""
    if place.startswith("ipp:"):
        return PrinterKeeper(place)
    if place.startswith("tcp:"):
        return EscposPrinter(place)
    if place.startswith("http:"):
        return RunningCamera(place)
    if place.endswith("idcard"):
        return SdtReader(place)
    return open_scanner(place)


async def soak(plugs: list[Plug], cycles: int) -> dict[str, Any]:
    """Supervise all devices while each is pulled out and plugged in again."""
    driver: Driver[Device] = Driver(
        Role.AUXILIARY, "soak", 1, lambda _: True, lambda found: make(found.place)
    )
    finder = PlacesFinder([(Role.AUXILIARY, plug.bus, plug.place) for plug in plugs])
    supervisor = Supervisor([finder], [driver], times=Times(poll=0.1, check=0.1))
    running = asyncio.create_task(supervisor.run())
    await asyncio.gather(*(all_cycles(supervisor, plug, WARM_UP) for plug in plugs))
    before = left_behind()
    for plug in plugs:
        plug.back.clear()
    await asyncio.gather(*(all_cycles(supervisor, plug, cycles) for plug in plugs))
    after = left_behind()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return {
        "cycles": cycles,
        "back_seconds": {
            plug.name: {
                "median": round(sorted(plug.back)[len(plug.back) // 2], 3),
                "largest": round(max(plug.back), 3),
                "never": plug.never,
            }
            for plug in plugs
        },
        "bound_seconds": BOUND_SECONDS,
        "largest": round(max(max(plug.back) for plug in plugs), 3),
        "before": before,
        "after": after,
    }


async def all_cycles(supervisor: Supervisor, plug: Plug, cycles: int) -> None:
    """One device out and in again, so many times."""
    await becomes(supervisor, plug.place, True, BACK_SECONDS)
    for _ in range(cycles):
        plug.order("unplug")
        await becomes(supervisor, plug.place, False, LOST_SECONDS)
        plug.order("plug")
        began = time.monotonic()
        if not await becomes(supervisor, plug.place, True, BACK_SECONDS):
            plug.never += 1
        plug.back.append(time.monotonic() - began)


async def becomes(supervisor: Supervisor, place: str, ready: bool, seconds: float) -> bool:
    """Wait until a place is ready, or is not; False if it does not come to that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = {one.found.place: one.state for one in supervisor.inventory.value}
        if (states.get(place) == ClaimState.READY) is ready:
            return True
        await asyncio.sleep(0.02)
    return False


def left_behind() -> dict[str, float]:
    """Threads, open files and memory of this process now."""
    gc.collect()
    process = psutil.Process()
    return {
        "threads": process.num_threads(),
        "files": process.num_fds(),
        "memory_mb": round(process.memory_info().rss / 2**20, 1),
    }
