"""A driver's process that dies never takes the terminal along, in no moment of a visit."""

import asyncio
import os
import signal

import pytest

from drivers.supervisor import Role
from kiosk.visit.states import Part, Step
from tests.whole.conftest import Visitor


def kill(visitor: Visitor, role: Role) -> int:
    """What a crash in a C library does; the process that died."""
    kept = next(one for one in visitor.terminal.devices.processes if one.role is role)
    pid = kept.pid
    assert pid is not None
    os.kill(pid, signal.SIGSEGV)
    return pid


async def until(so, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not so():
            await asyncio.sleep(0.01)


def lost(visitor: Visitor, part: Part):
    return visitor.terminal.engine.state.equipment.reason(part)


def when(visitor: Visitor, step: Step, role: Role, later: float = 0.0) -> list[int]:
    """Kill a process the first time that a step is reached; whom it was."""
    killed: list[int] = []
    loop = asyncio.get_running_loop()

    def see(state, _) -> None:
        if state.step is step and not killed:
            killed.append(0)
            loop.call_later(later, lambda: killed.append(kill(visitor, role)))

    visitor.terminal.engine.observe(see)
    return killed


@pytest.mark.parametrize("role", [Role.IDCARD, Role.CAMERA, Role.RECEIPT_PRINTER])
async def test_at_rest_it_is_back_and_the_next_visit_is_served(visitor, role):
    died = kill(visitor, role)
    kept = next(one for one in visitor.terminal.devices.processes if one.role is role)
    await until(lambda: kept.pid not in (died, None))
    await until(lambda: not any(lost(visitor, part) for part in Part))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_the_reader_is_said_to_be_lost_and_to_be_back(visitor):
    kill(visitor, Role.IDCARD)
    await until(lambda: lost(visitor, Part.READER))
    await until(lambda: not lost(visitor, Part.READER))
    told = [one for one in visitor.events() if one in ("device_lost", "device_back")]
    assert told == ["device_lost", "device_back"]


async def test_while_a_card_is_read_the_visit_ends_as_with_a_reader_pulled_out(visitor):
    killed = when(visitor, Step.READING, Role.IDCARD, 0.02)
    assert await visitor.visit("li-xiulan") == "reader_fault"
    assert len(killed) == 2
    await visitor.back_to_idle()
    await until(lambda: not lost(visitor, Part.READER))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_while_the_camera_looks_the_visit_ends_as_with_a_camera_pulled_out(visitor):
    killed = when(visitor, Step.FACE, Role.CAMERA, 0.5)
    assert await visitor.visit("li-xiulan") == "camera_fault"
    assert len(killed) == 2
    await visitor.back_to_idle()
    await until(lambda: not lost(visitor, Part.CAMERA))
    assert await visitor.visit("li-xiulan") == "printed"


async def test_while_a_receipt_prints_the_visit_goes_on_without_it(visitor):
    killed = when(visitor, Step.RECEIPT, Role.RECEIPT_PRINTER, 0.1)
    assert await visitor.visit("li-xiulan") == "printed"
    assert len(killed) == 2
    assert len(visitor.papers()) == 1
    assert "receipt_failed" in visitor.events()
    await visitor.back_to_idle()
    assert await visitor.visit("wang-jianguo") == "printed"
    assert visitor.events().count("receipt_printed") == 1


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
