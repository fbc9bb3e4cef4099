"""Whole visits of somebody who holds certificates in other regions too."""

import asyncio

LONGEST_SECONDS = 15.0


async def regions_of_the_list(visitor, citizen: str) -> tuple[set[str], set[str]]:
    """The regions whose certificates a visit lists, and those that are missing."""
    seen: list[tuple[set[str], set[str]]] = []
    visitor.terminal.engine.observe(
        lambda *_: seen.append((
            {one.region.code for one in visitor.terminal.visit.certificates},
            {one.code for one in visitor.terminal.visit.missing},
        ))
    )
    assert await visitor.visit(citizen) == "printed"
    return max(seen, key=lambda one: len(one[0]))


async def know_the_regions(visitor) -> None:
    """Wait until the terminal has fetched the directory."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while visitor.terminal.directory.current is None:
            await asyncio.sleep(0.05)


async def test_a_certificate_of_another_region_is_printed(visitor):
    await know_the_regions(visitor)
    assert await visitor.visit("zhang-rare", "employee_pension") == "printed"
    assert len(visitor.papers()) == 1
    await visitor.back_to_idle()
    assert visitor.terminal.visit.missing == ()


async def test_a_region_that_is_cut_off_is_missing_and_the_visit_goes_on(visitor):
    await know_the_regions(visitor)
    visitor.stage.order("platform", "cut", region="970000")
    listed, missing = await regions_of_the_list(visitor, "zhang-rare")
    assert (listed, missing) == ({"990000", "980000"}, {"970000"})
    visitor.stage.order("platform", "mend", region="970000")


async def test_a_forged_directory_does_not_take_the_place_of_the_kept_one(visitor):
    await know_the_regions(visitor)
    before = visitor.terminal.directory.current
    visitor.stage.order("platform", "fault", name="directory_forged")
    await asyncio.sleep(0.2)
    state = await visitor.terminal.content.runner.run_now("directory")
    assert state.result == "untrusted"
    assert visitor.terminal.directory.current is before
