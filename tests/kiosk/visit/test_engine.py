"""The engine: order of events, one delay at a time, exactly the fields that may be."""

import asyncio

import pytest

from kiosk.audit import check_fields
from kiosk.audit_events import AuditEvent
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.delays import Delay
from kiosk.visit.engine import VisitEngine
from kiosk.visit.states import Part, Step
from tests.kiosk.visit.flow import VALID


class Records:
    """An audit that checks and keeps."""

    def __init__(self):
        self.kept = []

    def record(self, event, fields, visit):
        check_fields(event, fields)
        self.kept.append((event, dict(fields), visit))


@pytest.fixture
def audit():
    return Records()


def make(audit, seconds=0.05, visit=None):
    effects = []
    delays = dict.fromkeys(Delay, seconds)
    delays[Delay.VISIT] = visit or seconds
    return VisitEngine(audit, effects.append, delays), effects


async def test_an_event_sent_while_another_is_handled_waits_its_turn(audit):
    engine, _ = make(audit, 10)
    order = []

    def observer(state, event):
        order.append(type(event).__name__)
        if isinstance(event, ev.Ready):
            engine.send(ev.Touched())
            order.append("ready is done")

    engine.observe(observer)
    engine.send(ev.Ready())
    engine.close()
    assert order == ["Ready", "ready is done", "Touched"]
    assert engine.state.step is Step.PLACE_CARD


async def test_nobody_touching_leads_back_to_the_first_screen(audit):
    engine, _ = make(audit)
    engine.send(ev.Ready())
    engine.send(ev.Touched())
    await asyncio.sleep(0.3)
    assert engine.state.step is Step.IDLE
    assert audit.kept[-1] == (AuditEvent.VISIT_ENDED, {"outcome": "left"}, 1)


async def test_a_touch_begins_the_delay_anew(audit):
    engine, _ = make(audit, 0.2, visit=60)
    for event in (ev.Ready(), ev.CardFound(), ev.CardRead("cn_resident")):
        engine.send(event)
    for _ in range(4):
        await asyncio.sleep(0.1)
        engine.send(ev.StillHere())
    assert not engine.state.warned
    engine.close()


async def test_a_loss_is_recorded_once_and_the_return_once(audit):
    engine, _ = make(audit, 10)
    engine.send(ev.Ready())
    for _ in range(3):
        engine.send(ev.PartLost(Part.PLATFORM, Reason.NETWORK))
    for _ in range(2):
        engine.send(ev.PartBack(Part.PLATFORM))
    names = [str(name) for name, _, _ in audit.kept]
    assert names == ["in_service", "platform_lost", "platform_back"]


def test_an_event_with_a_field_too_many_is_refused():
    with pytest.raises(ValueError, match="card_read carries"):
        check_fields(AuditEvent.CARD_READ, {"document_type": "x", "name": "y"})


TO_CONSENT = (ev.Ready(), ev.CardFound(), ev.CardRead("cn_resident"))


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_whatever_is_touched_the_visit_is_asked_whether_it_goes_on(audit):
    engine, _ = make(audit, 60, visit=0.1)
    for event in TO_CONSENT:
        engine.send(event)
    await until(lambda: engine.state.warned)
    engine.send(ev.StillHere())
    assert not engine.state.warned
    await until(lambda: engine.state.warned)
    assert engine.state.progress.extended == 2
    engine.close()


async def test_work_is_not_interrupted_but_asked_after(audit):
    engine, _ = make(audit, 0.05, visit=0.05)
    engine._seconds[Delay.WORK] = engine._seconds[Delay.IDLE] = 60
    for event in (*TO_CONSENT, ev.Agreed(), ev.FaceMatched("chip_photo")):
        engine.send(event)
    await asyncio.sleep(0.3)
    assert (engine.state.step, engine.state.warned) == (Step.SIGNING_IN, False)
    engine.send(ev.SignedIn("acr"))
    engine._seconds[Delay.GRACE] = 60
    engine.send(ev.CertificatesListed((VALID,)))
    await until(lambda: engine.state.warned)
    engine.close()


async def test_the_time_of_a_visit_ends_with_it_and_begins_with_the_next(audit):
    engine, _ = make(audit, 60, visit=0.3)
    for event in (*TO_CONSENT, ev.Cancelled(), ev.CardRemoved()):
        engine.send(event)
    assert engine.state.step is Step.FAREWELL
    await asyncio.sleep(0.4)
    assert not engine.state.warned
    engine.send(ev.Elapsed(Delay.FAREWELL))
    for event in TO_CONSENT[1:]:
        engine.send(event)
    await asyncio.sleep(0.15)
    assert not engine.state.warned
    await until(lambda: engine.state.warned)
    engine.close()
