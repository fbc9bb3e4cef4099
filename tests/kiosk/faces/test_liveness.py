"""Who is taken for living: flows as lists of what a face does and for how long."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.liveness import Faces, attempt, honest, moved_photo, other_film, photo
from kiosk.faces.liveness import NOT_DONE, Ask, Doubt, Liveness, Measure, Stage
from sandbox.people.registry import person

STRAIGHT = Measure(0.2, 0.5)
DOES = {
    Ask.SHUT_EYES: Measure(0.05, 0.5),
    Ask.TURN_LEFT: Measure(0.2, 0.62),
    Ask.TURN_RIGHT: Measure(0.2, 0.38),
}
FRAME = 0.08


class Sitting:
    """One round of questions and its clock."""

    def __init__(self, seed: int = 1) -> None:
        self.questions = Liveness(Random(seed))
        self.at = 0.0

    def shows(self, measure: Measure | None, seconds: float) -> "Sitting":
        end = self.at + seconds
        while self.at < end and not self.questions.over:
            self.at += FRAME
            self.questions.feed(measure, self.at)
        return self

    def waits_to_be_asked(self) -> Ask:
        while self.questions.ask is None and not self.questions.over:
            self.shows(STRAIGHT, FRAME)
        assert self.questions.ask is not None
        return self.questions.ask

    def obeys(self, after: float = 0.5) -> "Sitting":
        ask = self.waits_to_be_asked()
        return self.shows(STRAIGHT, after).shows(DOES[ask], 0.6).shows(STRAIGHT, 0.3)


@pytest.mark.parametrize("seed", range(12))
def test_who_does_what_is_asked_in_whatever_order_is_living(seed):
    sitting = Sitting(seed)
    for _ in Ask:
        sitting.obeys()
    assert sitting.questions.stage is Stage.PASSED
    assert sitting.questions.doubt is None


def test_the_order_is_another_from_time_to_time():
    orders = set()
    for seed in range(60):
        sitting, asked = Sitting(seed), []
        for _ in Ask:
            asked.append(sitting.waits_to_be_asked())
            sitting.obeys()
        orders.add(tuple(asked))
    assert len(orders) == 6


@pytest.mark.parametrize("ask", Ask)
def test_who_does_not_move_is_told_what_was_missing(ask):
    seed = next(s for s in range(50) if Sitting(s).waits_to_be_asked() is ask)
    sitting = Sitting(seed).shows(STRAIGHT, 20)
    assert sitting.questions.doubt is NOT_DONE[ask]


def test_a_movement_that_was_not_asked_for_is_doubted():
    sitting = Sitting()
    asked = sitting.waits_to_be_asked()
    other = next(one for one in Ask if one is not asked)
    sitting.shows(STRAIGHT, 0.5).shows(DOES[other], 0.6)
    assert sitting.questions.doubt is Doubt.MOVED_UNASKED


def test_a_movement_in_a_pause_is_doubted():
    sitting = Sitting().obeys()
    sitting.shows(DOES[Ask.TURN_LEFT], 0.5)
    assert sitting.questions.doubt is Doubt.MOVED_UNASKED


def test_a_movement_that_had_begun_before_it_was_asked_for_is_doubted():
    sitting = Sitting(3)
    asked = sitting.waits_to_be_asked()
    sitting.shows(DOES[asked], 0.6)
    assert sitting.questions.doubt is Doubt.MOVED_UNASKED


def test_blinking_is_not_shutting_the_eyes():
    sitting = Sitting()
    for _ in Ask:
        sitting.shows(DOES[Ask.SHUT_EYES], 0.16).shows(STRAIGHT, 0.2)
        sitting.obeys(after=0.3)
    assert sitting.questions.doubt is None


def test_a_face_that_goes_away_is_lost_and_one_unseen_for_a_moment_is_not():
    assert Sitting().shows(STRAIGHT, 1).shows(None, 0.5).questions.doubt is None
    assert Sitting().shows(STRAIGHT, 1).shows(None, 2).questions.doubt is Doubt.FACE_LOST


def test_who_never_holds_still_is_not_asked_anything():
    sitting = Sitting()
    for step in range(100):
        sitting.shows(Measure(0.2, 0.4 if step % 2 else 0.6), FRAME)
    assert sitting.questions.doubt is Doubt.NOT_STEADY


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=120), st.integers(0, 99))
@settings(max_examples=60)
def test_whatever_is_measured_there_is_at_most_one_outcome(measures, seed):
    sitting = Sitting(seed)
    for opening, turn in measures:
        sitting.shows(Measure(opening, turn), FRAME)
    assert (sitting.questions.stage is Stage.FAILED) == (sitting.questions.doubt is not None)


@pytest.mark.parametrize("attack", [photo, moved_photo, other_film])
def test_drawn_attacks_fail_and_say_why(attack):
    faces = Faces()
    for seed in (11, 12):
        recipe = person("wang-jianguo").recipe
        assert attempt(attack, recipe, seed, faces).doubt is not None


def test_a_drawn_resident_who_does_as_asked_passes():
    assert attempt(honest, person("li-xiulan").recipe, 5, Faces()).doubt is None
