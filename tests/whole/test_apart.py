"""A driver's process that dies never takes the terminal along, in no moment of a visit."""

import asyncio
import os
import signal

import pytest

from drivers.supervisor import Role
from kiosk.apart.kept import KeptProcess
from kiosk.visit import events as ev
from kiosk.visit.states import Part, Step
from tests.whole.conftest import Visitor


def process_of(visitor: Visitor, role: Role) -> KeptProcess:
    return next(one for one in visitor.terminal.devices.processes if one.role is role)


def kill(visitor: Visitor, role: Role) -> int:
    """What a crash in a C library does; the process that died."""
    pid = process_of(visitor, role).pid
    assert pid is not None
    os.kill(pid, signal.SIGSEGV)
    return pid


async def until(so, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not so():
            await asyncio.sleep(0.01)


def lost(visitor: Visitor, part: Part):
    return visitor.terminal.engine.state.equipment.reason(part)


def told(visitor: Visitor, *kinds: type[ev.Event]) -> list[str]:
    """The names of all events of these kinds from now on."""
    names: list[str] = []

    def see(_, event: ev.Event) -> None:
        if isinstance(event, kinds):
            names.append(type(event).__name__)

    visitor.terminal.engine.observe(see)
    return names


async def kill_in(visitor: Visitor, step: Step, role: Role) -> None:
    """Kill a process as soon as its device is in use in a step."""
    engine = visitor.terminal.engine
    kept = process_of(visitor, role)
    await until(lambda: engine.state.step is step and not kept._free.is_set())
    kill(visitor, role)


@pytest.mark.parametrize("role", [Role.IDCARD, Role.CAMERA, Role.RECEIPT_PRINTER])
async def test_at_rest_it_is_back_and_the_next_visit_is_served(visitor, role):
    died = kill(visitor, role)
    kept = process_of(visitor, role)
    await until(lambda: kept.pid not in (died, None))
    await until(lambda: not any(lost(visitor, part) for part in Part))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_the_reader_is_said_to_be_lost_and_to_be_back(visitor):
    said = told(visitor, ev.PartLost, ev.PartBack)
    kill(visitor, Role.IDCARD)
    await until(lambda: len(said) == 2)
    assert said == ["PartLost", "PartBack"]


async def test_while_a_card_is_read_the_visit_ends_as_with_a_reader_pulled_out(visitor):
    killing = asyncio.create_task(kill_in(visitor, Step.READING, Role.IDCARD))
    assert await visitor.visit("li-xiulan") == "reader_fault"
    await killing
    await visitor.back_to_idle()
    await until(lambda: not lost(visitor, Part.READER))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_while_the_camera_looks_the_visit_ends_as_with_a_camera_pulled_out(visitor):
    killing = asyncio.create_task(kill_in(visitor, Step.FACE, Role.CAMERA))
    assert await visitor.visit("li-xiulan") == "camera_fault"
    await killing
    await visitor.back_to_idle()
    await until(lambda: not lost(visitor, Part.CAMERA))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_while_a_receipt_prints_the_visit_goes_on_without_it(visitor):
    said = told(visitor, ev.ReceiptFailed, ev.ReceiptPrinted)
    killing = asyncio.create_task(kill_in(visitor, Step.RECEIPT, Role.RECEIPT_PRINTER))
    assert await visitor.visit("li-xiulan") == "printed"
    await killing
    assert len(visitor.papers()) == 1
    await visitor.back_to_idle()
    assert await visitor.visit("wang-jianguo") == "printed"
    assert said == ["ReceiptFailed", "ReceiptPrinted"]


async def test_processes_that_a_visit_used_are_others_after_it(visitor):
    before = {one.role: one.pid for one in visitor.terminal.devices.processes}
    assert await visitor.visit("li-xiulan") == "printed"
    await visitor.back_to_idle()
    for one in visitor.terminal.devices.processes:
        await until(lambda one=one: one.pid not in (before[one.role], None))
    assert not any(os.path.exists(f"/proc/{pid}") for pid in before.values())
    assert not any(lost(visitor, part) for part in Part)


async def test_no_process_outlives_the_terminal(stage, tmp_path):
    visitor = Visitor(stage, tmp_path / "state")
    await visitor.terminal.start()
    pids = [one.pid for one in visitor.terminal.devices.processes]
    await visitor.terminal.stop()
    assert None not in pids
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)
