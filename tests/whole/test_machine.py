"""A terminal whose disk fills or whose clock goes wrong is out of service, and comes back."""

import asyncio

from kiosk.alive.obstacle import Obstacle
from kiosk.reasons import Reason
from kiosk.visit.states import Step


async def step_is(visitor, step, reason=None):
    async with asyncio.timeout(30):
        while (visitor.terminal.engine.state.step, visitor.terminal.engine.state.reason) != (
            step, reason
        ):
            await asyncio.sleep(0.05)


async def test_the_platforms_date_confirms_the_clock(visitor):
    await step_is(visitor, Step.IDLE)
    assert visitor.terminal.machine.clock.trusted()


async def test_a_full_disk_takes_the_terminal_out_of_service_until_there_is_room(
    visitor, monkeypatch
):
    await step_is(visitor, Step.IDLE)
    full = Obstacle(Reason.DISK_FULL, "no room")
    with monkeypatch.context() as disk:
        disk.setattr(visitor.terminal.machine.disk, "look", lambda: full)
        await step_is(visitor, Step.OUT_OF_SERVICE, Reason.DISK_FULL)
    await step_is(visitor, Step.IDLE)
