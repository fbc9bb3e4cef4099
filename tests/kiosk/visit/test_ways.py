"""The ways of signing in besides card and face: phones and staff, as journeys."""

import pytest

from kiosk.identity.levels import Level
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import (
    CallPhone,
    CompareFace,
    ReadCard,
    RestCamera,
    SignInByPhone,
    SignInByShow,
    SignInWithStaff,
    StopFace,
    StopPhone,
    WarmUp,
)
from kiosk.visit.handlers.ways import other_ways
from kiosk.visit.states import Part, Step, Way
from tests.kiosk.visit.flow import BY_PHONE, TO_CONSENT, TO_PHONE, VALID, walk

TO_FACE = [*TO_CONSENT, (ev.Agreed(), Step.FACE)]
FAILED_FACE = [*TO_FACE, (ev.FaceFailed(Reason.FACE_MISMATCH), Step.PROBLEM)]
TO_CALL = [*TO_CONSENT, (ev.ChosePhone(), Step.PHONE)]


def test_a_phone_signs_in_without_card_and_face():
    walked = walk(BY_PHONE)
    assert SignInByPhone() in walked.effects
    assert not any(isinstance(one, CompareFace | ReadCard) for one in walked.effects)
    assert walked.records[:3] == ["visit_begun", "phone_chosen", "signed_in"]
    assert walked.state.progress.level is Level.SUBSTANTIAL


@pytest.mark.parametrize("before", [[(ev.Touched(), Step.PLACE_CARD)], TO_CONSENT, TO_FACE])
def test_a_phone_is_offered_wherever_a_card_or_a_face_is_asked_for(before):
    walked = walk([*before, *TO_PHONE])
    assert walked.state.progress.way in (Way.PHONE, Way.CALL)


def test_the_holders_phone_is_called_once_a_card_has_said_whose_it_is():
    walked = walk([*TO_CALL, (ev.PhoneCodeShown(), Step.PHONE),
                   (ev.SignedIn("card-phone"), Step.SIGNING_IN),
                   (ev.CertificatesListed((VALID,)), Step.CERTIFICATES)])
    assert CallPhone() in walked.effects
    assert SignInByPhone() not in walked.effects


def test_who_is_not_called_scans_a_code_and_the_card_counts_no_more():
    walked = walk([*TO_CALL, (ev.ChoseScan(), Step.PHONE)])
    assert walked.effects[-3:] == [StopPhone(), RestCamera(), SignInByPhone()]
    assert walked.state.progress.document_type is None
    walk([(ev.WentBack(), Step.PLACE_CARD)], walked.state)


def test_a_phone_may_show_its_answer_to_the_camera():
    walked = walk([*TO_PHONE, (ev.ChoseShow(), Step.SHOW_PHONE),
                   (ev.PhoneCodeShown(), Step.SHOW_PHONE),
                   (ev.SignedIn("phone", Level.SUBSTANTIAL), Step.SIGNING_IN)])
    assert walked.effects[-2:] == [StopPhone(), SignInByShow()]
    assert "show_chosen" in walked.records


def test_back_from_the_phone_that_shows_is_the_phone_that_scans():
    walked = walk([*TO_PHONE, (ev.ChoseShow(), Step.SHOW_PHONE), (ev.WentBack(), Step.PHONE)])
    assert StopFace() in walked.effects
    assert walked.effects.count(SignInByPhone()) == 2


def test_a_phone_is_not_shown_to_a_camera_that_is_lost():
    lost = ev.PartLost(Part.CAMERA, Reason.CAMERA_FAULT)
    walk([*TO_PHONE, (lost, Step.PHONE), (ev.ChoseShow(), Step.PROBLEM),
          (ev.TriedAgain(), Step.PHONE)])
    walk([*TO_PHONE, (ev.ChoseShow(), Step.SHOW_PHONE), (lost, Step.PROBLEM)])


def test_a_certificate_that_was_chosen_on_the_phone_is_shown_at_once():
    walk([*TO_PHONE, (ev.ChoseShow(), Step.SHOW_PHONE),
          (ev.SignedIn("phone", Level.SUBSTANTIAL), Step.SIGNING_IN),
          (ev.CertificatesListed((VALID, VALID), wanted=1), Step.PREVIEW)])


def test_nothing_is_looked_up_before_the_citizen_has_agreed_to_it_with_staff_too():
    asked = walk([*TO_CONSENT, (ev.ChoseStaff(), Step.STAFF)])
    assert SignInWithStaff() not in asked.effects
    agreed = walk([(ev.Agreed(), Step.STAFF), (ev.Agreed(), Step.STAFF)], asked.state)
    assert agreed.effects == [SignInWithStaff()]
    assert "consent_given" in agreed.records


@pytest.mark.parametrize("before", [TO_FACE, FAILED_FACE])
def test_staff_can_vouch_for_the_holder_of_a_card_that_was_read(before):
    walked = walk([*before, (ev.ChoseStaff(), Step.STAFF), (ev.PhoneCodeShown(), Step.STAFF),
                   (ev.SignedIn("card-staff", actor="staff"), Step.SIGNING_IN),
                   (ev.CertificatesListed((VALID,)), Step.CERTIFICATES)])
    assert SignInWithStaff() in walked.effects
    assert "staff_chosen" in walked.records


def test_staff_cannot_vouch_where_no_card_says_for_whom():
    unread = [(ev.CardFound(), Step.READING), (ev.CardFailed(Reason.UNREADABLE), Step.PROBLEM)]
    walk([*unread, (ev.ChoseStaff(), Step.PROBLEM)])
    walk([(ev.Touched(), Step.PLACE_CARD), (ev.ChoseStaff(), Step.PLACE_CARD)])


def test_a_face_is_not_looked_at_while_a_phone_is_waited_for():
    walked = walk([*TO_FACE, *TO_PHONE])
    assert StopFace() in walked.effects


def test_from_a_failed_face_phone_and_staff_are_ways_on():
    failed = walk(FAILED_FACE).state
    assert other_ways(failed) == (Way.CALL, Way.STAFF)
    assert walk(TO_PHONE, failed).state.progress.outcome is None


def test_from_a_card_that_is_not_read_only_a_phone_leads_on():
    unread = walk([(ev.CardFound(), Step.READING),
                   (ev.CardFailed(Reason.UNREADABLE), Step.PROBLEM)]).state
    assert other_ways(unread) == (Way.PHONE,)
    walk([(ev.ChosePhone(), Step.PHONE)], unread)


def test_a_problem_that_has_nothing_to_do_with_card_or_face_offers_no_other_way():
    declined = walk([*TO_CONSENT, (ev.Declined(), Step.PROBLEM)]).state
    assert other_ways(declined) == ()
    walk([(ev.ChosePhone(), Step.PROBLEM)], declined)


def test_a_phone_that_says_no_or_nothing_can_be_tried_again():
    for reason in (Reason.TIMEOUT, Reason.NETWORK):
        walked = walk([*TO_PHONE, (ev.SignInFailed(reason), Step.PROBLEM),
                       (ev.TriedAgain(), Step.PHONE)])
        assert walked.effects.count(SignInByPhone()) == 2
        assert not walked.state.progress.code_shown


def test_a_list_that_fails_is_asked_for_again_without_a_second_sign_in():
    walk([
        *TO_PHONE, (ev.SignedIn("phone", Level.SUBSTANTIAL), Step.SIGNING_IN),
        (ev.ListFailed(Reason.NETWORK), Step.PROBLEM), (ev.TriedAgain(), Step.SIGNING_IN),
        (ev.CertificatesListed((VALID,)), Step.CERTIFICATES),
    ])


@pytest.mark.parametrize("reason", [Reason.PLATFORM_INVALID, Reason.SIGN_IN_REFUSED])
def test_a_phone_that_cannot_be_called_or_says_no_leaves_every_other_way_open(reason):
    failed = walk([*TO_CALL, (ev.SignInFailed(reason), Step.PROBLEM)]).state
    assert other_ways(failed) == (Way.PHONE, Way.STAFF)
    walk([(ev.TriedAgain(), Step.CONSENT), (ev.Agreed(), Step.FACE)], failed)
    scanning = walk([(ev.ChosePhone(), Step.PHONE)], failed)
    assert scanning.effects[-1] == SignInByPhone()


def test_a_camera_that_fails_while_a_phone_shows_leaves_the_scanning():
    walk([*TO_PHONE, (ev.ChoseShow(), Step.SHOW_PHONE),
          (ev.SignInFailed(Reason.CAMERA_FAULT), Step.PROBLEM), (ev.TriedAgain(), Step.PHONE)])


def test_the_camera_does_not_wake_for_one_who_uses_a_phone():
    assert WarmUp(False) in walk(TO_PHONE).effects
    assert RestCamera() in walk([*TO_FACE, *TO_PHONE]).effects


def test_without_a_reader_or_a_camera_the_terminal_serves_by_phone():
    lost = ev.PartLost(Part.READER, Reason.READER_FAULT)
    walk([(lost, Step.IDLE), (ev.Touched(), Step.PHONE)])
    walk([(ev.PartLost(Part.CAMERA, Reason.CAMERA_FAULT), Step.IDLE),
          (ev.Touched(), Step.PLACE_CARD)])


def test_going_back_from_the_phone_stops_waiting_for_it():
    walked = walk([(ev.Touched(), Step.PLACE_CARD), *TO_PHONE, (ev.WentBack(), Step.PLACE_CARD)])
    assert StopPhone() in walked.effects
    walked = walk([*TO_CALL, (ev.WentBack(), Step.CONSENT)])
    assert walked.state.progress.way is Way.FACE


def test_who_tried_a_face_too_often_is_not_asked_to_try_again_but_has_other_ways():
    too_many = ev.FaceFailed(Reason.TOO_MANY_ATTEMPTS)
    walked = walk([*TO_FACE, (too_many, Step.PROBLEM), (ev.TriedAgain(), Step.PROBLEM)])
    assert other_ways(walked.state) == (Way.CALL, Way.STAFF)
    walk([(ev.ChosePhone(), Step.PHONE)], walked.state)


def test_a_phone_that_was_called_too_often_is_not_called_again():
    too_many = ev.SignInFailed(Reason.TOO_MANY_ATTEMPTS)
    walked = walk([*TO_CALL, (too_many, Step.PROBLEM)])
    assert other_ways(walked.state) == (Way.PHONE, Way.STAFF)
