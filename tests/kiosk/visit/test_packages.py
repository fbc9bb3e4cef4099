"""Visits without a line: a card and a face lead to what was kept here, and to nothing else."""

from dataclasses import replace

import pytest

from kiosk.identity.levels import ACR_KEPT, Level
from kiosk.reasons import Reason
from kiosk.visit import effects as ef
from kiosk.visit import events as ev
from kiosk.visit.diagram import SAMPLES, explore
from kiosk.visit.handlers.packages import WITH_PLATFORM
from kiosk.visit.handlers.ways import other_ways
from kiosk.visit.states import (
    KEPT_PURPOSE,
    CertificateFact,
    CertificateStatus,
    Equipment,
    Kept,
    Part,
    State,
    Step,
)
from kiosk.visit.transitions import transition
from tests.kiosk.visit.flow import TO_CONSENT, walk

NO_LINE = State(Step.IDLE, Equipment(
    ((Part.PLATFORM, Reason.NETWORK),), kept=frozenset({Kept.PACKAGES})
))
KEPT = CertificateFact(
    "household", CertificateStatus.VALID, most_copies=2, purposes=(KEPT_PURPOSE,)
)
TO_FACE = [*TO_CONSENT, (ev.Agreed(), Step.FACE)]
TO_LIST = [
    *TO_FACE,
    (ev.FaceMatched("package"), Step.SIGNING_IN),
    (ev.SignedIn(ACR_KEPT, Level.HIGH), Step.SIGNING_IN),
    (ev.CertificatesListed((KEPT,)), Step.CERTIFICATES),
]
TO_COPIES = [
    *TO_LIST,
    (ev.CertificateReady(0, 1), Step.CERTIFICATES),
    (ev.CertificateChosen(0), Step.PREVIEW),
    (ev.PreviewAccepted(), Step.COPIES),
]
TO_PRINTED = [
    *TO_COPIES,
    (ev.PrintConfirmed(), Step.PRINTING),
    (ev.Printed(), Step.RECEIPT),
    (ev.ReceiptPrinted(), Step.ANOTHER),
]
ASKS_PLATFORM = (
    ef.SignIn, ef.SignInByPhone, ef.CallPhone, ef.SignInByShow, ef.SignInWithStaff, ef.ListAgain,
    ef.ListPrincipals, ef.ActFor, ef.OfferHandOver, ef.SettleHandOver, ef.CompareFace,
)
"""What cannot be done without a line; comparing a face may ask for a picture."""


def test_from_card_to_paper_without_a_line():
    walked = walk(TO_PRINTED, NO_LINE)
    assert [one for one in walked.effects if not isinstance(one, ef.StopFace | ef.WarmUp)] == [
        ef.ReadCard(), ef.CompareKept(), ef.ListKept(), ef.FetchCertificate(0),
        ef.Print(0, KEPT_PURPOSE, 1), ef.PrintReceipt(),
    ]


def test_with_a_line_nothing_that_is_kept_is_looked_at():
    on_line = replace(NO_LINE, equipment=Equipment(kept=frozenset({Kept.PACKAGES})))
    assert ef.CompareFace() in walk(TO_FACE, on_line).effects


def test_a_line_that_comes_back_changes_nothing_in_a_visit_that_began_without():
    walked = walk([*TO_FACE, (ev.PartBack(Part.PLATFORM), Step.FACE)], NO_LINE)
    walked = walk([(ev.FaceMatched("package"), Step.SIGNING_IN)], walked.state)
    assert walked.effects[-1] == ef.ListKept()


def test_no_more_copies_than_are_left():
    walked = walk([*TO_COPIES, (ev.CopiesChanged(5), Step.COPIES)], NO_LINE)
    assert walked.state.progress.copies == 2


def test_the_purpose_is_that_of_the_codes_and_is_not_asked_for():
    walked = walk([*TO_COPIES, (ev.WentBack(), Step.PREVIEW)], NO_LINE)
    assert walked.state.progress.purpose == KEPT_PURPOSE


def test_another_one_is_chosen_from_what_is_left():
    walked = walk([*TO_PRINTED, (ev.WantsAnother(), Step.SIGNING_IN)], NO_LINE)
    assert walked.effects[-1] == ef.ListKept()
    ended = walk([(ev.ListFailed(Reason.PACKAGE_USED_UP), Step.PROBLEM)], walked.state)
    assert ended.state.retry is None
    assert ended.state.progress.outcome == "printed"


def test_after_a_jam_the_copies_that_are_left_are_counted_before_another_try():
    walked = walk([
        *TO_COPIES,
        (ev.PrintConfirmed(), Step.PRINTING),
        (ev.PrintFailed(Reason.PRINTER_JAMMED), Step.PROBLEM),
        (ev.TriedAgain(), Step.SIGNING_IN),
    ], NO_LINE)
    assert walked.effects[-1] == ef.ListKept()
    again = replace(KEPT, most_copies=1)
    walked = walk([(ev.CertificatesListed((again,)), Step.CERTIFICATES)], walked.state)
    assert walked.state.progress.certificates == (again,)


@pytest.mark.parametrize(("reason", "again"), [
    (Reason.PACKAGE_NONE, None), (Reason.PACKAGE_ENDED, None), (Reason.PACKAGE_USED_UP, None),
    (Reason.PACKAGE_DAMAGED, None), (Reason.CLOCK_UNKNOWN, Step.FACE),
])
def test_a_card_that_opens_nothing_ends_in_its_reason(reason, again):
    walked = walk([*TO_FACE, (ev.PackagesFailed(reason), Step.PROBLEM)], NO_LINE)
    assert walked.state.reason is reason
    assert walked.state.retry is again
    assert ef.StopFace() in walked.effects
    assert "packages_failed" in walked.records


def test_a_wrong_face_is_offered_no_way_that_needs_a_line():
    walked = walk([*TO_FACE, (ev.FaceFailed(Reason.FACE_MISMATCH), Step.PROBLEM)], NO_LINE)
    assert other_ways(walked.state) == ()


def test_a_childs_card_opens_nothing():
    card = ev.CardRead("cn_resident", under_14=True)
    walked = walk([(ev.CardFound(), Step.READING), (card, Step.PROBLEM)], NO_LINE)
    assert walked.state.reason is Reason.MINOR_NEEDS_GUARDIAN
    assert ef.ForgetDocument() in walked.effects


# Laws


@pytest.fixture(scope="module")
def offline():
    return [one for one in explore()[0] if one.progress is not None and one.progress.offline]


def test_nothing_is_ever_asked_of_the_platform(offline):
    for state in offline:
        for event in SAMPLES:
            _, effects = transition(state, event)
            assert not any(isinstance(one, ASKS_PLATFORM) for one in effects), (state.step, event)


def test_what_needs_the_platform_does_nothing(offline):
    for state in offline:
        for event in SAMPLES:
            if isinstance(event, WITH_PLATFORM):
                after, effects = transition(state, event)
                assert (replace(after, warned=state.warned), effects) == (state, ())


def test_nothing_is_listed_before_the_face_was_matched(offline):
    for state in offline:
        for event in SAMPLES:
            _after, effects = transition(state, event)
            if ef.ListKept() in effects:
                matched = state.step is Step.FACE and isinstance(event, ev.FaceMatched)
                assert matched or state.progress.signed_in or state.retry is Step.SIGNING_IN
