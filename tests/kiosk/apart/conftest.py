"""Devices in processes of their own, before simulators."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import asdict
from random import Random

import pytest

from drivers.device import DeviceFailure
from drivers.receipt_printer.port import Capabilities
from drivers.supervisor import Role
from kiosk.apart import process
from kiosk.apart.devices import ApartCamera, ApartReader, ApartReceiptPrinter
from kiosk.apart.kept import KeptProcess
from kiosk.config import DevicesSection

NOWHERE = {
    "reader": "/dev/nowhere", "camera": "/nowhere", "receipt_printer": "tcp://127.0.0.1:9",
    "document_printer": "ipp://127.0.0.1:9",
}


class Apart:
    """Makes devices apart, and ends their processes with the test."""

    def __init__(self) -> None:
        self.kept: list[KeptProcess] = []

    def keep(self, role: Role, **places: str) -> KeptProcess:
        section = asdict(DevicesSection(**{**NOWHERE, **places}))
        self.kept.append(KeptProcess(role, section, Random(1)))
        return self.kept[-1]

    def reader(self, place: str, **places: str) -> ApartReader:
        return ApartReader(self.keep(Role.IDCARD, reader=place, **places))

    def camera(self, place: str) -> ApartCamera:
        return ApartCamera(self.keep(Role.CAMERA, camera=place))

    def receipt_printer(self, place: str, model: str = "raster80") -> ApartReceiptPrinter:
        kept = self.keep(Role.RECEIPT_PRINTER, receipt_printer=place, receipt_model=model)
        return ApartReceiptPrinter(kept, Capabilities())

    @property
    def pid(self) -> int | None:
        return self.kept[-1].pid

    def kill(self, number: signal.Signals = signal.SIGSEGV) -> None:
        """What a C library does to its process."""
        os.kill(self.pid, number)

    async def close(self) -> None:
        await asyncio.gather(*(one.close() for one in self.kept))


@pytest.fixture
async def apart():
    made = Apart()
    yield made
    await made.close()


@pytest.fixture
def quick_pings(monkeypatch):
    """A process that hangs is noticed within a moment."""
    monkeypatch.setattr(process, "PING_SECONDS", 0.1)


async def until(so: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not so():
            await asyncio.sleep(0.01)


async def again(call, seconds: float = 15):
    """What a call gives once it does not fail any more."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await call()
            except DeviceFailure:
                await asyncio.sleep(0.05)
