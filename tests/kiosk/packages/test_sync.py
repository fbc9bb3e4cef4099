"""The terminal has what the platform lists for it, and nothing else."""

from functools import partial

import pytest

from kiosk.errors import Failure
from kiosk.keeping import private_key
from kiosk.packages.http import read_list
from kiosk.packages.sync import PackageKeeper
from kiosk.reasons import Reason
from kiosk.visit.states import Kept
from offline import outbox
from offline.sealed import store
from offline.sealed.envelope import open_outer
from tests.kiosk.packages.conftest import LI, days
from tests.offline.stores import KIOSK


@pytest.fixture
def keeper(vault, platform):
    lock = partial(open_outer, terminal=KIOSK, key=private_key(platform.key))
    return PackageKeeper(vault, platform, lock)


async def report(vault, platform):
    """Let the platform have what the terminal has to report of its packages."""
    known = len(platform.reports)
    waiting = await vault.read(lambda txn: outbox.waiting(txn, 1 << 20, 100))
    told = [one for one in waiting if one.kind.startswith("package")]
    platform.reports += [{"kind": one.kind, "body": one.body} for one in told[known:]]


async def take(vault, made, copies, job):
    await vault.write(lambda txn: store.take(txn, made.id.hex(), copies, job))


async def settle(vault, job, *, nothing_printed):
    await vault.write(lambda txn: store.settle(txn, job, nothing_printed=nothing_printed))


async def counted(vault, made):
    """Copies that are used, and those that are left."""
    facts = await vault.read(lambda txn: store.facts_of(txn, made.id.hex()))
    return facts.used, facts.left


def warnings(caplog):
    return [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]


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


async def test_a_copy_that_was_never_printed_comes_back_and_no_other(keeper, vault, platform):
    made = platform.keep(copies=3)
    await keeper.refresh()
    await take(vault, made, 2, job=1)
    await settle(vault, 1, nothing_printed=False)
    await take(vault, made, 1, job=2)
    await report(vault, platform)
    # As far as the platform knows all are used: it is listed no more, with its job still open.
    await keeper.refresh()
    assert await here(vault) == {made.id.hex()}
    await settle(vault, 2, nothing_printed=True)
    await report(vault, platform)
    await keeper.refresh()
    assert await counted(vault, made) == (2, 1)
    assert await keeper.look() is Kept.PACKAGES


async def test_what_was_reported_before_counts_for_a_terminal_that_knows_nothing(
    keeper, vault, platform
):
    made = platform.keep(copies=3)
    platform.reports.append(used(made, 2))
    await keeper.refresh()
    assert await counted(vault, made) == (2, 1)


async def test_what_is_taken_back_during_its_print_job_can_be_printed_no_more(
    keeper, vault, platform, opener
):
    made = platform.keep(copies=2)
    await keeper.refresh()
    await take(vault, made, 1, job=1)
    platform.desk.take_back(made.issued.holder, made.id.hex())
    await keeper.refresh()
    assert await keeper.look() is None
    with pytest.raises(Failure) as caught:
        await opener.open(LI)
    assert caught.value.reason is Reason.PACKAGE_NONE
    await settle(vault, 1, nothing_printed=False)
    await keeper.refresh()
    assert await here(vault) == frozenset()


async def test_a_package_that_does_not_come_leaves_the_others_alone(
    keeper, vault, platform, monkeypatch, caplog
):
    first, second = platform.keep("household"), platform.keep("pension_benefit")
    fetch = platform.fetch

    async def broken(package):
        if package == first.id.hex():
            raise Failure(Reason.PLATFORM_TIMEOUT)
        return await fetch(package)

    monkeypatch.setattr(platform, "fetch", broken)
    assert not await keeper.refresh()
    assert not await keeper.refresh()
    assert await here(vault) == {second.id.hex()}
    assert len(warnings(caplog)) == 1
    monkeypatch.setattr(platform, "fetch", fetch)
    assert await keeper.refresh()
    assert await here(vault) == {first.id.hex(), second.id.hex()}


async def test_what_was_changed_on_its_way_is_not_kept_but_fetched_again(
    keeper, vault, platform, caplog
):
    made = platform.keep()
    platform.faults.switch("package_altered", True)
    assert not await keeper.refresh()
    assert await here(vault) == frozenset()
    assert "not_opened" in warnings(caplog)[0]
    platform.faults.switch("package_altered", False)
    assert await keeper.refresh()
    assert await here(vault) == {made.id.hex()}


async def test_what_is_not_of_the_listed_size_is_not_kept(
    keeper, vault, platform, monkeypatch, caplog
):
    platform.keep()

    async def short(package):
        return b"\x01"

    monkeypatch.setattr(platform, "fetch", short)
    assert not await keeper.refresh()
    assert await here(vault) == frozenset()
    assert "1 bytes instead of" in warnings(caplog)[0]


async def test_a_new_one_is_here_before_the_old_one_goes(keeper, vault, platform, monkeypatch):
    first = platform.keep()
    await keeper.refresh()
    platform.keep()
    fetch, seen = platform.fetch, []

    async def watched(package):
        seen.append(await here(vault))
        return await fetch(package)

    monkeypatch.setattr(platform, "fetch", watched)
    await keeper.refresh()
    assert seen == [{first.id.hex()}]


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


GOOD = {
    "id": "0" * 32, "tag": "1" * 32, "begins": 1, "ends": 2, "copies": 1, "size": 10, "used": 0,
}


@pytest.mark.parametrize("answer", [
    [], {}, {"packages": None}, {"packages": [1]}, {"packages": [{**GOOD, "id": "../x"}]},
    {"packages": [{**GOOD, "ends": 1}]}, {"packages": [{**GOOD, "copies": 0}]},
    {"packages": [{**GOOD, "size": "large"}]},
    {"packages": [{**GOOD, "used": 2}]}, {"packages": [{**GOOD, "used": -1}]},
    {"packages": [GOOD] * 1001},
])
def test_a_list_that_is_none_is_refused(answer):
    with pytest.raises(Failure) as caught:
        read_list(answer)
    assert caught.value.reason is Reason.PLATFORM_INVALID


def test_a_list_is_read():
    assert read_list({"packages": [GOOD]})[0].copies == 1
