"""A thousand times pulled out and plugged in again: every simulated device, all at once.

Each device is a process of its own, and the chip-card reader the real pcscd's; one
supervisor keeps all of them, as in a terminal. Measured is the time from plugging in to
the device being ready, and what is left behind: threads, open files, memory. Bounded by
the number of cycles.
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
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psutil

from drivers.auxiliaries.__main__ import parse_nut
from drivers.auxiliaries.driver import InputPanel
from drivers.auxiliaries.lights import RelayLights
from drivers.auxiliaries.port import Light
from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import parse_source
from drivers.catalogue import PrinterKeeper
from drivers.device import DeviceFailure, FailureReason, Status
from drivers.finders import PlacesFinder
from drivers.idcard.driver import SdtReader
from drivers.qrscanner.driver import open_scanner
from drivers.receipt_printer.driver import EscposPrinter
from drivers.smartcard.driver import PcscReader
from drivers.supervisor import Bus, ClaimState, Device, Driver, Role, Supervisor, Times
from kiosk.allocator import limit_arenas
from sandbox.pcscd import SOCKET_VARIABLE, Pcscd

CYCLES = int(os.environ.get("SOAK_CYCLES", "1000"))
WARM_UP = 200
"""Cycles before counting: an allocator takes what it keeps in the first of them."""
MARKS = 5
"""How often memory is looked at on the way, to tell growth from what comes and goes."""
BOUND_SECONDS = 2.0
SAMPLES, SAMPLE_SECONDS = 5, 0.05
LOST_SECONDS, BACK_SECONDS = 10.0, 30.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A simulated device: its module, its arguments, and which word of its address it is."""

    module: str
    bus: Bus
    arguments: tuple[str, ...] = ()
    word: int = 0


OUT = ("--out", "{folder}")
KINDS: dict[str, Kind] = {
    "idcard": Kind("idcard", Bus.SERIAL),
    "qrscanner serial": Kind("qrscanner", Bus.SERIAL),
    "qrscanner keyboard": Kind("qrscanner", Bus.INPUT, ("--mode", "keyboard")),
    "receipt_printer": Kind("receipt_printer", Bus.NETWORK, OUT),
    "document_printer": Kind("document_printer", Bus.NETWORK, OUT),
    "camera": Kind("camera", Bus.NETWORK),
    "panel": Kind("auxiliaries", Bus.INPUT),
    "power supply": Kind("auxiliaries", Bus.NETWORK, word=1),
    "guide lights": Kind("auxiliaries", Bus.SERIAL, word=2),
}
CARD_READER = "chip-card reader"
"""The one that no simulator of ours serves: pcscd is killed and started again."""


@dataclass(slots=True)
class Plug:
    """One device that can be pulled out, and how long it took to come back each time."""

    name: str
    place: str
    bus: Bus
    pull: Callable[[], object]
    put: Callable[[], object]
    end: Callable[[], object]
    back: list[float] = field(default_factory=list)
    never: int = 0


def measure(cycles: int = CYCLES) -> dict[str, Any]:
    """All devices through all cycles, at the same time."""
    limit_arenas()
    logging.getLogger("drivers.supervisor").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="tongban-soak-") as folder:
        plugs = [start(name, kind, folder) for name, kind in KINDS.items()]
        plugs.append(start_pcscd(Path(folder)))
        try:
            return asyncio.run(soak(plugs, cycles))
        finally:
            for plug in plugs:
                plug.end()


def start(name: str, kind: Kind, folder: str) -> Plug:
    """Start a simulator."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"drivers.{kind.module}", "simulate", "--control",
         *(one.format(folder=folder) for one in kind.arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    control, address = process.stdin, process.stdout.readline().strip()
    threading.Thread(target=drain, args=(process,), daemon=True).start()

    def order(do: str) -> None:
        control.write(json.dumps({"do": do}) + "\n")
        control.flush()

    def end() -> None:
        control.close()
        process.wait(timeout=10)

    place = address.split()[kind.word]
    return Plug(name, place, kind.bus, partial(order, "unplug"), partial(order, "plug"), end)


def start_pcscd(folder: Path) -> Plug:
    """Start the real pcscd with its virtual reader."""
    place = folder / "pcscd"
    os.environ[SOCKET_VARIABLE] = str(place)
    service = Pcscd(folder, place)
    service.start()
    reader = f"pcsc:{service.reader}"
    return Plug(CARD_READER, reader, Bus.PCSC, service.kill, service.start, service.kill)


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


class Checked(Protocol):
    """What can only be asked how it is."""

    async def check(self) -> None:
        """Raises DeviceFailure."""


class PlainDevice:
    """A device that is asked anew each time and has nothing to open."""

    def __init__(self, device: Checked) -> None:
        self._device = device

    async def open(self) -> None:
        """Ask it. Raises DeviceFailure."""
        await self._device.check()

    async def check(self) -> None:
        """Ask it. Raises DeviceFailure."""
        await self._device.check()

    def close(self) -> None:
        """Nothing is held."""


def make(place: str) -> Device:
    """The device at a simulator's place."""
    if place.startswith("ipp:"):
        return PrinterKeeper(place)
    if place.startswith("tcp:"):
        return EscposPrinter(place)
    if place.startswith("http:"):
        return RunningCamera(place)
    if place.startswith("nut:"):
        return PlainDevice(parse_nut(place))
    if place.startswith("pcsc:"):
        return PcscReader(place.removeprefix("pcsc:"))
    if place.endswith("idcard"):
        return SdtReader(place)
    if place.endswith("panel"):
        return InputPanel(place)
    if place.endswith("lights"):
        return PlainDevice(RelayLights(place, {Light.CARD: 1}))
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
    after, memory = before, [before["memory_mb"]]
    for share in shares(cycles):
        await asyncio.gather(*(all_cycles(supervisor, plug, share) for plug in plugs))
        after = left_behind()
        memory.append(after["memory_mb"])
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
        "memory_mb_on_the_way": memory,
        "after": after,
    }


def shares(cycles: int) -> list[int]:
    """The cycles in as many parts as there are marks."""
    marks = min(MARKS, cycles)
    return [cycles // marks + (part < cycles % marks) for part in range(marks)]


async def all_cycles(supervisor: Supervisor, plug: Plug, cycles: int) -> None:
    """One device out and in again, so many times."""
    await becomes(supervisor, plug.place, True, BACK_SECONDS)
    for _ in range(cycles):
        await asyncio.to_thread(plug.pull)
        await becomes(supervisor, plug.place, False, LOST_SECONDS)
        await asyncio.to_thread(plug.put)
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
    """Threads, open files and memory of this process now; a picture in passing not counted."""
    gc.collect()
    process = psutil.Process()
    memory = []
    for _ in range(SAMPLES):
        memory.append(process.memory_info().rss)
        time.sleep(SAMPLE_SECONDS)
    return {
        "threads": process.num_threads(),
        "files": process.num_fds(),
        "memory_mb": round(min(memory) / 2**20, 1),
    }
