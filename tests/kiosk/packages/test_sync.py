"""The terminal has what the platform lists for it, and nothing else."""

import pytest

from kiosk.errors import Failure
from kiosk.packages.http import read_list
from kiosk.packages.sync import PackageKeeper
from kiosk.reasons import Reason
from kiosk.visit.states import Kept
from offline.sealed import store
from tests.kiosk.packages.conftest import days


@pytest.fixture
def keeper(vault, platform):
    return PackageKeeper(vault, platform)


def used(made, copies, kind="package_printed"):
    return {"kind": kind, "body": {"package": made.id.hex(), "copies": copies}}


async def here(vault):
    return await vault.read(store.ids)


async def test_what_is_listed_comes_once(keeper, vault, platform, monkeypatch):
    made = platform.keep()
    assert await keeper.look() is None
    assert await keeper.refresh()
    assert await here(vault) == {made.id.hex()}
    assert await keeper.look() is Kept.PACKAGES
    monkeypatch.setattr(platform, "fetch", None)
    assert await keeper.refresh()


async def test_what_was_taken_back_goes(keeper, vault, platform):
    made = platform.keep()
    await keeper.refresh()
    assert platform.desk.take_back(made.issued.holder, made.id.hex())
    await keeper.refresh()
    assert await here(vault) == frozenset()


async def test_a_new_one_takes_the_place_of_the_old_one(keeper, vault, platform):
    platform.keep()
    await keeper.refresh()
    second = platform.keep()
    await keeper.refresh()
    assert await here(vault) == {second.id.hex()}


async def test_what_was_reported_as_used_up_goes_and_what_came_back_stays(keeper, vault, platform):
    made = platform.keep(copies=2)
    await keeper.refresh()
    platform.reports += [used(made, 2), used(made, 1, "package_returned")]
    await keeper.refresh()
    assert await here(vault) == {made.id.hex()}
    platform.reports.append(used(made, 1))
    await keeper.refresh()
    assert await here(vault) == frozenset()


async def test_without_a_line_everything_stays_until_it_is_over(
    keeper, vault, platform, time, monkeypatch, caplog
):
    platform.keep(days=2)
    await keeper.refresh()

    async def no_line():
        raise Failure(Reason.NETWORK)

    monkeypatch.setattr(platform, "list", no_line)
    assert not await keeper.refresh()
    assert not await keeper.refresh()
    assert await keeper.look() is Kept.PACKAGES
    assert len([one for one in caplog.records if one.levelname == "WARNING"]) == 1
    time.go(days(3))
    await keeper.refresh()
    assert await keeper.look() is None
    assert await here(vault) == frozenset()


async def test_a_package_is_given_to_its_own_terminal_only(platform):
    made = platform.keep()
    assert platform.desk.content("TB-0002", made.id.hex()) is None
    assert platform.desk.kept_for("TB-0002") == []


@pytest.mark.parametrize(("copies", "days"), [(0, 3), (6, 3), (1, 0), (1, 8)])
async def test_more_than_may_be_is_not_kept(platform, copies, days):
    with pytest.raises(ValueError, match="at most"):
        platform.keep(copies=copies, days=days)


GOOD = {"id": "0" * 32, "tag": "1" * 32, "begins": 1, "ends": 2, "copies": 1, "size": 10}


@pytest.mark.parametrize("answer", [
    [], {}, {"packages": None}, {"packages": [1]}, {"packages": [{**GOOD, "id": "../x"}]},
    {"packages": [{**GOOD, "ends": 1}]}, {"packages": [{**GOOD, "copies": 0}]},
    {"packages": [{**GOOD, "size": "large"}]}, {"packages": [GOOD] * 1001},
])
def test_a_list_that_is_none_is_refused(answer):
    with pytest.raises(Failure) as caught:
        read_list(answer)
    assert caught.value.reason is Reason.PLATFORM_INVALID


def test_a_list_is_read():
    assert read_list({"packages": [GOOD]})[0].copies == 1
