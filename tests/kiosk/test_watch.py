"""A part that is looked after: lost after a few looks, at once where it says so, and back."""

import asyncio
from datetime import datetime

import pytest

from drivers.device import Observable, Status
from kiosk import watch as watching
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.states import Part
from kiosk.watch import MISSES, Watch

NOON = datetime(2026, 3, 2, 12, 0)
LOST = ev.PartLost(Part.CAMERA, Reason.CAMERA_FAULT, NOON)
BACK = ev.PartBack(Part.CAMERA)


class Seen:
    """A part that answers as it is told to, and what was said of it."""

    def __init__(self) -> None:
        self.reason: Reason | None = None
        self.looks = 0
        self.said: list[ev.Event] = []
        self.watch = Watch(Part.CAMERA, self._look, self.said.append, lambda: NOON)

    async def _look(self) -> Reason | None:
        self.looks += 1
        return self.reason


@pytest.fixture
def seen():
    return Seen()


async def test_what_does_not_answer_is_lost_after_a_few_looks(seen):
    seen.reason = Reason.PRINTER_UNREACHABLE
    for _ in range(MISSES - 1):
        await seen.watch.look()
    assert seen.said == []
    await seen.watch.look()
    assert seen.said == [ev.PartLost(Part.CAMERA, Reason.PRINTER_UNREACHABLE, NOON)]


async def test_a_part_whose_process_dies_is_lost_at_once_and_looked_for_at_once(seen, monkeypatch):
    monkeypatch.setattr(watching, "EVERY_SECONDS", 3600)
    status = Observable(Status.ONLINE)
    seen.watch.follow(status, Reason.CAMERA_FAULT)
    running = asyncio.create_task(seen.watch.run(lambda: True))
    await asyncio.sleep(0)
    await asyncio.to_thread(status.set, Status.OFFLINE)
    async with asyncio.timeout(5):
        while len(seen.said) < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    assert seen.said == [LOST, BACK]
    assert seen.looks == 1


async def test_a_part_that_is_lost_in_a_visit_is_looked_for_after_it(seen, monkeypatch):
    monkeypatch.setattr(watching, "EVERY_SECONDS", 0.02)
    at_rest = False
    running = asyncio.create_task(seen.watch.run(lambda: at_rest))
    seen.watch.lose(Reason.CAMERA_FAULT)
    await asyncio.sleep(0.1)
    assert (seen.said, seen.looks) == ([LOST], 0)
    at_rest = True
    async with asyncio.timeout(5):
        while len(seen.said) < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    assert seen.said[1] == BACK


async def test_other_states_of_a_device_are_for_looks_to_judge(seen):
    status = Observable(Status.ONLINE)
    seen.watch.follow(status, Reason.CAMERA_FAULT)
    status.set(Status.HARDWARE_ERROR)
    await asyncio.sleep(0.05)
    assert seen.said == []
