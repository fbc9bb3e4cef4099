"""Whole visits over real protocols by the other ways: phones, staff, guardians, agents."""


import pytest

from kiosk.visit import events as ev
from kiosk.visit.states import HANDED_OVER, Step
from provisioning.citizens import STAFF, Habits, by_phone


def told(visitor, name):
    """The audit's entries of one event."""
    return [one for one in visitor.audit() if one["event"] == name]


@pytest.mark.parametrize(("by", "step"), [
    ("phone", "phone"), ("call", "phone"), ("show", "show_phone"), ("staff", "staff"),
])
async def test_a_resident_signs_in_without_showing_a_face(visitor, by, step):
    assert await visitor.visit("li-xiulan", "household", face=None, by=by) == "printed"
    assert len(visitor.papers()) == 1
    assert step in [name for name, _ in visitor.pilot.steps]
    assert "face_matched" not in visitor.events()


async def test_staff_who_vouch_are_in_the_audit_and_on_no_paper(visitor):
    await visitor.visit("li-xiulan", "household", face=None, by="staff")
    signed_in, = told(visitor, "signed_in")
    assert signed_in["actor"]
    assert signed_in["actor"] != signed_in["subject"]
    written = str(visitor.audit())
    assert STAFF not in written
    assert "刘敏" not in written


async def test_one_who_says_no_on_the_phone_is_not_signed_in(visitor):
    habits = by_phone(visitor.stage.order, "", visitor.stage.folder)
    assert await visitor.visit("li-xiulan", face=None, habits=habits) == "sign_in_refused"
    assert visitor.papers() == []


async def test_a_phone_is_asked_for_more_where_a_certificate_needs_it(visitor):
    assert await visitor.visit("zhang-rare", "no_crime", by="phone") == "printed"
    steps = [name for name, _ in visitor.pilot.steps]
    assert steps.index("step_up") < steps.index("reading") < steps.index("preview")
    assert visitor.events().count("signed_in") == 2


async def test_another_persons_card_does_not_raise_the_level_of_a_phone(visitor):
    habits = by_phone(visitor.stage.order, "zhang-rare", visitor.stage.folder)
    outcome = await visitor.visit("wang-jianguo", "no_crime", habits=habits)
    assert outcome == "another_person"
    assert visitor.papers() == []


async def test_a_guardian_prints_for_a_child_whose_face_is_not_looked_at(visitor):
    assert await visitor.visit("zhou-xiaobao", guardian="li-xiulan") == "printed"
    assert visitor.events().count("face_matched") == 1
    acting, = told(visitor, "acting_for")
    assert acting["relation"] == "guardian"
    assert acting["actor"] != acting["subject"]


async def test_who_is_no_guardian_of_the_child_prints_nothing(visitor):
    assert await visitor.visit("zhou-xiaobao", guardian="wang-jianguo") == "not_authorised"
    assert visitor.papers() == []


async def test_an_agent_prints_for_who_has_authorised_her(visitor):
    habits = Habits({Step.CERTIFICATES: ev.ChoseForOther()})
    kinds = []

    def remember(state, _):
        if state.step is Step.CERTIFICATES and state.progress.acting:
            kinds.append({one.type for one in state.progress.certificates})

    visitor.terminal.engine.observe(remember)
    assert await visitor.visit("li-xiulan", habits=habits) == "printed"
    acting = told(visitor, "acting_for")[-1]
    assert acting["relation"] in ("agent", "guardian")
    assert kinds
    names = visitor.events()
    assert names.index("acting_for") < names.index("print_settled")


async def test_a_visit_goes_on_on_the_citizens_phone(visitor):
    order = visitor.stage.order
    habits = Habits(
        {Step.CERTIFICATES: ev.ChoseHandOver()},
        {(Step.HAND_OVER, ev.PhoneCodeShown): lambda: order("platform", "take_over")},
    )
    assert await visitor.visit("li-xiulan", habits=habits) == HANDED_OVER
    assert visitor.papers() == []
    assert {"hand_over_taken", "hand_over_compared", "handed_over"} <= set(visitor.events())


async def test_a_photo_before_the_camera_is_nobody(visitor):
    visitor.stage.order("camera", "fault", name="still")
    assert await visitor.visit("li-xiulan") == "not_live"
    assert visitor.papers() == []


async def test_a_region_that_is_down_hides_only_its_own(visitor):
    visitor.stage.order("platform", "cut", region="970000")
    assert await visitor.visit("li-xiulan", "household") == "printed"
    listed, = told(visitor, "certificates_listed")
    assert listed["missing"] == 1
