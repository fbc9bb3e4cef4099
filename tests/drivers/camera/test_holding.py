"""A phone that is held before the simulated camera: its code is read in time."""

import asyncio
import time

import cv2
import numpy as np
import pytest
import segno

from drivers.camera.driver import OpenCvCamera
from drivers.camera.holding import SIZE, held
from drivers.camera.protocol import parse_source
from kiosk.certificates.proof.claims import PREFIX
from kiosk.visit.attendant import code_in

TEXT = PREFIX + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 9
SCREEN = (1080, 2340)


@pytest.fixture
def phone(tmp_path):
    """A phone's screen with a code of about 330 characters across it."""
    width, height = SCREEN
    code = np.array([*segno.make(TEXT, error="m").matrix_iter(border=4)], np.uint8)
    dot = (width - 120) // code.shape[0]
    code = np.kron((1 - code) * 255, np.ones((dot, dot), np.uint8))
    screen = np.full((height, width, 3), 255, np.uint8)
    top, left = (height - code.shape[0]) // 2, (width - code.shape[1]) // 2
    screen[top : top + code.shape[0], left : left + code.shape[1]] = code[..., None]
    path = tmp_path / "phone.png"
    cv2.imwrite(str(path), screen)
    return path


async def test_a_code_on_a_phone_is_read_within_two_seconds(simulate, phone):
    simulator = simulate("drivers.camera")
    simulator.order("hold", picture=str(phone))
    simulator.report("holds")
    camera, frames = OpenCvCamera(parse_source(simulator.address)), asyncio.Queue()
    loop = asyncio.get_running_loop()
    await camera.open()
    began = time.monotonic()
    camera.observe(lambda frame: loop.call_soon_threadsafe(frames.put_nowait, frame.picture))
    text = None
    while text is None:
        text = await asyncio.to_thread(code_in, await asyncio.wait_for(frames.get(), 5))
    took = time.monotonic() - began
    await camera.stop()
    camera.close()
    assert text == TEXT
    assert took < 2


def test_a_hand_is_never_still_and_holds_no_thing_straight():
    screen = np.zeros((2340, 1080, 3), np.uint8)
    pictures = list(held(screen, 0.85))
    assert {picture.shape for picture in pictures} == {(SIZE[1], SIZE[0], 3)}
    middles = [np.argwhere(picture[:, :, 0] < 60).mean(axis=0) for picture in pictures]
    assert (np.ptp(middles, axis=0) > 5).all()
    first = pictures[0][:, :, 0] < 60
    rows = np.flatnonzero(first.any(axis=1))
    middle = first[rows[len(rows) // 2]].sum()
    assert first[rows[2]].sum() < middle


def test_what_is_too_wide_is_held_farther_away():
    wide = np.zeros((300, 3000, 3), np.uint8)
    dark = next(held(wide, 0.85))[:, :, 0] < 60
    assert 0 < dark.any(axis=0).sum() <= SIZE[0] * 0.9
