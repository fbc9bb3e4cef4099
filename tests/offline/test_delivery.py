"""Delivery: what waits goes out in order, once, and stays where the platform did not say yes."""

import asyncio

import pytest

from offline import outbox
from offline.audit.checkpoint import Checkpoint
from offline.audit.log import append
from offline.delivery import Answer, Delivery, NoContact, Refused
from offline.lanes import Lane
from tests.offline.stores import Time, open_store


class Platform:
    """Takes each record once; fails when it is told to."""

    def __init__(self):
        self.got, self.fails, self.loses, self.refuses, self.seen = [], 0, 0, {}, []

    async def __call__(self, envelope):
        self.seen.append(envelope)
        if self.fails:
            self.fails -= 1
            raise NoContact("cut")
        high, refused = {}, []
        for lane, records in envelope["lanes"].items():
            for one in records:
                place = (lane, one["number"])
                if one["body"].get("n") in self.refuses:
                    refused.append(Refused(lane, one["number"], "malformed"))
                elif place not in self.got:
                    self.got.append(place)
                high[lane] = one["number"]
        if self.loses:
            self.loses -= 1
            raise NoContact("the answer was lost")
        return Answer(high, refused, 45.0)


@pytest.fixture
def vault(tmp_path):
    made = open_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def delivery(vault, platform):
    return Delivery(vault, platform, lambda _: bytes(64), lambda: {"version": "1"}, lambda: 0.5)


async def put(vault, *numbers, lane=Lane.CITIZEN):
    for n in numbers:
        await vault.write(lambda txn, n=n: outbox.put(txn, lane, "test", {"n": n}))


async def left(vault):
    return [one.body["n"] for one in await vault.read(lambda txn: outbox.waiting(txn, 10**6, 99))]


async def test_what_waits_goes_out_in_order_and_leaves_when_it_is_acknowledged(
    vault, platform, delivery
):
    await put(vault, 1, 2, 3)
    assert await delivery.contact() == 45.0
    assert platform.got == [("citizen", 1), ("citizen", 2), ("citizen", 3)]
    assert await left(vault) == []


async def test_a_line_that_is_cut_loses_nothing_and_waits_longer_each_time(
    vault, platform, delivery
):
    platform.fails = 3
    await put(vault, 1)
    assert [await delivery.contact() for _ in range(3)] == [0.5, 1.0, 2.0]
    assert await left(vault) == [1]
    await delivery.contact()
    assert platform.got == [("citizen", 1)]


async def test_an_answer_that_was_lost_delivers_nothing_twice(vault, platform, delivery):
    platform.loses = 2
    await put(vault, 1, 2)
    for _ in range(3):
        await delivery.contact()
    assert platform.got == [("citizen", 1), ("citizen", 2)]
    assert await left(vault) == []


async def test_an_outage_is_logged_once_and_its_end_once(vault, platform, delivery, caplog):
    caplog.set_level("INFO")
    platform.fails = 4
    await put(vault, 1)
    for _ in range(6):
        await delivery.contact()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_refused_record_is_a_dead_letter_and_the_audit_tells(vault, platform, delivery):
    platform.refuses = {2}
    await put(vault, 1, 2, 3)
    await delivery.contact()
    letters = await vault.read(outbox.dead_letters)
    records = await vault.read(lambda txn: txn.execute("SELECT record FROM audit"))
    assert [(lane, reason) for _, lane, _, reason in letters] == [("citizen", "malformed")]
    assert b"record_refused" in records[0][0]
    assert platform.got == [("citizen", 1), ("citizen", 3)]


async def test_every_contact_carries_where_the_audit_stands(vault, platform, delivery):
    await vault.write(lambda txn: append(txn, "event", {}, None))
    await delivery.contact()
    told = Checkpoint.of_json(platform.seen[0]["checkpoint"])
    head = await vault.read(lambda txn: txn.execute("SELECT last, head FROM chain"))
    assert [(told.number, told.head)] == head


async def test_an_audit_that_was_signed_for_is_let_go_after_a_year(tmp_path, platform):
    time = Time()
    vault = open_store(tmp_path, time)
    delivery = Delivery(
        vault, platform, lambda _: bytes(64), dict, lambda: 0.5, clock=lambda: time.seconds,
    )
    await vault.write(lambda txn: append(txn, "old", {}, None))
    await delivery.contact()
    time.go(400 * 86400)
    await vault.write(lambda txn: append(txn, "new", {}, None))
    await delivery.contact()
    left = await vault.read(lambda txn: txn.execute("SELECT record FROM audit"))
    vault.close()
    assert len(left) == 1
    assert b'"new"' in left[0][0]


async def test_the_platform_is_told_how_much_waits(vault, platform, delivery):
    await put(vault, 1, 2)
    await delivery.contact()
    health = platform.seen[0]["health"]
    assert health["version"] == "1"
    assert health["outbox"]["citizen"]["waiting"] == 2


async def test_what_the_platform_asks_for_is_waited_at_least(vault, platform, delivery):
    async def busy(envelope):
        raise NoContact("429", 30.0)

    delivery._post = busy
    assert await delivery.contact() == 30.5


async def test_what_is_put_goes_out_at_once_and_after_a_failure_when_the_line_is_back(
    vault, platform, delivery
):
    running = asyncio.create_task(delivery.run())
    await put(vault, 1)
    while len(platform.got) < 1:
        await asyncio.sleep(0.01)
    platform.fails = 1
    await put(vault, 2)
    while platform.fails:
        await asyncio.sleep(0.01)
    delivery.hurry()
    while len(platform.got) < 2:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_refused_record_of_the_audit_is_told_by_no_other(vault, platform, delivery):
    await put(vault, 7, lane=Lane.AUDIT)
    platform.refuses = {7}
    await delivery.contact()
    assert await vault.read(outbox.count_dead_letters) == 1
    assert await vault.read(lambda txn: txn.execute("SELECT count(*) FROM audit")) == [(0,)]


async def test_a_record_that_the_disk_has_changed_keeps_no_other_from_going(
    vault, platform, delivery
):
    await put(vault, 1, 2, 3)
    await vault.write(lambda txn: txn.execute(
        "UPDATE outbox SET body = zeroblob(40) WHERE number = 2"
    ))
    await delivery.contact()
    assert platform.got == [("citizen", 1), ("citizen", 3)]
    letters = await vault.read(outbox.dead_letters)
    assert [(lane, reason) for _, lane, _, reason in letters] == [("citizen", "unreadable")]


async def test_a_platform_that_wants_to_hear_at_once_for_ever_is_not_obeyed(vault, platform):
    async def eager(envelope):
        return Answer({}, (), 0.0)

    delivery = Delivery(vault, eager, lambda _: bytes(64), dict, lambda: 0.5)
    assert await delivery.contact() == 1.0


async def test_what_was_written_with_a_wrong_clock_is_not_thrown_away_for_its_age(tmp_path):
    time = Time()
    vault = open_store(tmp_path, time)
    platform = Platform()
    platform.fails = 99
    delivery = Delivery(
        vault, platform, lambda _: bytes(64), dict, lambda: 0.5, clock=lambda: time.seconds
    )
    await put(vault, 1, lane=Lane.TELEMETRY)
    time.trusted = False
    time.go(400 * 86400)
    await delivery.contact()
    assert await left(vault) == [1]
    time.trusted = True
    time.go(7200)
    await delivery.contact()
    vault_left = await left(vault)
    vault.close()
    assert vault_left == []
