"""The visit goes on on the citizen's phone, as journeys."""

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import EndVisit, OfferHandOver, SettleHandOver, StopPhone
from kiosk.visit.states import HANDED_OVER, PRINTED, Step
from tests.kiosk.visit.flow import TO_LIST, TO_PRINTED, walk

OFFERED = [(ev.ChoseHandOver(), Step.HAND_OVER), (ev.PhoneCodeShown(), Step.HAND_OVER)]
TAKEN = [*TO_LIST, *OFFERED, (ev.HandOverTaken(), Step.HAND_OVER)]


def test_a_phone_that_shows_the_same_number_takes_the_visit_over():
    walked = walk([*TAKEN, (ev.NumberCompared(True), Step.HAND_OVER),
                   (ev.HandedOver(), Step.TAKE_CARD)])
    assert SettleHandOver(True) in walked.effects
    assert EndVisit() in walked.effects
    assert walked.state.progress.outcome == HANDED_OVER
    assert walked.records[-3:] == ["hand_over_taken", "hand_over_compared", "handed_over"]


def test_a_phone_that_shows_another_number_gets_nothing():
    walked = walk([*TAKEN, (ev.NumberCompared(False), Step.CERTIFICATES)])
    assert walked.effects[-1] == SettleHandOver(False)
    assert SettleHandOver(True) not in walked.effects


def test_nothing_is_handed_over_before_a_phone_has_scanned():
    walked = walk([*TO_LIST, *OFFERED, (ev.NumberCompared(True), Step.HAND_OVER)])
    assert SettleHandOver(True) not in walked.effects


def test_a_yes_counts_once():
    walked = walk([*TAKEN, (ev.NumberCompared(True), Step.HAND_OVER),
                   (ev.NumberCompared(True), Step.HAND_OVER)])
    assert walked.effects.count(SettleHandOver(True)) == 1


def test_a_code_that_was_shown_is_withdrawn_when_one_goes_back():
    walked = walk([*TO_LIST, *OFFERED, (ev.WentBack(), Step.CERTIFICATES)])
    assert walked.effects[-2:] == [StopPhone(), SettleHandOver(False)]


def test_there_is_no_way_back_while_the_phone_is_given_the_visit():
    walk([*TAKEN, (ev.NumberCompared(True), Step.HAND_OVER), (ev.WentBack(), Step.HAND_OVER),
          (ev.HandedOver(), Step.TAKE_CARD)])


def test_what_was_chosen_goes_along():
    walked = walk([*TO_LIST, (ev.CertificateChosen(0), Step.PREVIEW), *OFFERED])
    assert OfferHandOver(0) in walked.effects


def test_what_was_printed_before_stays_printed():
    walked = walk([*TO_PRINTED, *OFFERED, (ev.HandOverTaken(), Step.HAND_OVER),
                   (ev.NumberCompared(True), Step.HAND_OVER), (ev.HandedOver(), Step.TAKE_CARD)])
    assert walked.state.progress.outcome == PRINTED


def test_a_phone_that_does_not_come_leads_back_to_the_list():
    walk([*TO_LIST, *OFFERED, (ev.HandOverFailed(Reason.TIMEOUT), Step.PROBLEM),
          (ev.TriedAgain(), Step.CERTIFICATES)])
