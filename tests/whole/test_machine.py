"""A terminal whose disk fills or whose clock goes wrong is out of service, and comes back."""

import asyncio
from datetime import UTC, datetime, timedelta

from kiosk.alive.clock import SEEN
from kiosk.alive.obstacle import Obstacle
from kiosk.reasons import Reason
from kiosk.visit.states import Step
from tests.whole.conftest import Visitor


async def step_is(visitor, step, reason=None):
    async with asyncio.timeout(30):
        while (visitor.terminal.engine.state.step, visitor.terminal.engine.state.reason) != (
            step, reason
        ):
            await asyncio.sleep(0.05)


async def test_the_platforms_date_confirms_the_clock(visitor):
    await step_is(visitor, Step.IDLE)
    assert visitor.terminal.machine.clock.trusted()


async def test_a_terminal_that_remembers_a_later_time_serves_when_it_has_heard_the_platform(
    stage, tmp_path
):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / SEEN).write_text((datetime.now(UTC) + timedelta(days=40)).isoformat())
    visitor = Visitor(stage, state)
    await visitor.terminal.start()
    try:
        await step_is(visitor, Step.IDLE)
        assert visitor.terminal.machine.clock.trusted()
    finally:
        await visitor.terminal.stop()


async def test_a_full_disk_takes_the_terminal_out_of_service_until_there_is_room(
    visitor, monkeypatch
):
    await step_is(visitor, Step.IDLE)
    full = Obstacle(Reason.DISK_FULL, "no room")
    with monkeypatch.context() as disk:
        disk.setattr(visitor.terminal.machine.disk, "look", lambda: full)
        await step_is(visitor, Step.OUT_OF_SERVICE, Reason.DISK_FULL)
    await step_is(visitor, Step.IDLE)
