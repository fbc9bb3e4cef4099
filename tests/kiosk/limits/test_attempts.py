"""Attempts are counted before they are made, survive a restart, and are forgotten in an hour."""

import asyncio
from datetime import timedelta

import pytest

from kiosk.errors import Failure
from kiosk.limits.attempts import Attempts, Kind, Rule, TooMany, shipped_rules
from kiosk.reasons import Reason
from tests.offline.stores import Time, open_store

LI, WANG = "119900195803120627", "119900196105040338"
RULES = {
    "face": Rule("card", 3, 3600), "call": Rule("card", 2, 3600), "staff": Rule("card", 2, 3600),
    "card": Rule("card", 4, 3600), "terminal": Rule("terminal", 6, 3600),
}


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def opened(tmp_path, time):
    vaults = []

    def again():
        while vaults:
            vaults.pop().close()
        vaults.append(open_store(tmp_path, time))
        return Attempts(vaults[0], RULES)

    yield again
    while vaults:
        vaults.pop().close()


async def try_often(attempts, times, kind=Kind.FACE, number=LI):
    for _ in range(times):
        await attempts.begin(kind, number)


async def refused(attempts, kind=Kind.FACE, number=LI):
    with pytest.raises(TooMany) as caught:
        await attempts.begin(kind, number)
    assert caught.value.reason is Reason.TOO_MANY_ATTEMPTS
    return caught.value


async def test_a_card_may_be_tried_so_often_and_then_is_told_when_again(opened, time):
    attempts = opened()
    first = time.now
    await attempts.begin(Kind.FACE, LI)
    time.go(600)
    await try_often(attempts, 2)
    assert (await refused(attempts)).again_at == first + timedelta(hours=1)
    await attempts.begin(Kind.FACE, WANG)


async def test_what_was_counted_survives_a_restart(opened):
    await try_often(opened(), 3)
    await refused(opened())


async def test_what_was_counted_is_forgotten_after_its_hour(opened, time):
    attempts = opened()
    await try_often(attempts, 3)
    time.go(3599)
    await refused(attempts)
    time.go(1)
    await attempts.begin(Kind.FACE, LI)


async def test_a_refused_attempt_is_not_counted(opened, time):
    attempts = opened()
    await try_often(attempts, 3)
    time.go(3000)
    for _ in range(5):
        await refused(attempts)
    time.go(600)
    await try_often(attempts, 3)


async def test_what_succeeds_is_taken_back(opened):
    attempts = opened()
    for _ in range(10):
        attempts.take_back(await attempts.begin(Kind.FACE, LI))
    await try_often(attempts, 3)


async def test_all_ways_of_one_card_count_together(opened):
    attempts = opened()
    await try_often(attempts, 3)
    await attempts.begin(Kind.CALL, LI)
    assert "rule card" in str(await refused(attempts, Kind.STAFF))


async def test_many_cards_one_after_the_other_count_together_too(opened):
    attempts = opened()
    for number in range(6):
        await attempts.begin(Kind.FACE, str(number))
    assert "rule terminal" in str(await refused(attempts, number="another"))


@pytest.mark.parametrize("days", [-400, -1])
async def test_a_clock_that_is_set_back_makes_no_attempt_last_longer(opened, time, days):
    attempts = opened()
    await try_often(attempts, 3)
    time.now += timedelta(days=days)
    assert (await refused(attempts)).again_at <= time.now + timedelta(hours=1)
    time.go(3600)
    await attempts.begin(Kind.FACE, LI)


async def test_no_number_is_in_the_file(opened, tmp_path):
    await try_often(opened(), 3)
    opened()
    for path in tmp_path.iterdir():
        assert LI.encode() not in path.read_bytes()


async def test_many_at_the_same_time_are_not_more_than_allowed(opened):
    attempts = opened()
    results = await asyncio.gather(
        *(attempts.begin(Kind.FACE, LI) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(one, TooMany) for one in results) == 17


async def test_what_cannot_be_counted_is_not_tried(tmp_path):
    vault = open_store(tmp_path)
    vault.close()
    with pytest.raises(Failure) as caught:
        await Attempts(vault).begin(Kind.FACE, LI)
    assert caught.value.reason is Reason.STORE_FAULT


def test_the_shipped_rules_bear_a_visit_that_fails_and_one_more():
    rules = shipped_rules()
    assert set(rules) == {*Kind, "card", "terminal"}
    assert rules["face"].most >= 6
    assert all(rule.per in ("card", "terminal") for rule in rules.values())
