"""What a terminal keeps of the platform's publications, over a real line that is cut and bad."""

import asyncio
from random import Random

import pytest

from kiosk.certificates.proof import keep as proof
from kiosk.content import keeper
from kiosk.content.configuration import in_effect
from kiosk.content.port import Domain
from kiosk.worker import WorkerFault
from offline.look import look
from sandbox.bad_line import Weather
from sandbox.publishing import DATA

NAMES = {"paper_lists", "directory", "catalogue", "guides", "prompts", "configuration"}


async def test_every_job_brings_what_is_published_and_tells_when(start, town, tmp_path):
    terminal = await start()
    assert {one.name for one in terminal.content.runner.states} == NAMES
    assert {await terminal.refresh(name) for name in NAMES} == {"changed"}
    guides = terminal.content.guides.current
    assert len(guides) == 16
    assert guides[0].domain is Domain.HEALTH
    services = terminal.content.catalogue.current
    assert [one.id for one in services if "household" in one.certificates] == ["household"]
    assert {one.id for one in services} == {one.id for one in guides}
    assert "没有网络" in terminal.content.prompts.find("offline.still_works", "zh-Hans")
    await terminal.close()
    jobs = look(tmp_path / "state" / "vault.db")["sync_jobs"]
    assert {one["name"] for one in jobs} == NAMES
    assert all(one["good_at"] and one["next_at"] > one["good_at"] for one in jobs)
    terminal = await start()


async def test_without_a_line_a_terminal_that_starts_has_what_it_kept(start, town):
    terminal = await start()
    for name in NAMES:
        await terminal.refresh(name)
    town.line.cut()
    terminal = await start()
    running = asyncio.create_task(terminal.content.run())
    async with asyncio.timeout(60):
        while not terminal.content.prompts.find("guides.welcome", "en"):
            await asyncio.sleep(0.05)
    assert len(terminal.content.guides.current) == 16
    assert terminal.directory.current is not None
    assert await terminal.refresh("guides") == "no_line"
    assert len(terminal.content.guides.current) == 16
    running.cancel()


async def test_without_a_line_a_fault_at_the_start_is_got_over(start, town, monkeypatch):
    terminal = await start()
    for name in NAMES:
        await terminal.refresh(name)
    town.line.cut()
    terminal = await start()
    real, faults = proof.verify, []

    async def verify(what, *arguments):
        if what == "manifest" and len(faults) < 4:
            faults.append(what)
            raise WorkerFault("the worker died")
        return await real(what, *arguments)

    monkeypatch.setattr(keeper, "verify", verify)
    monkeypatch.setattr(keeper, "AGAIN_SECONDS", 0.05)
    running = asyncio.create_task(terminal.content.run())
    async with asyncio.timeout(60):
        while not terminal.content.guides.current:
            await asyncio.sleep(0.05)
    assert len(faults) == 4
    running.cancel()


async def test_a_fault_lets_no_older_lists_take_the_place_of_the_kept_ones(
    start, town, monkeypatch
):
    terminal = await start()
    await terminal.refresh("paper_lists")
    kept = terminal.papers.kept()
    real, asked = proof.verify, []

    async def verify(*arguments):
        asked.append(arguments)
        if len(asked) == 2:
            raise WorkerFault("the worker died")
        return await real(*arguments)

    monkeypatch.setattr(proof, "verify", verify)
    assert await terminal.refresh("paper_lists") == "broken"
    assert terminal.papers.kept() == kept


async def test_only_the_guide_that_changed_is_fetched(start, town):
    terminal = await start()
    await terminal.refresh("guides")
    kept = {one.name for one in objects(terminal)}
    text = (DATA / "guides" / "senior.toml").read_text(encoding="utf-8")
    town.publish("guides", senior=text.replace("days = 10", "days = 5"), marriage=None)
    assert await terminal.refresh("guides") == "changed"
    current = {one.id: one for one in terminal.content.guides.current}
    assert (len(current), current["senior"].days) == (15, 5)
    assert len({one.name for one in objects(terminal)} - kept) == 1


def objects(terminal):
    return list((terminal.config.terminal.state / "published" / "guides" / "objects").iterdir())


@pytest.mark.parametrize(("fault", "result"), [
    ("published_forged", "untrusted"), ("published_outdated", "stale"),
    ("published_altered", "wrong_content"), ("error_500", "bad_answer"),
])
async def test_what_is_not_right_is_refused_and_the_kept_one_stays(start, town, fault, result):
    terminal = await start()
    await terminal.refresh("guides")
    before = terminal.content.guides.current
    town.publish("guides", senior=None, marriage="x = 1")
    town.fault(fault)
    assert await terminal.refresh("guides") == result
    assert terminal.content.guides.current == before


@pytest.mark.parametrize("text", ["x = 1", "[[", 'id = "no_crime"\ndomain = "police"'])
async def test_a_signed_guide_that_says_nothing_sensible_is_refused_with_the_rest(
    start, town, text
):
    terminal = await start()
    await terminal.refresh("guides")
    town.publish("guides", senior=text, marriage=None)
    assert await terminal.refresh("guides") == "not_understood"
    assert len(terminal.content.guides.current) == 16


async def test_a_bad_line_brings_everything_in_the_end(start, town):
    terminal = await start()
    words = "\n".join(f'k{number} = "{"字" * 90}"' for number in range(150))
    town.publish("prompts", **{"zh-Hans": f"[long]\n{words}"})
    weather = Weather(
        delay_seconds=0.02, jitter_seconds=0.01, bytes_per_second=40_000, reset_seconds=0.5
    )
    town.line.worsen(weather, Random(7))
    results = []
    async with asyncio.timeout(60):
        while not results or results[-1] not in ("changed", "unchanged"):
            results.append(await terminal.refresh("prompts"))
    assert set(results[:-1]) <= {"no_line"}
    assert terminal.content.prompts.find("long.k149", "zh-Hans") == "字" * 90


async def test_configuration_counts_from_the_next_start(start, town):
    terminal = await start()
    town.publish("configuration", kiosk='[terminal]\nplace_zh = "柳塘新村"\ncopy_days = 30')
    assert await terminal.refresh("configuration") == "changed"
    assert terminal.config.terminal.place_zh == "柳塘村"
    after = in_effect(terminal.config, terminal.vault)
    assert (after.terminal.place_zh, after.terminal.copy_days) == ("柳塘新村", 30)
    assert after.platform == terminal.config.platform
    town.publish("configuration", kiosk=None)
    await terminal.refresh("configuration")
    assert in_effect(terminal.config, terminal.vault) == terminal.config


@pytest.mark.parametrize("text", [
    '[platform]\naddress = "https://elsewhere.example"', '[faces]\nthreshold = 0.9',
    '[terminal]\nid = "T2"', '[terminal]\ncopy_days = 0', '[terminal]\ncopy_days = "many"',
    'terminal = 1', "[[",
])
async def test_configuration_that_may_not_come_from_afar_changes_nothing(start, town, text):
    terminal = await start()
    town.publish("configuration", kiosk=text)
    assert await terminal.refresh("configuration") == "not_understood"
    assert in_effect(terminal.config, terminal.vault) == terminal.config


async def test_one_terminals_manifest_is_of_no_use_to_another(start, town):
    terminal = await start()
    manifest = town.app.state.publisher.manifest
    town.app.state.publisher.manifest = lambda what, who, told: manifest(what, "T2", told)
    assert await terminal.refresh("configuration") == "untrusted"
    town.app.state.publisher.manifest = lambda what, who, told: manifest("guides", who, told)
    assert await terminal.refresh("configuration") == "untrusted"
