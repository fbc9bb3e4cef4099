"""Faces: everybody is told from everybody else, and only one good face is compared."""

import asyncio
from itertools import combinations
from random import Random

import numpy as np
import pytest

from kiosk.config import FacesSection
from kiosk.errors import Failure
from kiosk.faces.find import cut_out, judge, reduce
from kiosk.faces.liveness import Doubt
from kiosk.faces.photo import PhotoDecoder
from kiosk.faces.port import Box, Hint
from kiosk.faces.service import FaceService, FrameSlot
from kiosk.reasons import Reason
from kiosk.worker import Worker
from sandbox.people.cards import card_image
from sandbox.people.drawing import Pose, draw_portrait
from sandbox.people.photo import decode, encode
from sandbox.people.registry import people, person
from sandbox.people.scenes import WALL, frames
from tests.conftest import last_json, run_module

THRESHOLD = FacesSection.threshold
MOVEMENTS = {Hint.TURN_LEFT, Hint.TURN_RIGHT, Hint.SHUT_EYES}


@pytest.fixture(scope="module")
def references():
    """The measure of everybody's card photo."""
    from kiosk.faces.worker import measure_reference

    measures = {}
    for name in people():
        width, height, colours = decode(card_image(name)["photo"])
        picture = np.frombuffer(colours, np.uint8).reshape(height, width, 3)
        measures[name] = measure_reference(picture)
    return measures


def test_any_two_residents_are_farther_apart_than_the_threshold(references):
    for one, other in combinations(references, 2):
        distance = np.linalg.norm(references[one] - references[other])
        assert distance > THRESHOLD, f"{one} and {other}: {distance:.3f}"


@pytest.mark.parametrize("name", list(people()))
def test_a_resident_before_the_camera_is_the_one_on_the_card_and_nobody_else(references, name):
    from kiosk.faces.worker import locate, measure

    picture = next(iter(frames(name)))
    small = reduce(picture)
    boxes = locate(small)
    assert judge(boxes, small) is Hint.GOOD
    face = measure(*cut_out(picture, boxes[0].scaled(4)))
    distances = {other: np.linalg.norm(face - measured) for other, measured in references.items()}
    assert distances.pop(name) < THRESHOLD
    assert min(distances.values()) > THRESHOLD


def test_blink_and_turn_are_parameters_of_the_drawing():
    recipe = person("li-xiulan").recipe
    straight = draw_portrait(recipe)
    for pose in (Pose(blink=1.0), Pose(yaw=0.4)):
        assert (draw_portrait(recipe, pose) != straight).any()


def test_a_card_photo_has_at_most_1024_bytes():
    for name in people():
        assert len(card_image(name)["photo"]) == 1024
    with pytest.raises(ValueError, match="not a photo of the sandbox"):
        decode(b"\0" * 1024)
    assert len(encode(np.zeros((126, 102, 3), np.uint8))) == 1024


GREY = np.full((180, 320), 120, np.uint8)


@pytest.mark.parametrize(
    ("boxes", "picture", "hint"),
    [
        ([], GREY, Hint.NO_FACE),
        ([Box(40, 200, 120, 120), Box(40, 300, 120, 220)], GREY, Hint.SEVERAL),
        ([Box(80, 170, 100, 150)], GREY, Hint.TOO_FAR),
        ([Box(5, 240, 175, 70)], GREY, Hint.TOO_NEAR),
        ([Box(50, 90, 130, 10)], GREY, Hint.OFF_CENTRE),
        ([Box(50, 200, 130, 120)], GREY // 10, Hint.TOO_DARK),
        ([Box(50, 200, 130, 120)], GREY, Hint.GOOD),
    ],
)
def test_a_face_that_cannot_be_used_gets_a_hint(boxes, picture, hint):
    assert judge(boxes, picture) is hint


async def confirm(pictures, reference_of="li-xiulan"):
    worker = Worker("kiosk.faces.worker", 900, 30)
    faces = FaceService(worker, THRESHOLD, PhotoDecoder("sandbox.people.photo:decode"))
    slot, hints = FrameSlot(asyncio.get_running_loop()), []

    async def no_platform() -> bytes:
        return b""

    async def feed():
        while True:
            for picture in pictures:
                slot.put(picture)
                await asyncio.sleep(0.03)

    feeding = asyncio.create_task(feed())
    try:
        await faces.warm_up()
        kind = await faces.prepare(card_image(reference_of)["photo"], no_platform)
        return await faces.confirm(slot, kind, hints.append, Random(1)), hints
    finally:
        feeding.cancel()
        await worker.stop()


async def test_the_right_person_is_found_against_the_chips_photo_and_then_asked_to_move():
    verdict, hints = await confirm(list(frames("li-xiulan"))[:4])
    assert verdict.same
    assert verdict.reference == "chip_photo"
    assert set(hints) & MOVEMENTS


async def test_another_person_is_not_and_is_asked_nothing():
    verdict, hints = await confirm(list(frames("wang-jianguo"))[:4])
    assert (verdict.same, verdict.live, verdict.doubt) == (False, False, Doubt.ANOTHER_FACE)
    assert verdict.distance > THRESHOLD
    assert not set(hints) & MOVEMENTS


async def test_an_empty_room_ends_in_a_reason(monkeypatch):
    monkeypatch.setattr("kiosk.faces.service.SEARCH_SECONDS", 1.0)
    with pytest.raises(Failure) as caught:
        await confirm([np.full((720, 1280, 3), WALL, np.uint8)])
    assert caught.value.reason is Reason.FACE_NOT_FOUND


async def test_without_any_reference_the_reason_is_that():
    worker = Worker("kiosk.faces.worker", 900, 30)
    faces = FaceService(worker, THRESHOLD)

    async def nothing() -> bytes:
        return b"not a picture"

    with pytest.raises(Failure) as caught:
        await faces.prepare(b"", nothing)
    await worker.stop()
    assert caught.value.reason is Reason.PHOTO_UNAVAILABLE


def test_the_command_line_compares_two_pictures(tmp_path):
    import cv2

    for name in ("li-xiulan", "wang-jianguo"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), draw_portrait(person(name).recipe))
    a, b = tmp_path / "li-xiulan.png", tmp_path / "wang-jianguo.png"
    told = last_json(run_module("kiosk.faces", "compare", str(a), str(b), "--json").stdout)
    assert told["same"] is False
    told = last_json(run_module("kiosk.faces", "compare", str(a), str(a), "--json").stdout)
    assert told == {"same": True, "distance": 0.0}


def test_the_command_line_verifies_a_person_before_a_camera(tmp_path, simulate):
    import cv2

    simulator = simulate("drivers.camera", "--person", "li-xiulan")
    cv2.imwrite(str(tmp_path / "a.png"), draw_portrait(person("li-xiulan").recipe))
    done = run_module(
        "kiosk.faces", "verify", "--reference", str(tmp_path / "a.png"),
        "--source", simulator.address, "--json",
    )
    told = last_json(done.stdout)
    assert told["same"] is True
    assert told["live"] is False
    assert told["why"][0] in set(Doubt)
