"""Pictures in shared memory: the same pixels, never overwritten while somebody looks."""

import os

import numpy as np
import pytest

from kiosk.apart.frames import SIZE, SLOTS, FrameRing, NoSuchPicture, make_ring


@pytest.fixture
def descriptor():
    made = make_ring()
    yield made
    os.close(made)


@pytest.fixture
def sides(descriptor):
    """The camera's side and the terminal's."""
    return FrameRing(descriptor), FrameRing(descriptor)


def picture(seed: int, shape=(72, 128, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_a_picture_arrives_with_the_same_pixels(sides):
    camera, terminal = sides
    sent = picture(1)
    seen = terminal.picture(camera.put(sent), 72, 128)
    assert np.array_equal(seen, sent)


def test_a_picture_stays_as_it_is_while_somebody_looks_at_a_part_of_it(sides):
    camera, terminal = sides
    first = picture(1)
    part = terminal.picture(camera.put(first), 72, 128)[10:20, 5:]
    for seed in range(2, 20):
        terminal.picture(camera.put(picture(seed)), 72, 128)
    assert np.array_equal(part, first[10:20, 5:])


def test_pictures_are_passed_over_while_all_are_held_and_come_again_after(sides):
    camera, terminal = sides
    held = [terminal.picture(camera.put(picture(n)), 72, 128) for n in range(SLOTS)]
    assert camera.put(picture(99)) is None
    held.pop()
    assert camera.put(picture(99)) is not None


def test_a_picture_that_nobody_wants_frees_its_slot(sides):
    camera, terminal = sides
    for n in range(3 * SLOTS):
        terminal.free(camera.put(picture(n)))


def test_a_picture_is_for_looking_only(sides):
    camera, terminal = sides
    seen = terminal.picture(camera.put(picture(1)), 72, 128)
    with pytest.raises(ValueError, match="read-only"):
        seen[0, 0, 0] = 1


def test_a_picture_outlives_the_ring_it_came_from(descriptor):
    camera, terminal = FrameRing(descriptor), FrameRing(descriptor)
    sent = picture(1)
    seen = terminal.picture(camera.put(sent), 72, 128)
    del camera, terminal
    assert np.array_equal(seen, sent)


@pytest.mark.parametrize(
    ("slot", "height", "width"),
    [(-1, 1, 1), (SLOTS, 1, 1), (0, 0, 1), (0, 1, -1), (0, 10**5, 10**5)],
)
def test_a_picture_that_cannot_be_there_is_refused(sides, slot, height, width):
    with pytest.raises(NoSuchPicture):
        sides[1].picture(slot, height, width)


@pytest.mark.parametrize("wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_picture_is_not_sent(sides, wrong):
    with pytest.raises(NoSuchPicture):
        sides[0].put(wrong)


def test_no_side_can_take_the_memory_away_from_the_other(descriptor):
    for size in (0, 2 * SIZE):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)


def test_a_ring_that_is_cleared_holds_no_picture_and_can_be_used_again(descriptor):
    camera, terminal = FrameRing(descriptor), FrameRing(descriptor)
    picture = np.full((4, 5, 3), 7, np.uint8)
    slot = camera.put(picture)
    terminal.clear()
    assert not terminal.picture(slot, 4, 5).any()
    again = camera.put(picture)
    assert (terminal.picture(again, 4, 5) == 7).all()
