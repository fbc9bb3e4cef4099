"""Keeps one device's process: starts it, starts it again when it dies, renews it after a visit.

A process that dies is started again after a random pause that grows with every death (full
jitter), so that a device that kills its driver costs little; an outage is logged once, and
its end once. Memory that held something of a citizen is not searched for it and overwritten:
the process is replaced by a fresh one, which is made ready first. Calls that are under way
then, such as the wait for the next card, begin anew in it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from drivers.device import DeviceFailure
from drivers.supervisor import FAULT_OF_ROLE, Role
from kiosk.apart.process import START_SECONDS, DeviceProcess, Ending, Gone, Why
from kiosk.worker import Fields

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
"""Seconds: bounds of what a pause between a death and the next start may be at most."""
DOUBLINGS = 10
"""More of them would change nothing: the longest pause is reached before."""
STEADY_SECONDS = 10.0
"""A process that has lived so long ends the outage before it."""
PATIENCE_SECONDS = 1.5
"""How long a call waits for a process while there is a pause before its start."""


def pause_after(deaths: int, chance: Random) -> float:
    """Seconds until the next start after so many deaths in a row: full jitter."""
    return chance.uniform(0.0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(deaths, DOUBLINGS)))


class KeptProcess:
    """The process of one device, whichever it is at the moment. For the loop's thread."""

    def __init__(self, role: Role, devices: Fields, chance: Random) -> None:
        """`devices` is the configuration's section of that name."""
        self.role = role
        self.told: Callable[[DeviceProcess, Fields], None] = lambda *_: None
        """Gets what the device tells unasked."""
        self.lost: Callable[[], None] = lambda: None
        """Called when the process has died, before calls that it leaves fail.

        Once more when nothing of it is left, also where a fresh one could not take over.
        """
        self.prepare: Callable[[DeviceProcess], Awaitable[Any]] | None = None
        """What a fresh process is to do before it takes over from one that served."""
        self._devices = devices
        self._chance = chance
        self._process: DeviceProcess | None = None
        self._changed = asyncio.Event()
        self._starting = True
        self._deaths = 0
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._soiled = False
        self._renewal = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()

    @property
    def pid(self) -> int | None:
        """The process's id, while it serves."""
        return None if self._process is None else self._process.pid

    async def call(
        self, name: str, *given: object, progress: Callable[[str], None] | None = None,
        anew: bool = False,
    ) -> Any:
        """Have the device do something. Raises DeviceFailure, ValueError.

        `anew`: the answer of a process that is just being replaced counts for nothing, since
        what comes next goes to another; it is asked again.
        """
        while True:
            process = await self._up()
            try:
                answer = await process.call(name, *given, progress=progress)
                if process is self._process or not anew:
                    return answer
            except Gone as gone:
                if gone.ending.why is not Why.ASKED:
                    raise self._failure(f"its process ended: {gone.ending}") from gone

    def post(self, fields: Fields) -> None:
        """Say something that needs no answer; to nobody where no process serves."""
        if self._process is not None:
            self._process.post(fields)

    def hold(self, held: bool) -> None:
        """Whether the device is in somebody's use: its process is not renewed meanwhile."""
        (self._free.clear if held else self._free.set)()

    def soil(self) -> None:
        """From here on the process holds something of a citizen."""
        self._soiled = True

    def renew(self) -> None:
        """Replace a process that holds something of a citizen, once nobody uses the device."""
        if self._soiled:
            self._renewal.set()

    async def close(self) -> None:
        """End the process, and start no other."""
        self._closed = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _up(self) -> DeviceProcess:
        """The process that serves, waiting a moment for one. Raises DeviceFailure."""
        if self._closed:
            raise self._failure("the terminal is stopping")
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS if self._starting else PATIENCE_SECONDS):
                while self._process is None:
                    self._changed.clear()
                    await self._changed.wait()
        if self._process is None:
            raise self._failure("its process does not run")
        return self._process

    async def _run(self) -> None:
        """Keep a process running until cancelled."""
        while True:
            self._starting = True
            broke: Exception | None = None
            try:
                ending = await self._live()
            except Exception as error:  # noqa: BLE001 (logged, and the device is begun anew)
                ending, broke = Ending(Why.BROKE, type(error).__name__), error
            self._starting = False
            self._deaths += 1
            if self._deaths == 1:
                log.warning("the process of the %s ended: %s", self.role, ending, exc_info=broke)
            self.lost()
            await asyncio.sleep(pause_after(self._deaths, self._chance))

    async def _live(self) -> Ending:
        """From a start to an end that nobody asked for, renewed in between."""
        try:
            process = await DeviceProcess.start(self.role, self._devices)
        except Gone as gone:
            return gone.ending
        steady = asyncio.get_running_loop().call_later(STEADY_SECONDS, self._is_steady)
        try:
            process.listen(self.told, self.lost)
            self._serve(process)
            while await self._to_be_renewed(process):
                process = await self._replace(process)
            return process.ended.result()
        except Gone as gone:
            return gone.ending
        finally:
            steady.cancel()
            self._withdraw()
            await process.end()

    def _serve(self, process: DeviceProcess) -> None:
        self._process = process
        self._changed.set()

    def _withdraw(self) -> None:
        """The process serves nobody any more, and what it held of a citizen goes with it.

        What is wanted from here on is for the next one, and so is what that will hold.
        """
        if self._process is not None:
            self._process, self._soiled = None, False
            self._renewal.clear()

    def _is_steady(self) -> None:
        if self._deaths:
            log.info("the process of the %s runs again; it ended %d times", self.role, self._deaths)
        self._deaths = 0

    async def _to_be_renewed(self, process: DeviceProcess) -> bool:
        """True when it can be renewed and shall be; False when it has ended."""
        return await _comes(self._renewal, process) and await _comes(self._free, process)

    async def _replace(self, old: DeviceProcess) -> DeviceProcess:
        """End a process, and let a fresh one that is ready take its place. Raises Gone."""
        fresh = await DeviceProcess.start(self.role, self._devices)
        try:
            while not self._free.is_set():
                if not await _comes(self._free, old):
                    raise Gone(old.ended.result())
            self._withdraw()
            await old.end()
            fresh.listen(self.told, self.lost)
            if self.prepare is not None:
                await self.prepare(fresh)
        except DeviceFailure as failure:
            # Whoever uses it next is told the same.
            log.info("the fresh process of the %s: %s", self.role, failure)
        except BaseException:
            await fresh.end()
            raise
        self._serve(fresh)
        return fresh

    def _failure(self, detail: str) -> DeviceFailure:
        return DeviceFailure(FAULT_OF_ROLE[self.role], detail)


async def _comes(wanted: asyncio.Event, process: DeviceProcess) -> bool:
    """Wait for something to come in a process's life; False when it has ended."""
    waiting = asyncio.ensure_future(wanted.wait())
    either: list[asyncio.Future[Any]] = [process.ended, waiting]
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return not process.ended.done()
