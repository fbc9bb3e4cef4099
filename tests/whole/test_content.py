"""A whole terminal keeps what the platform publishes, and has it when the line is cut."""

import asyncio

from kiosk.visit.states import Kept, Part
from offline.look import look
from sandbox.publishing import DATA

LONGEST_SECONDS = 60.0


async def until(condition) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while not condition():
            await asyncio.sleep(0.05)


async def test_guides_are_kept_and_still_there_without_a_line(visitor):
    def equipment():
        return visitor.terminal.engine.state.equipment

    await until(lambda: Kept.GUIDES in equipment().kept)
    visitor.stage.order("platform", "cut")
    await until(lambda: equipment().reason(Part.PLATFORM) is not None)
    assert Kept.GUIDES in equipment().kept
    assert {one.id for one in visitor.terminal.content.guides.current} >= {"no_crime", "senior"}
    state = await visitor.terminal.content.runner.run_now("guides")
    assert state.result == "no_line"
    visitor.stage.order("platform", "mend")
    await until(lambda: all(not one.failures for one in visitor.terminal.content.runner.states))


async def test_what_the_stage_publishes_arrives_at_a_word(visitor):
    await until(lambda: visitor.terminal.content.guides.current)
    visitor.stage.order("platform", "publish", collection="guides", files={"senior.toml": None})
    run_now = visitor.terminal.content.runner.run_now
    await until(lambda: visitor.terminal.content.prompts.find("guides.welcome", "en"))
    async with asyncio.timeout(LONGEST_SECONDS):
        while (await run_now("guides")).result != "changed":
            await asyncio.sleep(0.05)
    assert len(visitor.terminal.content.guides.current) == 15
    jobs = look(visitor.state_folder / "vault.db")["sync_jobs"]
    assert {one["name"]: one["result"] for one in jobs}["guides"] == "changed"
    senior = (DATA / "guides" / "senior.toml").read_text(encoding="utf-8")
    visitor.stage.order("platform", "publish", collection="guides", files={"senior.toml": senior})
