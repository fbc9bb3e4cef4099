"""Somebody before the simulated camera who does what is asked, as people do."""

from random import Random

import pytest

from drivers.camera.acting import Actor, Manner

STEP = 0.01
MANNER = Manner()


class Watched:
    """An actor, and its clock."""

    def __init__(self) -> None:
        self.actor = Actor(Random(1))
        self.at = 0.0
        self.moved = []

    def watch(self, seconds: float) -> list[tuple[str, float] | None]:
        poses, end = [], self.at + seconds
        while self.at < end:
            self.at += STEP
            done = self.actor.go_on(self.at)
            self.moved += [done] if done else []
            poses.append(self.actor.pose(self.at))
        return poses


@pytest.mark.parametrize("movement", ["turn_left", "shut_eyes"])
def test_a_movement_comes_after_a_human_time_goes_all_the_way_and_comes_back(movement):
    watched = Watched()
    watched.actor.ask(movement, watched.at)
    assert watched.watch(MANNER.reaction[0] - STEP) == [None] * round(0.39 / STEP)
    poses = [pose for pose in watched.watch(1.75) if pose]
    assert {name for name, _ in poses} == {movement}
    extents = [extent for _, extent in poses]
    assert max(extents) == 1.0
    assert extents[0] < 0.2
    assert extents[-1] < 0.2
    watched.actor.ask(None, watched.at)
    assert watched.actor.pose(watched.at) is None
    assert [one.movement for one in watched.moved] == [movement]


def test_what_is_told_is_the_time_from_being_asked_to_looking_straight_again():
    watched = Watched()
    watched.actor.ask("turn_right", 0.0)
    while not watched.moved:
        watched.watch(STEP)
    assert watched.moved[0].ms == pytest.approx(watched.at * 1000, abs=STEP * 1000)


def test_who_is_asked_nothing_looks_straight():
    assert set(Watched().watch(3)) == {None}


def test_a_movement_that_is_still_asked_for_is_made_again():
    watched = Watched()
    watched.actor.ask("turn_left", 0.0)
    watched.watch(6)
    assert len(watched.moved) >= 2


def test_a_movement_that_is_under_way_is_brought_to_its_end_before_the_next():
    watched = Watched()
    watched.actor.ask("turn_left", 0.0)
    watched.watch(MANNER.reaction[1] + 0.1)
    watched.actor.ask("shut_eyes", watched.at)
    names = [pose[0] for pose in watched.watch(3) if pose]
    assert [one.movement for one in watched.moved][:2] == ["turn_left", "shut_eyes"]
    assert names == sorted(names, reverse=True)
