"""Guides, and what a citizen leaves or asks about, as journeys."""

from dataclasses import replace

import pytest

from kiosk.content.port import Domain
from kiosk.reasons import Reason
from kiosk.services.port import CallTime, Draft, Kind, RequestStatus
from kiosk.visit import events as ev
from kiosk.visit.delays import Delay
from kiosk.visit.effects import (
    ClearTyped,
    EndVisit,
    FindRequest,
    KeepRequest,
    PrintGuide,
    PrintSlip,
    TakeContent,
)
from kiosk.visit.states import FOLLOWED_UP, INFORMED, PRINTED, REQUESTED, Part, Slip, Step
from tests.kiosk.visit.flow import READY, TO_PRINTED, walk

NO_RECEIPTS = ev.PartLost(Part.RECEIPT_PRINTER, Reason.RECEIPT_PRINTER_NO_PAPER)
TO_GUIDE = [
    (ev.ChoseGuides(), Step.GUIDES),
    (ev.DomainChosen(Domain.HOUSING), Step.GUIDES),
    (ev.GuideChosen("housing_fund"), Step.GUIDE),
]
TO_CONTACT = [
    (ev.ChoseRequest(), Step.REQUEST),
    (ev.KindChosen(Kind.COMPLAINT), Step.ABOUT),
    (ev.AboutChosen("household"), Step.CATEGORY),
    (ev.CategoryChosen("slow"), Step.CONTACT),
]
TO_REVIEW = [
    *TO_CONTACT,
    (ev.Typed(True), Step.CONTACT),
    (ev.TypingDone(), Step.CALL_TIME),
    (ev.CallTimeChosen(CallTime.MORNING), Step.REVIEW),
]
COMPLAINT = Draft(Kind.COMPLAINT, "household", category="slow", call=CallTime.MORNING)
TO_KEPT = [
    *TO_REVIEW,
    (ev.SendConfirmed(), Step.SENDING),
    (ev.RequestKept(Kind.COMPLAINT), Step.REQUEST_KEPT),
]
TO_CODE = [(ev.ChoseRequest(), Step.REQUEST), (ev.ChoseFollowUp(), Step.REQUEST_CODE)]


def without_line():
    return walk([(ev.PartLost(Part.PLATFORM, Reason.NETWORK), Step.IDLE)]).state


# Guides


@pytest.mark.parametrize("start", [READY, without_line()])
def test_a_guide_is_read_without_card_sign_in_and_line(start):
    walked = walk([*TO_GUIDE, (ev.Leaves(), Step.FAREWELL)], start)
    assert TakeContent() in walked.effects
    assert walked.state.progress.outcome == INFORMED
    assert walked.records[-2:] == ["visit_begun", "guide_read"]


def test_back_leads_from_the_guide_to_its_domain_to_all_domains_and_out():
    walk([
        *TO_GUIDE, (ev.WentBack(), Step.GUIDES), (ev.WentBack(), Step.GUIDES),
        (ev.WentBack(), Step.FAREWELL),
    ])


def test_a_guide_is_printed_once_at_a_time_and_as_often_as_wanted():
    walked = walk([
        *TO_GUIDE, (ev.PrintsGuide(), Step.GUIDE), (ev.PrintsGuide(), Step.GUIDE),
        (ev.SlipPrinted(), Step.GUIDE),
    ])
    assert walked.effects.count(PrintGuide("housing_fund")) == 1
    assert walked.state.progress.slip is Slip.PRINTED
    again = walk([(ev.PrintsGuide(), Step.GUIDE)], walked.state)
    assert again.effects == [PrintGuide("housing_fund")]


def test_a_guide_is_not_printed_where_nothing_can_print_it():
    walked = walk([*TO_GUIDE, (NO_RECEIPTS, Step.GUIDE), (ev.PrintsGuide(), Step.GUIDE)])
    assert PrintGuide("housing_fund") not in walked.effects


def test_a_strip_that_did_not_come_out_is_told_and_keeps_the_guide():
    failed = ev.SlipFailed(Reason.RECEIPT_PRINTER_FAULT)
    walked = walk([*TO_GUIDE, (ev.PrintsGuide(), Step.GUIDE), (failed, Step.GUIDE)])
    assert walked.state.progress.slip is Slip.FAILED


@pytest.mark.parametrize("way", [ev.WentBack(), ev.Leaves(), ev.Cancelled()])
def test_nobody_leaves_a_guide_while_its_strip_comes_out(way):
    printing = walk([*TO_GUIDE, (ev.PrintsGuide(), Step.GUIDE), (way, Step.GUIDE)])
    assert EndVisit() not in printing.effects
    walk([(ev.SlipPrinted(), Step.GUIDE), (ev.Leaves(), Step.FAREWELL)], printing.state)


def test_without_guides_there_is_a_reason():
    walked = walk([
        (ev.ContentChanged(frozenset()), Step.IDLE), (ev.ChoseGuides(), Step.PROBLEM),
    ])
    assert walked.state.reason is Reason.NOTHING_KEPT


# Leaving something


@pytest.mark.parametrize("start", [READY, without_line()])
def test_a_complaint_is_left_question_by_question_and_received_the_same_way_with_and_without_line(
    start
):
    walked = walk(TO_KEPT, start)
    assert [one for one in walked.effects if isinstance(one, KeepRequest)] == [
        KeepRequest(COMPLAINT)
    ]
    assert walked.effects[-1] == PrintSlip(Kind.COMPLAINT)
    assert walked.state.progress.status is RequestStatus.WAITING
    left = walk([(ev.SlipPrinted(), Step.REQUEST_KEPT), (ev.Leaves(), Step.FAREWELL)],
                walked.state)
    assert left.state.progress.outcome == REQUESTED
    assert EndVisit() in left.effects
    assert "request_kept" in walked.records


@pytest.mark.parametrize("end", [
    ev.SlipPrinted(), ev.SlipFailed(Reason.RECEIPT_PRINTER_FAULT),
])
@pytest.mark.parametrize("way", [ev.Leaves(), ev.Cancelled()])
def test_leaving_does_not_end_the_print_of_the_code_and_is_possible_after_it(way, end):
    printing = walk([*TO_KEPT, (way, Step.REQUEST_KEPT)])
    assert EndVisit() not in printing.effects
    walk([(end, Step.REQUEST_KEPT), (way, Step.FAREWELL)], printing.state)


def test_while_the_citizen_is_there_it_is_told_that_it_arrived():
    walked = walk([*TO_KEPT, (ev.RequestFound(RequestStatus.ARRIVED), Step.REQUEST_KEPT)])
    assert walked.state.progress.status is RequestStatus.ARRIVED


def test_no_number_is_as_good_and_what_was_typed_is_forgotten():
    walked = walk([
        *TO_CONTACT, (ev.Typed(False), Step.CONTACT), (ev.LeavesNoNumber(), Step.REVIEW),
        (ev.SendConfirmed(), Step.SENDING),
    ])
    assert walked.effects[-1] == KeepRequest(replace(COMPLAINT, call=None))
    assert walked.effects.count(ClearTyped()) == 2


def test_half_a_number_leads_nowhere():
    walk([*TO_CONTACT, (ev.TypingDone(), Step.CONTACT), (ev.Typed(True), Step.CONTACT),
          (ev.Typed(False), Step.CONTACT), (ev.TypingDone(), Step.CONTACT)])


def test_going_back_to_the_number_asks_for_it_again():
    back = walk([*TO_REVIEW, (ev.WentBack(), Step.CALL_TIME), (ev.WentBack(), Step.CONTACT)])
    assert back.effects[-1] == ClearTyped()
    assert back.state.progress.draft.call is None
    walk([(ev.TypingDone(), Step.CONTACT)], back.state)


def test_back_leads_through_every_question_to_the_first_screen():
    walk([
        *TO_CONTACT, (ev.WentBack(), Step.CATEGORY), (ev.WentBack(), Step.ABOUT),
        (ev.WentBack(), Step.REQUEST), (ev.WentBack(), Step.FAREWELL),
    ])


def test_a_category_of_another_kind_is_no_answer():
    walk([*TO_CONTACT[:-1], (ev.CategoryChosen("at_home"), Step.CATEGORY)])


def test_where_no_receipt_can_be_printed_the_code_is_to_be_noted():
    walked = walk([(NO_RECEIPTS, Step.IDLE), *TO_KEPT])
    assert PrintSlip(Kind.COMPLAINT) not in walked.effects
    assert walked.state.progress.slip is Slip.NONE


def test_what_is_not_received_is_told_and_can_be_tried_again_with_all_answers():
    walked = walk([*TO_KEPT[:-1], (ev.RequestFailed(Reason.STORE_FULL), Step.PROBLEM)])
    again = walk([(ev.TriedAgain(), Step.REVIEW), (ev.SendConfirmed(), Step.SENDING)],
                 walked.state)
    assert again.effects == [KeepRequest(COMPLAINT)]


def test_while_it_is_received_nothing_ends_the_visit_before_the_code_is_known():
    walk([*TO_KEPT[:-1], (ev.Cancelled(), Step.SENDING), (ev.Leaves(), Step.SENDING),
          (ev.RequestKept(Kind.COMPLAINT), Step.REQUEST_KEPT)])


def test_a_store_that_is_full_refuses_before_anything_is_asked():
    full = ev.PartLost(Part.STORE, Reason.STORE_FULL)
    walk([(full, Step.OUT_OF_SERVICE), (ev.ChoseRequest(), Step.OUT_OF_SERVICE)])


def test_a_card_laid_down_meanwhile_changes_nothing_and_is_asked_back_at_the_end():
    walk([*TO_CONTACT, (ev.CardFound(), Step.CONTACT), (ev.Cancelled(), Step.TAKE_CARD)])


def test_who_goes_away_leaves_nothing_behind():
    walked = walk([*TO_REVIEW, (ev.Elapsed(Delay.IDLE), Step.REVIEW),
                   (ev.Elapsed(Delay.GRACE), Step.FAREWELL)])
    assert EndVisit() in walked.effects
    assert not any(isinstance(one, KeepRequest) for one in walked.effects)


# Ratings


def test_a_rating_asks_for_no_name_and_no_number_and_prints_nothing():
    walked = walk([
        (ev.ChoseRequest(), Step.REQUEST), (ev.KindChosen(Kind.RATING), Step.ABOUT),
        (ev.AboutChosen("terminal"), Step.RATING), (ev.RatingChosen(2), Step.REVIEW),
        (ev.SendConfirmed(), Step.SENDING), (ev.RequestKept(Kind.RATING), Step.REQUEST_KEPT),
    ])
    assert walked.effects[-1] == KeepRequest(Draft(Kind.RATING, "terminal", level=2))


@pytest.mark.parametrize("level", [0, 6, -1])
def test_there_are_five_levels(level):
    walk([
        (ev.ChoseRequest(), Step.REQUEST), (ev.KindChosen(Kind.RATING), Step.ABOUT),
        (ev.AboutChosen("terminal"), Step.RATING), (ev.RatingChosen(level), Step.RATING),
    ])


def test_after_a_print_it_can_be_rated_and_the_visit_still_counts_as_printed():
    rated = [
        *TO_PRINTED, (ev.ChoseRating(), Step.RATING), (ev.RatingChosen(5), Step.REVIEW),
        (ev.SendConfirmed(), Step.SENDING), (ev.RequestKept(Kind.RATING), Step.REQUEST_KEPT),
        (ev.Leaves(), Step.TAKE_CARD),
    ]
    assert walk(rated).state.progress.outcome == PRINTED


def test_after_a_print_no_rating_ends_the_visit_and_back_leads_back():
    walk([*TO_PRINTED, (ev.ChoseRating(), Step.RATING), (ev.Leaves(), Step.TAKE_CARD)])
    walk([*TO_PRINTED, (ev.ChoseRating(), Step.RATING), (ev.WentBack(), Step.ANOTHER),
          (ev.WantsAnother(), Step.CERTIFICATES)])


# What became of it


def test_a_code_tells_what_became_of_it_and_another_can_be_asked():
    walked = walk([
        *TO_CODE, (ev.Typed(True), Step.REQUEST_CODE), (ev.TypingDone(), Step.REQUEST_CODE),
        (ev.RequestFound(RequestStatus.WAITING), Step.REQUEST_STATUS),
        (ev.WantsAnother(), Step.REQUEST_CODE),
    ])
    assert walked.effects.count(FindRequest()) == 1
    assert walked.state.progress.status is None
    assert not walked.state.progress.typed
    assert walked.state.progress.outcome == FOLLOWED_UP


def test_half_a_code_is_not_looked_for():
    walked = walk([*TO_CODE, (ev.Typed(False), Step.REQUEST_CODE),
                   (ev.TypingDone(), Step.REQUEST_CODE)])
    assert FindRequest() not in walked.effects


def test_a_store_that_fails_meanwhile_is_told():
    walked = walk([
        *TO_CODE, (ev.Typed(True), Step.REQUEST_CODE), (ev.TypingDone(), Step.REQUEST_CODE),
        (ev.RequestFailed(Reason.STORE_FAULT), Step.PROBLEM),
    ])
    assert walked.state.reason is Reason.STORE_FAULT
