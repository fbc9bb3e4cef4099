"""The statechart, as journeys."""

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.errors import errors
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import WAITING_FOR_PHONE
from kiosk.visit.delays import SECONDS, Delay
from kiosk.visit.diagram import SAMPLES, explore
from kiosk.visit.effects import (
    CompareFace,
    EndVisit,
    FetchCertificate,
    Print,
    PrintReceipt,
    ReadCard,
    SignIn,
    StopFace,
    StopPhone,
    WarmUp,
)
from kiosk.visit.states import ENDING, PRINTED, WITHOUT_VISIT, Kept, Part, State, Step
from kiosk.visit.transitions import HANDLERS, active_delay, transition
from tests.kiosk.visit.flow import (
    TO_CONSENT,
    TO_COPIES,
    TO_LIST,
    TO_PRINTED,
    VALID,
    walk,
)


def test_from_card_to_paper_and_back_to_the_first_screen():
    walked = walk(
        [
            *TO_PRINTED,
            (ev.Leaves(), Step.TAKE_CARD),
            (ev.CardRemoved(), Step.FAREWELL),
            (ev.Elapsed(Delay.FAREWELL), Step.IDLE),
        ]
    )
    assert walked.state.progress is None
    assert walked.effects == [
        WarmUp(True), ReadCard(), CompareFace(), StopFace(), SignIn(), FetchCertificate(0),
        Print(0, "school", 2), PrintReceipt(), EndVisit(),
    ]
    assert walked.records == [
        "visit_begun", "card_read", "consent_given", "face_matched", "signed_in",
        "certificates_listed", "certificate_verified", "certificate_chosen", "print_begun",
        "print_settled", "receipt_printed", "card_removed", "visit_ended",
    ]


def test_a_touch_begins_as_well_as_a_card_does():
    walk([(ev.Touched(), Step.PLACE_CARD), (ev.CardFound(), Step.READING)])


def test_a_card_taken_after_it_was_read_does_not_disturb_the_visit():
    walk(
        [
            *TO_CONSENT,
            (ev.CardRemoved(), Step.CONSENT),
            (ev.Agreed(), Step.FACE),
            (ev.Cancelled(), Step.FAREWELL),
        ]
    )


def test_the_terminal_waits_for_the_card_for_ever():
    walked = walk([*TO_PRINTED, (ev.Leaves(), Step.TAKE_CARD)])
    assert active_delay(walked.state) is None
    walk([(ev.Touched(), Step.TAKE_CARD), (ev.Cancelled(), Step.TAKE_CARD)], walked.state)


def test_the_first_usable_certificate_is_fetched_before_it_is_chosen():
    assert walk(TO_LIST).effects[-1] == FetchCertificate(0)


def test_a_certificate_that_is_on_its_way_is_not_fetched_again():
    walked = walk([*TO_LIST, (ev.CertificateChosen(0), Step.PREVIEW)])
    assert walked.effects.count(FetchCertificate(0)) == 1


def test_a_page_that_is_not_verified_cannot_be_accepted():
    walk(
        [
            *TO_LIST,
            (ev.CertificateChosen(0), Step.PREVIEW),
            (ev.PreviewAccepted(), Step.PREVIEW),
            (ev.CertificateReady(0, 1), Step.PREVIEW),
            (ev.PreviewAccepted(), Step.PURPOSE),
        ]
    )


def test_a_revoked_certificate_is_shown_as_such_and_another_can_be_chosen():
    walked = walk([*TO_LIST, (ev.CertificateChosen(1), Step.PROBLEM)])
    assert walked.state.reason is Reason.CERTIFICATE_REVOKED
    walk([(ev.TriedAgain(), Step.CERTIFICATES)], walked.state)


def test_a_prefetched_file_that_is_altered_is_told_when_it_is_wanted():
    walked = walk(
        [
            *TO_LIST,
            (ev.CertificateFailed(0, Reason.CERTIFICATE_ALTERED), Step.CERTIFICATES),
            (ev.CertificateChosen(0), Step.PREVIEW),
            (ev.CertificateFailed(0, Reason.CERTIFICATE_ALTERED), Step.PROBLEM),
        ]
    )
    assert walked.effects.count(FetchCertificate(0)) == 2


def test_back_goes_back_and_nothing_is_lost():
    walk(
        [
            *TO_COPIES,
            (ev.WentBack(), Step.PURPOSE),
            (ev.WentBack(), Step.PREVIEW),
            (ev.WentBack(), Step.CERTIFICATES),
        ]
    )


@pytest.mark.parametrize(("wanted", "given"), [(0, 1), (-3, 1), (3, 3), (99, 5)])
def test_copies_stay_within_bounds(wanted, given):
    walked = walk([*TO_COPIES, (ev.CopiesChanged(wanted), Step.COPIES)])
    assert walked.state.progress.copies == given


def test_a_failed_print_can_be_tried_again_by_the_citizen_only():
    walked = walk(
        [
            *TO_COPIES,
            (ev.PrintConfirmed(), Step.PRINTING),
            (ev.PrintFailed(Reason.PRINTER_JAMMED), Step.PROBLEM),
        ]
    )
    assert sum(isinstance(effect, Print) for effect in walked.effects) == 1
    walk(
        [(ev.TriedAgain(), Step.COPIES), (ev.PrintConfirmed(), Step.PRINTING)], walked.state
    )


def test_a_print_whose_end_is_unknown_cannot_be_tried_again():
    walked = walk(
        [
            *TO_COPIES,
            (ev.PrintConfirmed(), Step.PRINTING),
            (ev.PrintFailed(Reason.PRINT_UNKNOWN), Step.PROBLEM),
            (ev.TriedAgain(), Step.PROBLEM),
        ]
    )
    assert walked.state.retry is None


def test_printing_cannot_be_cancelled_by_a_touch():
    walk(
        [*TO_COPIES, (ev.PrintConfirmed(), Step.PRINTING), (ev.Cancelled(), Step.PRINTING)]
    )


def test_a_missing_receipt_does_not_undo_the_print():
    walked = walk(
        [
            *TO_PRINTED[:-1],
            (ev.ReceiptFailed(Reason.RECEIPT_PRINTER_NO_PAPER), Step.ANOTHER),
            (ev.Leaves(), Step.TAKE_CARD),
        ]
    )
    assert walked.state.progress.outcome == PRINTED


def test_another_certificate_needs_no_second_sign_in():
    walked = walk([*TO_PRINTED, (ev.WantsAnother(), Step.CERTIFICATES)])
    assert walked.effects.count(SignIn()) == 1


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (ev.CardRead("cn_resident", expired=True), Reason.EXPIRED),
        (ev.CardFailed(Reason.REMOVED_EARLY), Reason.REMOVED_EARLY),
    ],
)
def test_a_card_that_cannot_be_used_ends_in_its_reason(event, reason):
    walked = walk([(ev.CardFound(), Step.READING), (event, Step.PROBLEM)])
    assert walked.state.reason is reason
    assert walked.state.progress.outcome == reason


def test_without_consent_no_face_is_compared():
    walked = walk([*TO_CONSENT, (ev.Declined(), Step.PROBLEM)])
    assert CompareFace() not in walked.effects
    assert SignIn() not in walked.effects


def test_a_card_laid_down_again_after_a_problem_is_read_at_once():
    walk(
        [
            (ev.CardFound(), Step.READING),
            (ev.CardFailed(Reason.REMOVED_EARLY), Step.PROBLEM),
            (ev.CardRemoved(), Step.PROBLEM),
            (ev.CardFound(), Step.READING),
        ]
    )


def test_the_third_wrong_face_is_the_last():
    wrong = (ev.FaceFailed(Reason.FACE_MISMATCH), Step.PROBLEM)
    again = (ev.TriedAgain(), Step.FACE)
    walk(
        [
            *TO_CONSENT,
            (ev.Agreed(), Step.FACE),
            wrong, again, wrong, again, wrong,
            (ev.TriedAgain(), Step.PROBLEM),
        ]
    )


def test_nobody_there_is_asked_and_then_the_visit_ends():
    walked = walk([*TO_LIST, (ev.Elapsed(Delay.IDLE), Step.CERTIFICATES)])
    assert walked.state.warned
    ended = walk([(ev.Elapsed(Delay.GRACE), Step.TAKE_CARD)], walked.state)
    assert ended.state.progress.outcome == Reason.LEFT
    assert EndVisit() in ended.effects


def test_a_touch_says_that_one_is_still_there():
    walked = walk(
        [
            *TO_LIST,
            (ev.Elapsed(Delay.IDLE), Step.CERTIFICATES),
            (ev.StillHere(), Step.CERTIFICATES),
        ]
    )
    assert not walked.state.warned


def test_a_delay_of_another_state_means_nothing():
    walk([*TO_LIST, (ev.Elapsed(Delay.FAREWELL), Step.CERTIFICATES)])


@pytest.mark.parametrize("reason", [Reason.STORE_FAULT, Reason.STORE_FULL])
def test_out_of_service_with_a_reason_while_nothing_can_be_written_down(reason):
    walked = walk([(ev.PartLost(Part.STORE, reason), Step.OUT_OF_SERVICE)])
    assert walked.state.reason is reason
    walk([(ev.PartBack(Part.STORE), Step.IDLE)], walked.state)


@pytest.mark.parametrize(
    ("part", "reason"),
    [(Part.DOCUMENT_PRINTER, Reason.PRINTER_NO_PAPER), (Part.PLATFORM, Reason.NETWORK)],
)
@pytest.mark.parametrize("begin", [ev.Touched(), ev.CardFound(), ev.ChosePhone()])
def test_without_printer_or_line_the_terminal_stays_and_says_why_nothing_is_printed(
    part, reason, begin
):
    walked = walk([(ev.PartLost(part, reason), Step.IDLE), (begin, Step.PROBLEM)])
    assert walked.state.reason is reason
    assert walked.state.retry is None
    assert walked.effects == []
    left = walk([(ev.Leaves(), Step.TAKE_CARD if isinstance(begin, ev.CardFound)
                  else Step.FAREWELL)], walked.state)
    assert left.state.progress.outcome == reason


def test_with_packages_kept_a_card_leads_on_while_there_is_no_line():
    packages = ev.ContentChanged(frozenset({Kept.PACKAGES}))
    lost = ev.PartLost(Part.PLATFORM, Reason.NETWORK)
    walk([(packages, Step.IDLE), (lost, Step.IDLE), (ev.CardFound(), Step.READING)])
    walk([(packages, Step.IDLE), (lost, Step.IDLE), (ev.Touched(), Step.PLACE_CARD)])
    walk([(packages, Step.IDLE), (lost, Step.IDLE), (ev.ChosePhone(), Step.PROBLEM)])


def test_it_is_known_since_when_there_is_no_line():
    first, later = datetime(2026, 11, 24, 14, 5), datetime(2026, 11, 24, 14, 9)
    walked = walk([
        (ev.PartLost(Part.PLATFORM, Reason.NETWORK, first), Step.IDLE),
        (ev.PartLost(Part.PLATFORM, Reason.PLATFORM_TIMEOUT, later), Step.IDLE),
        (ev.PartLost(Part.READER, Reason.READER_FAULT, later), Step.IDLE),
    ])
    assert walked.state.equipment.offline_since == first
    assert walk([(ev.PartBack(Part.PLATFORM), Step.IDLE)], walked.state) \
        .state.equipment.offline_since is None


def test_a_missing_receipt_printer_does_not_stop_the_service():
    walk([(ev.PartLost(Part.RECEIPT_PRINTER, Reason.RECEIPT_PRINTER_FAULT), Step.IDLE)])


def test_a_part_lost_in_a_visit_is_told_when_the_visit_is_over():
    walk(
        [
            *TO_PRINTED,
            (ev.PartLost(Part.STORE, Reason.STORE_FAULT), Step.ANOTHER),
            (ev.Leaves(), Step.TAKE_CARD),
            (ev.CardRemoved(), Step.FAREWELL),
            (ev.Elapsed(Delay.FAREWELL), Step.OUT_OF_SERVICE),
        ]
    )


def test_a_lost_reader_does_not_keep_the_terminal_waiting_for_a_card():
    walk(
        [
            *TO_PRINTED,
            (ev.Leaves(), Step.TAKE_CARD),
            (ev.PartLost(Part.READER, Reason.READER_FAULT), Step.FAREWELL),
        ]
    )


def test_broken_software_ends_the_visit_with_a_reason():
    walked = walk([*TO_LIST, (ev.Broke(), Step.PROBLEM), (ev.Leaves(), Step.TAKE_CARD)])
    assert walked.state.progress.outcome == Reason.TERMINAL_FAULT


# Laws that hold in every state that can be reached


ELSEWHERE = (Step.CERTIFICATES, Step.PRINCIPALS, Step.CONSENT)
"""Where something else is done than what failed."""


@pytest.fixture(scope="module")
def reachable():
    return explore()[0]


def test_every_step_can_be_reached(reachable):
    assert {state.step for state in reachable} == set(Step)


def test_nothing_can_be_printed_without_sign_in_and_a_verified_page(reachable):
    """Without a line, card and face are the sign-in: the law below says how they come to it."""
    for state in reachable:
        if state.step in (Step.PURPOSE, Step.COPIES, Step.PRINTING):
            assert state.progress.signed_in
            assert state.progress.page_count(state.progress.chosen) is not None


def test_nothing_is_shown_above_the_level_that_the_citizen_has(reachable):
    shown = (Step.PREVIEW, Step.PURPOSE, Step.COPIES, Step.PRINTING)
    for state in reachable:
        if state.step in shown and state.progress.signed_in:
            assert state.progress.chosen_fact.level <= state.progress.level


def test_no_face_is_looked_at_of_a_child(reachable):
    for state in reachable:
        after, effects = transition(state, ev.CardRead("cn_resident", under_14=True))
        assert after.step not in (Step.CONSENT, Step.FACE) or after.step is state.step
        assert CompareFace() not in effects


def test_no_event_breaks_any_state(reachable):
    for state in reachable:
        for event in SAMPLES:
            transition(state, event)


def test_a_visit_exists_exactly_outside_the_first_screens(reachable):
    for state in reachable:
        assert (state.progress is None) == (state.step in WITHOUT_VISIT)


def test_leaving_always_removes_what_is_personal(reachable):
    for state in reachable:
        for event in SAMPLES:
            after, effects = transition(state, event)
            if after.step in ENDING and state.step not in ENDING:
                assert EndVisit() in effects


def test_from_every_state_of_a_visit_time_alone_leads_to_its_end(reachable):
    for state in reachable:
        walked, turns = state, 0
        while walked.step not in (*ENDING, *WITHOUT_VISIT):
            walked, _ = transition(walked, ev.Elapsed(active_delay(walked)))
            turns += 1
            assert turns < 5, f"{state.step} does not end"


def test_a_face_is_looked_at_in_one_step_only(reachable):
    for state in reachable:
        for event in SAMPLES:
            after, effects = transition(state, event)
            if CompareFace() in effects:
                assert after.step is Step.FACE
            if state.step is Step.FACE and after.step is Step.PROBLEM:
                assert StopFace() in effects


def test_every_delay_has_a_length():
    assert set(SECONDS) == set(Delay)


def test_handlers_are_registered_for_real_steps_only():
    assert {step for step, _ in HANDLERS} <= set(Step)


def test_what_a_phone_is_waited_for_ends_with_its_step(reachable):
    for state in reachable:
        for event in SAMPLES:
            after, effects = transition(state, event)
            left = state.step in WAITING_FOR_PHONE and after.step is not state.step
            told = after.step in (Step.SIGNING_IN, *ENDING)
            if left and not told:
                assert StopPhone() in effects


def test_a_problem_offers_no_retry_that_cannot_help(reachable):
    for state in reachable:
        if state.step is Step.PROBLEM and state.retry not in (None, *ELSEWHERE):
            assert errors()[state.reason].transient or state.progress.acting is not None \
                or state.reason in (Reason.CAMERA_FAULT, Reason.NOT_AUTHORISED)


def test_an_index_outside_the_list_changes_nothing():
    listed = walk(TO_LIST).state
    assert transition(listed, ev.CertificateChosen(7)) == (listed, ())
    assert transition(replace(listed, step=Step.STARTING), ev.Agreed())[1] == ()
    assert VALID in listed.progress.certificates


def test_the_first_state_is_not_in_service():
    assert State().step is Step.STARTING


def test_a_card_that_already_lies_there_is_read_when_the_screen_is_touched():
    lying = replace(State(Step.IDLE), equipment=replace(State().equipment, card_present=True))
    assert ReadCard() in walk([(ev.Touched(), Step.READING)], lying).effects


def test_a_sign_in_that_has_ended_is_made_again():
    walked = walk(
        [
            *TO_LIST,
            (ev.CertificateFailed(0, Reason.NETWORK), Step.CERTIFICATES),
            (ev.CertificateChosen(0), Step.PREVIEW),
            (ev.CertificateFailed(0, Reason.SIGNED_OUT), Step.PROBLEM),
            (ev.TriedAgain(), Step.FACE),
            (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
        ]
    )
    assert walked.effects.count(SignIn()) == 2
    assert walked.effects.count(CompareFace()) == 2


def test_other_work_that_breaks_does_not_end_a_print():
    walk([*TO_COPIES, (ev.PrintConfirmed(), Step.PRINTING), (ev.Broke(), Step.PRINTING)])
