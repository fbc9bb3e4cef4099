"""A camera that gives pictures may still be blind, stuck, or out of focus."""

import asyncio

import cv2
import numpy as np
import pytest

from drivers.camera.driver import OpenCvCamera
from drivers.camera.health import FROZEN_SECONDS, PictureHealth, Sight
from drivers.camera.protocol import parse_source
from drivers.device import DeviceFailure, FailureReason, Status
from sandbox.people.scenes import frames

SCENE = list(frames("li-xiulan"))[:4]


def sight_of(pictures, seconds: float = 1.0) -> Sight:
    health, at = PictureHealth(), 0.0
    while at < seconds:
        health.feed(pictures[int(at * 10) % len(pictures)], at)
        at += 0.1
    return health.sight


def test_a_person_before_a_working_camera_is_a_good_sight():
    assert sight_of(SCENE, 5) is Sight.GOOD


@pytest.mark.parametrize(
    ("change", "sight"),
    [
        (lambda p: p * 0, Sight.BLACK),
        (lambda p: (p * 0.12).astype(np.uint8), Sight.DARK),
        (lambda p: 255 - (255 - p) // 12, Sight.BRIGHT),
        (lambda p: cv2.GaussianBlur(p, (0, 0), 40), Sight.BLURRED),
    ],
)
def test_what_is_wrong_with_a_picture_is_named(change, sight):
    noise = np.random.default_rng(1).integers(0, 2, SCENE[0].shape, np.uint8)
    assert sight_of([change(p) + (noise if i else 0) for i, p in enumerate(SCENE)]) is sight


def test_the_same_picture_for_long_is_frozen_and_for_a_moment_it_is_not():
    assert sight_of(SCENE[:1], FROZEN_SECONDS - 0.5) is Sight.GOOD
    assert sight_of(SCENE[:1], FROZEN_SECONDS + 0.5) is Sight.FROZEN


@pytest.mark.parametrize(("fault", "sight"), [("black", Sight.BLACK), ("frozen", Sight.FROZEN)])
async def test_a_broken_camera_is_noticed_while_it_streams_and_so_is_its_repair(
    simulate, fault, sight
):
    simulator = simulate("drivers.camera", "--person", "li-xiulan")
    camera = OpenCvCamera(parse_source(simulator.address))
    await camera.open()
    simulator.order("fault", name=fault)
    await becomes(camera, Status.HARDWARE_ERROR)
    assert camera.sight.value is sight
    simulator.order("clear")
    await becomes(camera, Status.ONLINE)
    await camera.stop()
    camera.close()


async def becomes(camera: OpenCvCamera, status: Status) -> None:
    async with asyncio.timeout(10):
        while camera.status.value is not status:
            await asyncio.sleep(0.05)


async def test_a_camera_that_is_not_plugged_in_fails_its_sign_of_life():
    camera = OpenCvCamera(parse_source("/dev/video77"))
    with pytest.raises(DeviceFailure) as caught:
        await camera.check()
    assert caught.value.reason is FailureReason.CAMERA_FAULT
    camera.close()


async def test_a_late_camera_is_waited_for(simulate):
    simulator = simulate("drivers.camera", "--person", "li-xiulan")
    simulator.order("fault", name="late")
    camera, came = OpenCvCamera(parse_source(simulator.address)), asyncio.Event()
    loop = asyncio.get_running_loop()
    await camera.open()
    camera.observe(lambda _: loop.call_soon_threadsafe(came.set))
    await asyncio.wait_for(came.wait(), 5)
    await camera.stop()
    camera.close()


async def test_a_camera_whose_pictures_are_torn_goes_on_with_whole_ones(simulate):
    simulator = simulate("drivers.camera", "--person", "li-xiulan")
    camera, loop = OpenCvCamera(parse_source(simulator.address)), asyncio.get_running_loop()
    came = asyncio.Event()
    await camera.open()
    simulator.order("fault", name="torn")
    await asyncio.sleep(0.5)
    simulator.order("clear")
    camera.observe(lambda _: loop.call_soon_threadsafe(came.set))
    try:
        await asyncio.wait_for(came.wait(), 8)
    except TimeoutError:
        await camera.stop()
        await camera.open()
        camera.observe(lambda _: loop.call_soon_threadsafe(came.set))
        await asyncio.wait_for(came.wait(), 5)
    await camera.stop()
    camera.close()
