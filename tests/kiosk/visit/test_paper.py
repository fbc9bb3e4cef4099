"""A printed copy that somebody wants verified, as journeys."""

import pytest

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import LookForCode
from kiosk.visit.states import CHECKED, Kept, Part, Step
from tests.kiosk.visit.flow import walk

TO_PAPER = [(ev.ChoseCheckPaper(), Step.CHECK_PAPER)]


def test_a_printed_copy_is_checked_without_card_and_sign_in():
    walked = walk([
        *TO_PAPER, (ev.PaperJudged("genuine"), Step.CHECK_PAPER),
        (ev.WantsAnother(), Step.CHECK_PAPER), (ev.PaperJudged("revoked"), Step.CHECK_PAPER),
        (ev.Leaves(), Step.FAREWELL),
    ])
    assert walked.effects.count(LookForCode()) == 2
    assert walked.state.progress.outcome == CHECKED
    assert walked.records == ["visit_begun", "paper_checked", "paper_checked"]


def test_another_copy_is_looked_for_only_after_a_verdict():
    walked = walk([*TO_PAPER, (ev.WantsAnother(), Step.CHECK_PAPER)])
    assert walked.effects.count(LookForCode()) == 1


def test_a_copy_that_cannot_be_judged_is_a_problem_that_can_be_tried_again():
    walk([
        *TO_PAPER, (ev.PaperFailed(Reason.NETWORK), Step.PROBLEM),
        (ev.TriedAgain(), Step.CHECK_PAPER),
    ])
    lost = ev.PartLost(Part.CAMERA, Reason.CAMERA_FAULT)
    walk([*TO_PAPER, (lost, Step.PROBLEM)])


@pytest.mark.parametrize(
    ("kept", "reason"),
    [({Kept.OLD_PAPER_LISTS}, Reason.LISTS_TOO_OLD), (set(), Reason.NOTHING_KEPT)],
)
def test_without_lists_in_their_time_nothing_is_held_up_in_vain(kept, reason):
    walked = walk([
        (ev.ContentChanged(frozenset(kept)), Step.IDLE), (ev.ChoseCheckPaper(), Step.PROBLEM),
    ])
    assert walked.state.reason is reason
    assert LookForCode() not in walked.effects
