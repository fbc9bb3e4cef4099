"""Runs sync jobs: each in its time, at a word, after a failure; never two at once.

One at a time, since a line that is narrow is not made wider by sharing it, and a citizen's
own requests come first.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.job import (
    NEVER,
    Job,
    JobState,
    Outcome,
    Random,
    after_run,
    at_start,
    keep_state,
    load_state,
)
from offline.vault import Vault

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds; a clock that is set anew is noticed within this time."""

Listener = Callable[[JobState], None]


class Runner:
    """The jobs of one terminal."""

    def __init__(
        self, vault: Vault, jobs: Iterable[Job], random: Random, now: Callable[[], datetime]
    ) -> None:
        """The names of `jobs` are different ones. `now`: the wall's time, with its zone."""
        self._vault = vault
        self._jobs = {job.name: job for job in jobs}
        self._random = random
        self._now = now
        self._states = {name: JobState(name, now()) for name in self._jobs}
        self._loaded = False
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()
        self._listeners: list[Listener] = []

    @property
    def states(self) -> tuple[JobState, ...]:
        """How every job stands."""
        return tuple(self._states.values())

    def observe(self, listener: Listener) -> None:
        """Call `listener(state)` after every run."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Run jobs in their time, for as long as the terminal runs."""
        await self._load()
        while True:
            async with self._turn:
                due = min(self._states.values(), key=lambda one: one.next_at)
                wait = (due.next_at - self._now()).total_seconds()
                if wait <= 0:
                    await self._run(self._jobs[due.name])
            if wait > 0:
                await self._sleep(min(wait, LONGEST_SLEEP))

    async def run_now(self, name: str) -> JobState:
        """Run a job, after the one that runs; how it stands then. Raises KeyError.

        Raises VaultFailure where that cannot be kept.
        """
        job = self._jobs[name]
        await self._load()
        async with self._turn:
            return await self._run(job)

    def hurry(self) -> None:
        """The line may be back: what failed is due now."""
        now = self._now()
        for state in self._states.values():
            if state.failures and state.next_at > now:
                self._states[state.name] = replace(state, next_at=now)
        self._woken.set()

    async def _run(self, job: Job) -> JobState:
        before = self._states[job.name]
        try:
            ended = await self._once(job)
        except Exception as error:
            await self._end(job, before, SyncFailure(SyncReason.BROKEN, type(error).__name__))
            raise
        return await self._end(job, before, ended)

    async def _once(self, job: Job) -> Outcome | SyncFailure:
        try:
            async with asyncio.timeout(job.schedule.limit):
                return await job.work()
        except SyncFailure as failure:
            return failure
        except TimeoutError:
            return SyncFailure(SyncReason.NO_LINE, f"not done within {job.schedule.limit:.0f} s")

    async def _end(
        self, job: Job, before: JobState, ended: Outcome | SyncFailure
    ) -> JobState:
        state = after_run(job, before, ended, self._now(), self._random)
        if state.failures == 1:
            log.warning("%s: not refreshed: %s", job.name, ended)
        elif before.failures and not state.failures:
            log.info("%s: refreshed again", job.name)
        self._states[job.name] = state
        await self._vault.write(lambda txn: keep_state(txn, state))
        for listener in self._listeners:
            listener(state)
        return state

    async def _load(self) -> None:
        """Go on where the jobs stood when the terminal ended."""
        if self._loaded:
            return
        kept = await self._vault.read(
            lambda txn: {name: load_state(txn, name) for name in self._jobs}
        )
        now = self._now()
        for name, job in self._jobs.items():
            if self._states[name].result == NEVER:
                self._states[name] = at_start(job, kept[name], now)
        self._loaded = True

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        finally:
            self._woken.clear()
