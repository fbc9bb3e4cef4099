"""The time of a visit as a whole: asked in time, extended often, never in the middle of a print."""

import pytest

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.delays import MOST_EXTENSIONS, SECONDS, Delay
from kiosk.visit.effects import EndVisit
from kiosk.visit.states import Step
from tests.kiosk.visit.flow import TO_COPIES, TO_LIST, walk

OVER = (ev.Elapsed(Delay.VISIT), Step.CERTIFICATES)
HERE = (ev.StillHere(), Step.CERTIFICATES)


def test_there_are_at_least_twenty_seconds_to_answer_and_ten_extensions():
    assert SECONDS[Delay.GRACE] >= 20
    assert MOST_EXTENSIONS >= 10


def test_a_visit_goes_on_so_often_as_is_declared_and_then_ends():
    walked = walk([*TO_LIST, *[OVER, HERE] * MOST_EXTENSIONS])
    assert not walked.state.warned
    assert walked.records.count("idle_warned") == MOST_EXTENSIONS
    ended = walk([(ev.Elapsed(Delay.VISIT), Step.TAKE_CARD)], walked.state)
    assert EndVisit() in ended.effects
    assert ended.state.progress.outcome == Reason.LEFT


def test_who_does_not_answer_has_left():
    walked = walk([*TO_LIST, OVER, (ev.Elapsed(Delay.GRACE), Step.TAKE_CARD)])
    assert walked.state.progress.outcome == Reason.LEFT


def test_who_is_being_asked_already_is_not_asked_twice():
    walked = walk([*TO_LIST, (ev.Elapsed(Delay.IDLE), Step.CERTIFICATES), OVER])
    assert walked.state.progress.extended == 0


@pytest.mark.parametrize("times", [1, MOST_EXTENSIONS + 3])
def test_a_print_comes_to_its_end_whatever_the_time_is(times):
    over = (ev.Elapsed(Delay.VISIT), Step.PRINTING)
    walked = walk([*TO_COPIES, (ev.PrintConfirmed(), Step.PRINTING), *[over] * times])
    assert not walked.state.warned


def test_without_a_visit_its_time_means_nothing():
    walked = walk([(ev.Elapsed(Delay.VISIT), Step.IDLE)])
    assert walked.state.progress is None
