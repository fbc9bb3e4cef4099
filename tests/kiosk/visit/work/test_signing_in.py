"""Whose session counts, who is acted for, and that no token is left behind."""

from datetime import UTC, datetime

import pytest

from kiosk.errors import Failure
from kiosk.identity.port import Principal, Relation
from kiosk.limits.attempts import Kind, TooMany
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.work.signing_in import SigningIn
from tests.kiosk.visit.work.conftest import CHILD, session

WANG = Principal("王建国", Relation.AGENT, "first", (), None)


@pytest.fixture
def signing_in(desk):
    return SigningIn(desk, None)


async def test_a_new_sign_in_of_the_same_person_takes_the_place_of_the_one_before(
    desk, signing_in
):
    await signing_in.with_face()
    desk.parts.identity.signs_in = session("second")
    await signing_in.with_face()
    await desk.close()
    assert desk.visit.session.token == "second"
    assert desk.parts.identity.ended == ["own"]


async def test_a_sign_in_of_another_person_is_ended_and_the_first_stays(desk, signing_in):
    await signing_in.with_face()
    desk.parts.identity.signs_in = session("stranger", "another")
    await signing_in.with_face()
    await desk.close()
    assert desk.visit.session.token == "own"
    assert desk.parts.identity.ended == ["stranger"]
    assert desk.events[-1] == ev.SignInFailed(Reason.ANOTHER_PERSON)


async def test_staff_are_signed_out_as_soon_as_they_have_vouched(desk, signing_in):
    await signing_in.with_staff()
    await desk.close()
    assert desk.visit.session.token == "own"
    assert desk.parts.identity.ended == ["staff"]


async def test_a_guardian_sees_what_the_child_holds_until_choosing_the_own(desk, signing_in):
    desk.visit.ward = CHILD
    desk.parts.identity.acts["child"] = session("child", "child", actor="citizen")
    await signing_in.with_face()
    assert [one.identifier for one in desk.visit.certificates] == ["id-of-child"]
    await signing_in.act_for(None)
    await desk.close()
    assert [one.identifier for one in desk.visit.certificates] == ["id-of-citizen"]
    assert desk.parts.identity.ended == ["child"]
    assert desk.visit.own is None


async def test_an_authorisation_that_ran_out_meanwhile_is_asked_for_anew(desk, signing_in):
    identity = desk.parts.identity
    identity.acts = {
        "first": Failure(Reason.NOT_AUTHORISED, "it has run out"),
        "second": session("wang", "wang", actor="citizen"),
    }
    identity.known = [WANG]
    await signing_in.with_face()
    await signing_in.list_principals()
    identity.known = [Principal("王建国", Relation.AGENT, "second", (), None)]
    await signing_in.act_for(0)
    assert [one.identifier for one in desk.visit.certificates] == ["id-of-wang"]
    assert ev.ActsFor(Relation.AGENT, "wang", "citizen") in desk.events


async def test_who_may_not_act_any_more_keeps_the_own_sign_in(desk, signing_in):
    identity = desk.parts.identity
    identity.acts = {"first": Failure(Reason.NOT_AUTHORISED, "taken back")}
    identity.known = [WANG]
    await signing_in.with_face()
    await signing_in.list_principals()
    await signing_in.act_for(0)
    assert desk.events[-1] == ev.ActingFailed(Reason.NOT_AUTHORISED)
    await signing_in.list_again()
    assert [one.identifier for one in desk.visit.certificates] == ["id-of-citizen"]
    assert identity.ended == []


AGAIN_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


async def test_staff_are_not_asked_for_a_card_that_was_tried_too_often(desk, signing_in):
    desk.parts.attempts.refuses = TooMany("staff", AGAIN_AT)
    await signing_in.with_staff()
    assert desk.events == [ev.SignInFailed(Reason.TOO_MANY_ATTEMPTS)]
    assert desk.visit.again_at == AGAIN_AT
    assert desk.parts.identity.ended == []


async def test_an_attempt_is_counted_before_it_is_made_and_taken_back_when_it_succeeds(
    desk, signing_in
):
    await signing_in.with_staff()
    assert desk.parts.attempts.begun == [Kind.STAFF]
    assert len(desk.parts.attempts.taken_back) == 1
    desk.parts.identity.signs_in = Failure(Reason.SIGN_IN_REFUSED)
    await signing_in.with_staff()
    assert len(desk.parts.attempts.begun) == 2
    assert len(desk.parts.attempts.taken_back) == 1


async def test_a_line_that_is_cut_costs_nobody_an_attempt(desk, signing_in):
    desk.parts.identity.signs_in = Failure(Reason.NETWORK)
    await signing_in.with_staff()
    assert len(desk.parts.attempts.taken_back) == 1


async def test_a_phone_that_has_rung_has_rung_though_the_line_is_cut_then(desk, signing_in):
    desk.parts.identity.answers = Failure(Reason.NETWORK)
    await signing_in.by_call()
    assert desk.events[-1] == ev.SignInFailed(Reason.NETWORK)
    assert desk.parts.attempts.begun == [Kind.CALL]
    assert desk.parts.attempts.taken_back == []


async def test_a_line_that_is_cut_before_a_phone_rings_costs_nobody_an_attempt(desk, signing_in):
    desk.parts.identity.rings = Failure(Reason.NETWORK)
    await signing_in.by_call()
    await signing_in.by_call()
    assert len(desk.parts.attempts.taken_back) == 2
