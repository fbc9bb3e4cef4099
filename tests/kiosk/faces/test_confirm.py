"""Somebody before a camera, over the stream: living, a photo, or somebody else."""

import asyncio
import time
from random import Random

import pytest

from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import parse_source
from kiosk.config import FacesSection
from kiosk.errors import Failure
from kiosk.faces.liveness import NOT_DONE, Ask, Doubt
from kiosk.faces.photo import PhotoDecoder
from kiosk.faces.port import Hint
from kiosk.faces.service import FaceService, FrameSlot
from kiosk.reasons import Reason
from kiosk.visit.personal import Visit
from kiosk.worker import Worker
from provisioning.obeying import obey_hints
from sandbox.people.cards import card_image

ENOUGH_SECONDS = 20.0
"""Who moves at once as asked is through by then even on a machine that is busy with others."""


class Booth:
    """A simulated camera and what looks through it."""

    def __init__(self, simulator) -> None:
        self.simulator = simulator
        self.hints = []
        self._visit = Visit()
        self._worker = Worker("kiosk.faces.worker", 900, 30)
        decoder = PhotoDecoder("sandbox.people.photo:decode")
        self._faces = FaceService(self._worker, FacesSection.threshold, decoder)
        self._camera = OpenCvCamera(parse_source(simulator.address))

    async def confirm(self, card_of: str):
        slot = FrameSlot(asyncio.get_running_loop())
        await self._camera.open()
        self._camera.observe(lambda frame: slot.put(frame.picture))
        kind = await self._faces.prepare(card_image(card_of)["photo"], None)
        obeying = asyncio.create_task(obey_hints(self._visit, self._order))
        try:
            return await self._faces.confirm(slot, kind, self._show, Random(4))
        finally:
            obeying.cancel()

    async def close(self) -> None:
        await self._camera.stop()
        self._camera.close()
        await self._worker.stop()

    def _order(self, to: str, do: str, **fields) -> None:
        assert to == "camera"
        self.simulator.order(do, **fields)

    def _show(self, hint: Hint) -> None:
        self._visit.hint = hint
        self.hints.append(hint)


@pytest.fixture
async def booth(simulate):
    made = Booth(simulate("drivers.camera", "--person", "li-xiulan"))
    yield made
    await made.close()


async def test_a_living_person_is_through_in_seconds_and_the_camera_says_what_was_hers(booth):
    began = time.monotonic()
    verdict = await booth.confirm("li-xiulan")
    took = time.monotonic() - began
    assert (verdict.same, verdict.live, verdict.doubt) == (True, True, None)
    moved = [booth.simulator.report("moved") for _ in Ask]
    assert {one["movement"] for one in moved} == set(Ask)
    assert sum(one["ms"] for one in moved) / 1000 < took < ENOUGH_SECONDS


async def test_a_photo_of_the_right_person_is_the_same_and_not_living(booth):
    booth.simulator.order("fault", name="still")
    verdict = await booth.confirm("li-xiulan")
    assert verdict.same
    assert not verdict.live
    assert verdict.doubt in NOT_DONE.values()


async def test_a_camera_that_is_lost_while_it_is_asked_is_the_cameras_fault(booth):
    booth.simulator.order("fault", name="still")
    confirming = asyncio.create_task(booth.confirm("li-xiulan"))
    async with asyncio.timeout(10):
        while Hint.HOLD_STILL not in booth.hints:
            await asyncio.sleep(0.02)
    booth.simulator.order("fault", name="lost")
    with pytest.raises(Failure) as caught:
        await asyncio.wait_for(confirming, 5)
    assert caught.value.reason is Reason.CAMERA_FAULT


async def test_somebody_else_is_not_asked_to_move(booth):
    verdict = await booth.confirm("wang-jianguo")
    assert (verdict.same, verdict.live, verdict.doubt) == (False, False, Doubt.ANOTHER_FACE)
    assert Hint.HOLD_STILL not in booth.hints
