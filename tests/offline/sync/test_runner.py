"""Jobs run in their time, one at a time, wait longer after failures, and tell how they stand."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.look import look
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.job import Job, JobState, Outcome, Schedule, after_run, at_start
from offline.sync.runner import Runner
from tests.offline.stores import Time, open_store

HOUR = Schedule(every=3600.0, jitter=0.5, first_wait=4.0, longest_wait=60.0)


class Work:
    """Work whose runs end as they are told, and are counted."""

    def __init__(self, *ends):
        self.ends = list(ends)
        self.runs = 0

    async def __call__(self):
        self.runs += 1
        end = self.ends.pop(0) if self.ends else Outcome.UNCHANGED
        if isinstance(end, Exception):
            raise end
        return end


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def vault(tmp_path, time):
    made = open_store(tmp_path, time)
    yield made
    made.close()


@pytest.fixture
def runner(vault, time):
    """A runner of jobs by their names; chance is always in the middle."""

    def make(schedule=HOUR, **works):
        jobs = [Job(name, work, schedule) for name, work in works.items()]
        return Runner(vault, jobs, lambda: 0.5, lambda: time.now)

    return make


def no_line():
    return SyncFailure(SyncReason.NO_LINE, "cut")


async def test_a_run_by_hand_says_how_it_ended_and_when_the_next_is(runner, time):
    guides = runner(guides=Work(Outcome.CHANGED))
    state = await guides.run_now("guides")
    assert (state.result, state.good_at, state.failures) == ("changed", time.now, 0)
    assert state.next_at == time.now + timedelta(seconds=2700)
    assert guides.states == (state,)


async def test_failures_in_a_row_wait_longer_and_longer_up_to_a_bound(runner, time, caplog):
    guides = runner(guides=Work(*[no_line() for _ in range(8)]))
    waits = []
    for _ in range(8):
        state = await guides.run_now("guides")
        waits.append((state.next_at - time.now).total_seconds())
    assert waits == [2, 4, 8, 16, 30, 30, 30, 30]
    assert (state.result, state.detail, state.failures) == ("no_line", "cut", 8)
    assert await guides.run_now("guides")
    told = [one.message for one in caplog.records if one.name == "offline.sync.runner"]
    assert told == ["guides: not refreshed: no_line: cut"]


async def test_jobs_are_run_in_their_time_and_never_two_at_once(runner, time):
    at_once = 0

    async def slow():
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        await asyncio.sleep(0.01)
        at_once -= 1
        return Outcome.UNCHANGED

    both = runner(guides=slow, catalogue=slow)
    ended = []
    both.observe(lambda state: ended.append(state.name))
    await asyncio.gather(both.run_now("guides"), both.run_now("catalogue"))
    running = asyncio.create_task(both.run())
    await asyncio.sleep(0.1)
    assert sorted(ended) == ["catalogue", "guides"]
    time.go(3600)
    both.hurry()
    await asyncio.sleep(0.1)
    assert sorted(ended) == ["catalogue", "catalogue", "guides", "guides"]
    running.cancel()


async def test_a_line_that_is_back_ends_the_wait_of_what_failed_and_of_nothing_else(runner):
    failed, good = Work(no_line()), Work()
    both = runner(guides=failed, catalogue=good)
    running = asyncio.create_task(both.run())
    await asyncio.sleep(0.1)
    assert (failed.runs, good.runs) == (1, 1)
    both.hurry()
    await asyncio.sleep(0.1)
    assert (failed.runs, good.runs) == (2, 1)
    running.cancel()


async def test_how_jobs_stand_outlasts_a_restart_and_can_be_looked_at(runner, vault, tmp_path):
    await runner(guides=Work(Outcome.CHANGED), catalogue=Work(no_line())).run_now("guides")
    again = runner(guides=Work(), catalogue=Work())
    running = asyncio.create_task(again.run())
    await asyncio.sleep(0.1)
    running.cancel()
    results = {one.name: one.result for one in again.states}
    assert results == {"guides": "changed", "catalogue": "unchanged"}
    vault.close()
    shown = {one["name"]: one["result"] for one in look(tmp_path / "vault.db")["sync_jobs"]}
    assert shown == results


async def test_work_that_hangs_is_ended(runner):
    hurried = Schedule(limit=0.05)
    state = await runner(hurried, guides=asyncio.Event().wait).run_now("guides")
    assert (state.result, state.detail) == ("no_line", "not done within 0 s")


async def test_work_that_breaks_is_told_and_waits_as_any_failure(runner, time):
    broken = runner(guides=Work(RuntimeError("x")))
    with pytest.raises(RuntimeError):
        await broken.run_now("guides")
    (state,) = broken.states
    assert (state.result, state.detail) == ("broken", "RuntimeError")
    assert state.next_at > time.now


async def test_nobody_runs_a_job_that_is_not_there(runner):
    with pytest.raises(KeyError):
        await runner().run_now("guides")


def test_a_next_time_that_a_wrong_clock_has_set_does_not_count():
    now = Time().now
    job = Job("guides", Work(), HOUR)
    soon = JobState("guides", now + timedelta(seconds=1800))
    assert at_start(job, soon, now) == soon
    assert at_start(job, JobState("guides", now + timedelta(days=900)), now).next_at == now
    assert at_start(job, None, now).next_at == now
    always = Job("guides", Work(), Schedule(at_start=True))
    assert at_start(always, soon, now).next_at == now


@given(st.lists(st.booleans(), max_size=30), st.floats(0, 1, exclude_max=True))
def test_a_job_is_due_again_within_its_bounds_whatever_happened(ends, chance):
    job, now = Job("guides", Work(), HOUR), Time().now
    state = JobState("guides", now)
    for good in ends:
        ended = Outcome.CHANGED if good else no_line()
        state = after_run(job, state, ended, now, lambda: chance)
        wait = (state.next_at - now).total_seconds()
        assert 1800 <= wait <= 3600 if good else 0 <= wait <= 60
