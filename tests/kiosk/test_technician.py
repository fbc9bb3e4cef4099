"""The cabinet's door leads to the technician's screen, and never into somebody's visit."""

import asyncio
import logging
from types import SimpleNamespace

import pytest

from drivers.auxiliaries.port import Sensor, failure
from kiosk.reasons import Reason
from kiosk.technician import Technician
from kiosk.visit import events as ev
from kiosk.visit.delays import Delay
from kiosk.visit.states import Part, Step
from offline import outbox
from offline.lanes import Lane
from tests.kiosk.visit.flow import TO_LIST, walk
from tests.offline.stores import open_store

OPENED = (ev.DoorOpened(), Step.TECHNICIAN)


def test_an_opened_door_leads_to_the_technician_and_a_closed_one_back():
    walked = walk([OPENED, (ev.Touched(), Step.TECHNICIAN), (ev.DoorClosed(), Step.IDLE)])
    assert walked.records == ["technician_came", "technician_left", "in_service"]


def test_a_technician_waits_for_a_visit_to_end():
    walked = walk([*TO_LIST, (ev.DoorOpened(), Step.CERTIFICATES),
                   (ev.Leaves(), Step.TAKE_CARD), (ev.CardRemoved(), Step.FAREWELL)])
    assert "technician_came" not in walked.records
    walk([(ev.Elapsed(Delay.FAREWELL), Step.TECHNICIAN)], walked.state)


def test_a_door_that_was_closed_meanwhile_is_nothing():
    walk([*TO_LIST, (ev.DoorOpened(), Step.CERTIFICATES), (ev.DoorClosed(), Step.CERTIFICATES),
          (ev.Leaves(), Step.TAKE_CARD), (ev.CardRemoved(), Step.FAREWELL),
          (ev.Elapsed(Delay.FAREWELL), Step.IDLE)])


def test_no_visit_begins_while_the_technician_works_and_parts_are_told():
    lost = ev.PartLost(Part.MACHINE, Reason.DISK_FULL)
    walk([OPENED, (ev.CardFound(), Step.TECHNICIAN), (ev.CardRemoved(), Step.TECHNICIAN),
          (lost, Step.TECHNICIAN), (ev.ServiceResumed(), Step.OUT_OF_SERVICE)])


def test_the_technician_may_let_the_terminal_serve_with_an_open_door():
    walk([OPENED, (ev.ServiceResumed(), Step.IDLE), (ev.Touched(), Step.PLACE_CARD)])


class SwitchPanel:
    """A panel whose door is opened by the test, and that can be pulled out."""

    def __init__(self):
        self.there = True
        self.sensors = {Sensor.DOOR_OPEN: SimpleNamespace(value=None)}

    async def open(self):
        await self.check()

    async def check(self):
        if not self.there:
            raise failure("it is gone")


@pytest.fixture
async def door(tmp_path):
    vault, panel, sent = open_store(tmp_path), SwitchPanel(), []
    desk = Technician(panel, vault, lambda: {"version": "1"}, sent.append, 0.01, 0.01)
    running = asyncio.create_task(desk.run())
    yield SimpleNamespace(panel=panel, desk=desk, sent=sent, vault=vault)
    running.cancel()
    vault.close()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_each_change_of_the_door_is_told_once_and_what_waits_with_it(door):
    await door.vault.write(lambda txn: outbox.put(txn, Lane.CITIZEN, "request", {}))
    door.panel.sensors[Sensor.DOOR_OPEN].value = True
    await until(lambda: door.sent)
    await asyncio.sleep(0.05)
    assert door.desk.told == {"version": "1", "queue": "citizen 1, audit 0, rest 0"}
    door.panel.sensors[Sensor.DOOR_OPEN].value = False
    await until(lambda: len(door.sent) > 1)
    assert door.sent == [ev.DoorOpened(), ev.DoorClosed()]


async def test_a_contact_that_is_lost_is_logged_once_and_found_again(door, caplog):
    caplog.set_level(logging.INFO)
    door.panel.there = False
    await until(lambda: "is lost" in caplog.text)
    await asyncio.sleep(0.1)
    door.panel.there = True
    await until(lambda: "is back" in caplog.text)
    assert caplog.text.count("is lost") == 1
