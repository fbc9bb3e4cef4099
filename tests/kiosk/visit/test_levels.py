"""Certificates that need a higher level of sign-in, in the middle of a visit, as journeys."""

import pytest

from kiosk.identity.levels import ACR_CARD_FACE, ACR_PHONE, Level, level_of
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import FetchCertificate, ForgetDocument, Remember
from kiosk.visit.states import Step, Way
from tests.kiosk.visit.flow import BY_PHONE, GUARDED, TO_CONSENT, VALID, walk

TO_STEP_UP = [*BY_PHONE, (ev.CertificateChosen(1), Step.STEP_UP)]
TO_CARD = [*TO_STEP_UP, (ev.StepsUp(), Step.PLACE_CARD)]
LISTED = ev.CertificatesListed((VALID, GUARDED), wanted=1)


def test_a_certificate_above_the_level_asks_for_card_and_face_and_is_then_shown():
    walked = walk([
        *TO_CARD,
        (ev.CardFound(), Step.READING), (ev.CardRead("cn_resident"), Step.CONSENT),
        (ev.Agreed(), Step.FACE), (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
        (ev.SignedIn(ACR_CARD_FACE, Level.HIGH), Step.SIGNING_IN), (LISTED, Step.PREVIEW),
    ])
    assert Remember(1) in walked.effects
    assert walked.effects[-1] == FetchCertificate(1)
    assert not walked.state.progress.stepping_up
    assert "step_up_begun" in walked.records


def test_what_needs_no_more_is_shown_without_a_step():
    walk([*BY_PHONE, (ev.CertificateChosen(0), Step.PREVIEW)])


def test_a_guarded_certificate_is_not_fetched_ahead():
    only = [*BY_PHONE[:-1], (ev.CertificatesListed((GUARDED,)), Step.CERTIFICATES)]
    assert not any(isinstance(one, FetchCertificate) for one in walk(only).effects)


def test_staff_can_raise_the_level_too():
    walk([*TO_CARD, (ev.CardFound(), Step.READING), (ev.CardRead("cn_resident"), Step.CONSENT),
          (ev.ChoseStaff(), Step.STAFF), (ev.Agreed(), Step.STAFF),
          (ev.SignedIn("card-staff"), Step.SIGNING_IN),
          (LISTED, Step.PREVIEW)])


def test_one_may_choose_another_instead():
    walked = walk([*TO_STEP_UP, (ev.WentBack(), Step.CERTIFICATES)])
    assert walked.state.progress.chosen is None


def test_another_persons_card_leads_back_to_the_list_and_nothing_is_lost():
    walked = walk([
        *TO_CARD, (ev.CardFound(), Step.READING), (ev.CardRead("cn_resident"), Step.CONSENT),
        (ev.Agreed(), Step.FACE), (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
        (ev.SignInFailed(Reason.ANOTHER_PERSON), Step.PROBLEM),
        (ev.TriedAgain(), Step.CERTIFICATES), (ev.CertificateChosen(0), Step.PREVIEW),
    ])
    assert walked.state.progress.document_type is None
    assert walked.state.progress.level is Level.SUBSTANTIAL


def test_a_childs_card_is_no_way_to_a_higher_level():
    child = ev.CardRead("cn_resident", under_14=True)
    walk([*TO_CARD, (ev.CardFound(), Step.READING), (child, Step.PROBLEM),
          (ev.TriedAgain(), Step.CERTIFICATES)])


@pytest.mark.parametrize("refused", [
    ev.CardRead("cn_resident", under_14=True), ev.CardRead("cn_resident", expired=True),
])
def test_a_document_that_does_not_count_is_forgotten_and_opens_nothing_later(refused):
    walked = walk([
        *TO_CARD, (ev.CardFound(), Step.READING), (refused, Step.PROBLEM),
        (ev.TriedAgain(), Step.CERTIFICATES), (ev.CertificateChosen(1), Step.STEP_UP),
        (ev.StepsUp(), Step.READING),
    ])
    assert ForgetDocument() in walked.effects


def test_a_step_up_that_is_given_up_leaves_neither_document_nor_way():
    walked = walk([
        *TO_CARD, (ev.CardFound(), Step.READING), (ev.CardRead("cn_resident"), Step.CONSENT),
        (ev.Declined(), Step.PROBLEM), (ev.TriedAgain(), Step.CERTIFICATES),
    ])
    assert walked.effects[-1] == ForgetDocument()
    progress = walked.state.progress
    assert (progress.way, progress.document_type) == (Way.PHONE, None)
    walk([(ev.CertificateChosen(0), Step.PREVIEW),
          (ev.CertificateFailed(0, Reason.SIGNED_OUT), Step.PROBLEM),
          (ev.TriedAgain(), Step.PHONE)], walked.state)


def test_a_phone_alone_is_no_way_to_a_higher_level():
    walk([*TO_CARD, (ev.ChosePhone(), Step.PLACE_CARD)])


def test_a_library_that_wants_more_than_it_said_is_answered_with_a_step():
    walk([*BY_PHONE, (ev.CertificateChosen(0), Step.PREVIEW),
          (ev.CertificateFailed(0, Reason.LEVEL_TOO_LOW), Step.STEP_UP)])


def test_one_who_signed_in_with_card_and_face_is_asked_for_nothing_more():
    walk([*TO_CONSENT, (ev.Agreed(), Step.FACE), (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
          (ev.SignedIn(ACR_CARD_FACE, Level.HIGH), Step.SIGNING_IN),
          (ev.CertificatesListed((GUARDED,)), Step.CERTIFICATES),
          (ev.CertificateChosen(0), Step.PREVIEW)])


def test_an_unknown_level_is_a_low_one():
    assert level_of(ACR_PHONE) is Level.SUBSTANTIAL
    assert level_of("urn:elsewhere:best") is Level.LOW
    assert level_of("") is Level.NOBODY
