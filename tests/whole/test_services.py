"""What a citizen leaves while the line is down is received, told so, and arrives once."""

import asyncio

import pytest
import requests

from kiosk import watch
from kiosk.reasons import Reason
from kiosk.services.port import CallTime, Kind, RequestStatus
from kiosk.services.requests import Requests
from kiosk.visit import events as ev
from kiosk.visit.states import Part, Slip, Step

PHONE = "13812345678"


@pytest.fixture
def quick_looks(monkeypatch):
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.2)


def inbox(stage) -> list[dict]:
    """What arrived at the platform of the kind, whichever terminal sent it."""
    told = requests.get(f"{stage.places['platform']}/sandbox/inbox", timeout=5).json()
    return [one for one in told["records"] if one["kind"] == "request"]


def step(visitor) -> Step:
    return visitor.terminal.engine.state.step


async def leave_complaint(visitor) -> str:
    """Answer every question and send; the code."""
    send, visit = visitor.terminal.engine.send, visitor.terminal.visit
    for answer in (
        ev.ChoseRequest(), ev.KindChosen(Kind.COMPLAINT), ev.AboutChosen("terminal"),
        ev.CategoryChosen("slow"),
    ):
        send(answer)
    visit.typed = PHONE
    for answer in (ev.Typed(True), ev.TypingDone(), ev.CallTimeChosen(CallTime.ANY),
                   ev.SendConfirmed()):
        send(answer)
    await visitor.until(lambda: step(visitor) is Step.REQUEST_KEPT)
    return visit.code


async def follow_up(visitor, code: str) -> RequestStatus:
    """Ask by a code what became of it."""
    send = visitor.terminal.engine.send
    send(ev.ChoseRequest())
    send(ev.ChoseFollowUp())
    visitor.terminal.visit.typed = code
    send(ev.Typed(True))
    send(ev.TypingDone())
    await visitor.until(lambda: step(visitor) is Step.REQUEST_STATUS)
    status = visitor.terminal.engine.state.progress.status
    send(ev.Leaves())
    await visitor.back_to_idle()
    return status


async def arrival(visitor, code: str) -> None:
    """Wait until the terminal knows that it arrived."""
    async with asyncio.timeout(30):
        await Requests(visitor.terminal.vault).arrival(code)


async def test_a_complaint_left_without_a_line_waits_and_arrives_once(quick_looks, visitor):
    engine, before = visitor.terminal.engine, len(inbox(visitor.stage))
    visitor.stage.order("platform", "cut")
    await visitor.until(lambda: engine.state.equipment.reason(Part.PLATFORM) is Reason.NETWORK)
    assert step(visitor) is Step.IDLE
    assert engine.state.equipment.offline_since is not None

    code = await leave_complaint(visitor)
    await visitor.until(lambda: engine.state.progress.slip is Slip.PRINTED)
    assert engine.state.progress.status is RequestStatus.WAITING
    engine.send(ev.Leaves())
    assert visitor.terminal.visit.code == visitor.terminal.visit.typed == ""
    await visitor.back_to_idle()
    assert await follow_up(visitor, code) is RequestStatus.WAITING

    visitor.stage.order("platform", "mend")
    await visitor.until(lambda: len(inbox(visitor.stage)) > before)
    await arrival(visitor, code)
    assert await follow_up(visitor, code) is RequestStatus.ARRIVED
    await asyncio.sleep(1.0)
    arrived = inbox(visitor.stage)[before:]
    assert [one["body"] for one in arrived] == [{
        "code": code, "kind": "complaint", "about": "terminal", "category": "slow",
        "phone": PHONE, "call": "any",
    }]


async def test_with_a_line_it_is_told_while_the_citizen_is_there_that_it_arrived(visitor):
    await leave_complaint(visitor)
    engine = visitor.terminal.engine
    await visitor.until(lambda: engine.state.progress.status is RequestStatus.ARRIVED)
    assert step(visitor) is Step.REQUEST_KEPT


async def test_without_a_line_who_wants_a_certificate_is_told_why_not(quick_looks, visitor):
    engine = visitor.terminal.engine
    visitor.stage.order("platform", "cut")
    await visitor.until(lambda: engine.state.equipment.reason(Part.PLATFORM) is not None)
    assert await visitor.visit("li-xiulan") == "network"
    assert visitor.papers() == []


async def test_a_phone_number_is_in_no_log_and_readable_in_no_file(visitor, caplog):
    caplog.set_level("DEBUG")
    await leave_complaint(visitor)
    engine = visitor.terminal.engine
    await visitor.until(lambda: engine.state.progress.slip is Slip.PRINTED)
    engine.send(ev.Leaves())
    await visitor.back_to_idle()
    assert PHONE not in caplog.text
    for path in visitor.state_folder.rglob("*"):
        assert path.is_dir() or PHONE.encode() not in path.read_bytes()
