"""The camera over a stream, with the scene in another process."""

import asyncio

import numpy as np
import pytest

from drivers.camera.driver import OpenCvCamera
from drivers.camera.protocol import Source, SourceKind, mjpeg_part, parse_source
from drivers.device import DeviceFailure, FailureReason, Status
from tests.conftest import run_module


async def take(camera: OpenCvCamera, count: int) -> list[np.ndarray]:
    loop, frames = asyncio.get_running_loop(), asyncio.Queue()
    await camera.open()
    camera.observe(lambda frame: loop.call_soon_threadsafe(frames.put_nowait, frame.picture))
    taken = [await asyncio.wait_for(frames.get(), 5) for _ in range(count)]
    camera.observe(None)
    return taken


async def test_frames_come_and_move(simulate):
    simulator = simulate("drivers.camera", "--person", "li-xiulan")
    camera = OpenCvCamera(parse_source(simulator.address))
    frames = await take(camera, 5)
    camera.close()
    assert frames[0].shape == (720, 1280, 3)
    assert any((frames[0] != frame).any() for frame in frames[1:])


async def test_a_camera_can_be_stopped_and_opened_again(simulate):
    simulator = simulate("drivers.camera")
    camera = OpenCvCamera(parse_source(simulator.address))
    for _ in range(3):
        assert len(await take(camera, 1)) == 1
        await camera.stop()
    camera.close()


async def test_a_lost_camera_is_told_by_its_status(simulate):
    simulator = simulate("drivers.camera")
    camera, seen = OpenCvCamera(parse_source(simulator.address)), []
    camera.status.observe(seen.append)
    await take(camera, 1)
    simulator.order("fault", name="lost")
    for _ in range(100):
        await asyncio.sleep(0.05)
        if seen:
            break
    camera.close()
    assert seen == [Status.NO_DEVICE]


async def test_a_camera_that_is_not_there_is_said():
    camera = OpenCvCamera(parse_source("http://127.0.0.1:9/none"))
    with pytest.raises(DeviceFailure) as caught:
        await camera.open()
    camera.close()
    assert caught.value.reason is FailureReason.CAMERA_FAULT


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("0", Source(SourceKind.DEVICE, "0")),
        ("/dev/video12", Source(SourceKind.DEVICE, "12")),
        ("rtsp://camera/1", Source(SourceKind.STREAM, "rtsp://camera/1")),
        ("visit.mp4", Source(SourceKind.FILE, "visit.mp4")),
    ],
)
def test_a_source_is_known_by_its_name(text, source):
    assert parse_source(text) == source


def test_a_part_of_a_stream_says_how_long_it_is():
    assert mjpeg_part(b"abc").endswith(b"Content-Length: 3\r\n\r\nabc\r\n")


def test_the_command_line_writes_one_picture(simulate, tmp_path):
    simulator = simulate("drivers.camera")
    out = tmp_path / "one.png"
    done = run_module("drivers.camera", "grab", "--source", simulator.address, "--out", str(out))
    assert done.returncode == 0
    assert out.stat().st_size > 1000
