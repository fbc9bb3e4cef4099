"""Acting for somebody else: a guardian for a child, an agent for who authorised one."""

from kiosk.identity.port import Relation
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import (
    ActFor,
    CompareFace,
    KeepWard,
    ListAgain,
    ListPrincipals,
    SignInByPhone,
)
from kiosk.visit.journal import derive, pseudonym
from kiosk.visit.states import Step
from tests.kiosk.visit.flow import TO_LIST, VALID, walk

CHILD = ev.CardRead("cn_resident", under_14=True)
TO_GUARDIAN = [(ev.CardFound(), Step.READING), (CHILD, Step.GUARDIAN)]
WITH_GUARDIAN = [
    *TO_GUARDIAN,
    (ev.CardRemoved(), Step.GUARDIAN), (ev.CardFound(), Step.READING),
    (ev.CardRead("cn_resident"), Step.CONSENT), (ev.Agreed(), Step.FACE),
    (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
    (ev.SignedIn("acr", subject="guardian"), Step.SIGNING_IN),
]
ACTS = ev.ActsFor(Relation.GUARDIAN, "child", "guardian")
TO_PRINCIPALS = [
    *TO_LIST, (ev.ChoseForOther(), Step.PRINCIPALS),
    (ev.PrincipalsListed((Relation.AGENT, Relation.GUARDIAN)), Step.PRINCIPALS),
]


def test_a_childs_card_asks_for_a_guardian_and_lists_what_the_child_holds():
    walked = walk([*WITH_GUARDIAN, (ACTS, Step.SIGNING_IN),
                   (ev.CertificatesListed((VALID,)), Step.CERTIFICATES)])
    assert KeepWard() in walked.effects
    assert walked.effects.count(CompareFace()) == 1
    assert walked.state.progress.acting is Relation.GUARDIAN
    assert walked.records[:2] == ["visit_begun", "child_card_read"]
    assert "acting_for" in walked.records


def test_a_second_childs_card_is_no_guardians():
    again = [(ev.CardFound(), Step.READING), (CHILD, Step.PROBLEM)]
    walked = walk([*TO_GUARDIAN, (ev.CardRemoved(), Step.GUARDIAN), *again])
    assert walked.state.reason is Reason.MINOR_NEEDS_GUARDIAN


def test_who_is_no_guardian_of_the_child_gets_nothing():
    walked = walk([*WITH_GUARDIAN, (ev.ActingFailed(Reason.NOT_AUTHORISED), Step.PROBLEM)])
    assert walked.state.retry is None


def test_without_a_guardian_the_visit_ends_with_its_reason():
    walked = walk([*TO_GUARDIAN, (ev.Leaves(), Step.TAKE_CARD)])
    assert walked.state.progress.outcome == Reason.MINOR_NEEDS_GUARDIAN


def test_a_guardian_may_sign_in_with_a_phone_instead():
    walked = walk([*TO_GUARDIAN, (ev.ChosePhone(), Step.PHONE), (ev.WentBack(), Step.GUARDIAN)])
    assert SignInByPhone() in walked.effects


def test_an_agent_chooses_for_whom_and_sees_what_that_one_holds():
    walked = walk([
        *TO_PRINCIPALS, (ev.PrincipalChosen(0), Step.SIGNING_IN),
        (ev.ActsFor(Relation.AGENT, "principal", "agent"), Step.SIGNING_IN),
        (ev.CertificatesListed((VALID,)), Step.CERTIFICATES),
    ])
    assert ListPrincipals() in walked.effects
    assert ActFor(0) in walked.effects
    assert walked.state.progress.acting is Relation.AGENT


def test_both_identities_are_in_the_audit_as_pseudonyms():
    state = walk([*TO_PRINCIPALS, (ev.PrincipalChosen(0), Step.SIGNING_IN)]).state
    event = ev.ActsFor(Relation.AGENT, "principal-123", "agent-456")
    after = walk([(event, Step.SIGNING_IN)], state).state
    (name, fields), = derive(state, event, after)
    assert name == "acting_for"
    assert fields == {
        "relation": "agent", "subject": pseudonym("principal-123"),
        "actor": pseudonym("agent-456"),
    }
    assert "123" not in fields["subject"]


def test_one_can_go_back_to_the_own_certificates():
    acting = walk([
        *TO_PRINCIPALS, (ev.PrincipalChosen(0), Step.SIGNING_IN),
        (ev.ActsFor(Relation.AGENT), Step.SIGNING_IN),
        (ev.CertificatesListed((VALID,)), Step.CERTIFICATES),
        (ev.ChoseForOther(), Step.PRINCIPALS),
    ])
    walked = walk([(ev.PrincipalChosen(None), Step.SIGNING_IN)], acting.state)
    assert walked.effects == [ActFor(None)]


def test_an_agent_whose_authorisation_is_gone_goes_back_to_the_own_list():
    walked = walk([*TO_PRINCIPALS, (ev.PrincipalChosen(0), Step.SIGNING_IN),
                   (ev.ActingFailed(Reason.NOT_AUTHORISED), Step.PROBLEM),
                   (ev.TriedAgain(), Step.SIGNING_IN),
                   (ev.CertificatesListed((VALID,)), Step.CERTIFICATES)])
    assert ListAgain() in walked.effects
    assert walked.state.progress.acting is None


def test_every_one_for_whom_the_citizen_acts_is_in_the_audit():
    chosen = [
        (ev.PrincipalChosen(0), Step.SIGNING_IN),
        (ev.ActsFor(Relation.AGENT, "one", "agent"), Step.SIGNING_IN),
        (ev.CertificatesListed((VALID,)), Step.CERTIFICATES),
        (ev.ChoseForOther(), Step.PRINCIPALS),
        (ev.PrincipalsListed((Relation.AGENT, Relation.AGENT)), Step.PRINCIPALS),
    ]
    again = [(ev.PrincipalChosen(1), Step.SIGNING_IN),
             (ev.ActsFor(Relation.AGENT, "two", "agent"), Step.SIGNING_IN)]
    assert walk([*TO_PRINCIPALS, *chosen, *again]).records.count("acting_for") == 2


def test_who_holds_nothing_may_still_be_here_for_somebody_else():
    empty = [*TO_LIST[:-1], (ev.CertificatesListed(()), Step.PROBLEM)]
    walk([*empty, (ev.ChoseForOther(), Step.PRINCIPALS)])
    declined = [*TO_LIST[:2], (ev.Declined(), Step.PROBLEM)]
    walk([*declined, (ev.ChoseForOther(), Step.PROBLEM)])


def test_a_principal_who_holds_nothing_leads_back_to_the_choice():
    walk([*TO_PRINCIPALS, (ev.PrincipalChosen(0), Step.SIGNING_IN),
          (ev.ActsFor(Relation.AGENT), Step.SIGNING_IN),
          (ev.CertificatesListed(()), Step.PROBLEM), (ev.TriedAgain(), Step.PRINCIPALS)])


def test_nobody_outside_the_list_can_be_chosen():
    walk([*TO_PRINCIPALS, (ev.PrincipalChosen(2), Step.PRINCIPALS),
          (ev.PrincipalChosen(-1), Step.PRINCIPALS), (ev.PrincipalChosen(None), Step.PRINCIPALS)])
    walk([*TO_LIST, (ev.ChoseForOther(), Step.PRINCIPALS),
          (ev.PrincipalChosen(0), Step.PRINCIPALS), (ev.WentBack(), Step.CERTIFICATES)])


def test_a_list_of_principals_that_fails_can_be_asked_for_again():
    walked = walk([*TO_LIST, (ev.ChoseForOther(), Step.PRINCIPALS),
                   (ev.PrincipalsFailed(Reason.NETWORK), Step.PROBLEM),
                   (ev.TriedAgain(), Step.PRINCIPALS)])
    assert walked.effects.count(ListPrincipals()) == 2
