"""The chip's photo is decoded by whatever the site names, which may be bad."""

import os
import time

import numpy as np
import pytest

from kiosk.faces import photo as module
from kiosk.faces.photo import PhotoDecoder
from kiosk.worker import Refusal, WorkerFault
from sandbox.people.cards import card_image


def crash(_: bytes):
    """A decoder that takes its process with it."""
    os.abort()


def hang(_: bytes):
    """A decoder that never ends."""
    time.sleep(3600)


def lie(_: bytes):
    """A decoder whose picture is smaller than it says."""
    return 102, 126, b"short"


def refuse(_: bytes):
    """A decoder that has no licence."""
    raise ValueError("not licensed")


HERE = "tests.kiosk.faces.test_photo"


async def test_a_photo_is_decoded_in_a_process_that_ends_with_it():
    decoder = PhotoDecoder("sandbox.people.photo:decode")
    width, height, colours = await decoder.decode(card_image("li-xiulan")["photo"])
    assert np.frombuffer(colours, np.uint8).reshape(height, width, 3).std() > 10
    assert decoder._worker.pid is None


@pytest.mark.parametrize("bad", ["lie", "refuse", "missing"])
async def test_a_decoder_that_gives_no_picture_is_refused(bad):
    with pytest.raises(Refusal):
        await PhotoDecoder(f"{HERE}:{bad}").decode(b"photo")


@pytest.mark.parametrize("bad", ["crash", "hang"])
async def test_a_decoder_that_crashes_or_hangs_takes_nothing_else_with_it(bad, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 1.5)
    with pytest.raises(WorkerFault):
        await PhotoDecoder(f"{HERE}:{bad}").decode(b"photo")
