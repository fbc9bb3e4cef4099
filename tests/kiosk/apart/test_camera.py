"""A camera whose driver runs in a process of its own."""

import asyncio

import cv2
import numpy as np
import pytest

from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import parse_source
from drivers.device import DeviceFailure, FailureReason, Status
from kiosk.apart.frames import SLOTS
from tests.kiosk.apart.conftest import again, until


@pytest.fixture
def film(tmp_path):
    """A file of a few pictures that a camera's driver plays again and again."""
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 24, (1280, 720))
    for n in range(6):
        picture = np.full((720, 1280, 3), 40 * n, np.uint8)
        cv2.circle(picture, (200 * n, 360), 100, (255, 128, 10 * n), -1)
        writer.write(picture)
    writer.release()
    return str(path)


async def pictures_of(camera, count: int):
    """So many pictures as they came."""
    loop = asyncio.get_running_loop()
    seen = []
    camera.observe(lambda frame: loop.call_soon_threadsafe(seen.append, frame.picture.copy()))
    await until(lambda: len(seen) >= count)
    camera.observe(None)
    return seen[:count]


async def test_the_pictures_are_those_that_the_driver_took(apart, film):
    camera = apart.camera(film)
    await camera.open()
    apart_seen = await pictures_of(camera, 60)
    await camera.stop()
    here = OpenCvCamera(parse_source(film))
    await here.open()
    known = {one.tobytes() for one in await pictures_of(here, 60)}
    await here.stop()
    here.close()
    assert len(known) == 6
    assert {one.tobytes() for one in apart_seen} == known
    assert all(one.shape == (720, 1280, 3) for one in apart_seen)


async def test_who_keeps_pictures_holds_up_nobody_and_sees_them_unchanged(apart, film):
    camera = apart.camera(film)
    await camera.open()
    kept, copies = [], []

    def keep(frame) -> None:
        kept.append(frame.picture)
        copies.append(frame.picture.copy())

    camera.observe(keep)
    await until(lambda: len(kept) == SLOTS)
    await asyncio.sleep(0.3)
    assert len(kept) == SLOTS
    assert all(np.array_equal(*pair) for pair in zip(kept, copies, strict=True))
    kept.clear()
    await until(lambda: kept)
    await asyncio.wait_for(camera.stop(), 5)


async def test_nobody_gets_pictures_that_nobody_looks_at(apart, film):
    camera = apart.camera(film)
    await camera.open()
    await pictures_of(camera, 3)
    seen = []
    camera.observe(seen.append)
    camera.observe(None)
    await asyncio.sleep(0.3)
    assert not seen
    await camera.stop()


async def test_who_looks_and_breaks_gets_no_more_pictures_and_others_do(apart, film):
    camera = apart.camera(film)
    await camera.open()
    broke = []

    def look(frame) -> None:
        broke.append(True)
        raise RuntimeError("the screen is at fault")

    camera.observe(look)
    await until(lambda: broke)
    await asyncio.sleep(0.2)
    assert len(broke) == 1
    assert len(await pictures_of(camera, 3)) == 3
    await camera.stop()


async def test_a_process_that_dies_while_it_looks_is_a_camera_that_was_pulled_out(apart, film):
    camera = apart.camera(film)
    await camera.open()
    looking = []
    camera.observe(looking.append)
    await until(lambda: looking)
    apart.kill()
    await until(lambda: camera.status.value is Status.OFFLINE)
    looking.clear()
    await asyncio.sleep(0.2)
    assert not looking
    await camera.stop()
    await again(camera.open)
    assert camera.status.value is Status.ONLINE
    assert len(await pictures_of(camera, 3)) == 3
    await camera.stop()


async def test_a_camera_without_pictures_is_said_as_its_driver_says_it(apart):
    camera = apart.camera("/nowhere")
    with pytest.raises(DeviceFailure, match="no picture from /nowhere") as failure:
        await camera.open()
    assert failure.value.reason is FailureReason.CAMERA_FAULT
    await camera.check()


async def test_a_camera_that_was_looked_through_is_another_process_after_the_visit(apart, film):
    camera = apart.camera(film)
    await camera.open()
    before = apart.pid
    await pictures_of(camera, 3)
    apart.kept[-1].renew()
    await asyncio.sleep(1.0)
    assert apart.pid == before, "somebody still looks"
    await camera.stop()
    await until(lambda: apart.pid not in (before, None))
    await camera.open()
    assert len(await pictures_of(camera, 3)) == 3
    await camera.stop()


async def test_a_camera_that_did_not_open_is_in_nobodys_use(apart):
    camera = apart.camera("/nowhere")
    with pytest.raises(DeviceFailure):
        await camera.open()
    before = apart.pid
    apart.kept[-1].soil()
    apart.kept[-1].renew()
    await until(lambda: apart.pid not in (before, None))
