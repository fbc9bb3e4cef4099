"""A face is compared only as often as its card may be tried."""

import asyncio
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace

import pytest

from drivers.device import Status
from kiosk.errors import Failure
from kiosk.faces.liveness import Doubt
from kiosk.limits.attempts import Kind, TooMany
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.work.looking import Looking


class Camera:
    """A camera that sees."""

    status = SimpleNamespace(value=Status.ONLINE)

    def __init__(self):
        self.opened = 0

    async def open(self):
        self.opened += 1

    async def stop(self):
        return

    def observe(self, see):
        return


class Faces:
    """Comparisons that end as the test says."""

    ends = SimpleNamespace(same=True, live=True, reference="chip_photo", doubt=None)

    async def prepare(self, photo, ask):
        return b"reference"

    async def confirm(self, slot, reference, show, chance):
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


@pytest.fixture
def looking(desk):
    desk.parts.camera, desk.parts.faces = Camera(), Faces()
    return Looking(desk, Random(1))


async def test_a_face_that_matches_takes_its_attempt_back(desk, looking):
    await looking.compare_face()
    assert desk.events == [ev.FaceMatched("chip_photo")]
    assert desk.parts.attempts.begun == [Kind.FACE]
    assert len(desk.parts.attempts.taken_back) == 1


async def test_a_face_of_somebody_else_has_had_its_attempt(desk, looking):
    desk.parts.faces.ends = SimpleNamespace(same=False, live=True, doubt=Doubt.ANOTHER_FACE)
    await looking.compare_face()
    assert desk.events == [ev.FaceFailed(Reason.FACE_MISMATCH)]
    assert desk.parts.attempts.taken_back == []


async def test_what_the_terminal_spoils_costs_nobody_an_attempt(desk, looking):
    desk.parts.faces.ends = Failure(Reason.FACE_FAULT)
    await looking.compare_face()
    assert desk.events == [ev.FaceFailed(Reason.FACE_FAULT)]
    assert len(desk.parts.attempts.taken_back) == 1


async def test_nobody_is_looked_at_once_it_was_tried_too_often(desk, looking):
    again_at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    desk.parts.attempts.refuses = TooMany("face", again_at)
    await looking.compare_face()
    assert desk.events == [ev.FaceFailed(Reason.TOO_MANY_ATTEMPTS)]
    assert desk.visit.again_at == again_at
    assert desk.parts.camera.opened == 0


class Watched:
    """A comparison that goes on until it is ended."""

    def __init__(self, faces):
        self.begun = asyncio.Event()
        faces.confirm = self.confirm

    async def confirm(self, slot, reference, show, chance):
        self.begun.set()
        await asyncio.Event().wait()


async def end(looking, comparison):
    """End a look in its middle, as its step's end does."""
    look = asyncio.create_task(looking.compare_face())
    await comparison.begun.wait()
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look


async def test_a_camera_that_goes_away_in_the_middle_costs_nobody_an_attempt(desk, looking):
    comparison = Watched(desk.parts.faces)
    desk.parts.camera.status = SimpleNamespace(value=Status.OFFLINE)
    await end(looking, comparison)
    assert len(desk.parts.attempts.taken_back) == 1


async def test_whoever_goes_away_in_the_middle_has_had_the_attempt(desk, looking):
    await end(looking, Watched(desk.parts.faces))
    assert desk.parts.attempts.taken_back == []


async def test_a_comparison_that_breaks_costs_nobody_an_attempt(desk, looking):
    desk.parts.faces.ends = RuntimeError("a mistake in the software")
    with pytest.raises(RuntimeError):
        await looking.compare_face()
    assert len(desk.parts.attempts.taken_back) == 1
