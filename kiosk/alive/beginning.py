"""The beginning of a terminal: it comes up, or it says on its screen why not, and tries again.

What stands in the way is looked for before anything is opened: the disk, the clock, random
numbers, a rest after failed starts. Then the terminal is put together; what that meets (a
configuration that is wrong, a store that does not open) ends in the same way. Nothing of this
ends the process: a screen stays, with a reason.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from kiosk.alive.machine import Machine
from kiosk.alive.obstacle import Obstacle
from kiosk.alive.starts import HEALTHY_SECONDS, Starts, Word
from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.reasons import Reason

log = logging.getLogger(__name__)

T = TypeVar("T")
AGAIN_SECONDS = 10.0
"""What stands in the way is looked at again after so long."""
PARDON_SECONDS = 2.0
"""While the terminal rests, a technician's word is looked for so often."""
Show = Callable[[Obstacle], None]


class Beginning:
    """One process's way to a terminal that serves."""

    def __init__(
        self, machine: Machine, starts: Starts, clock: Callable[[], float],
        again_seconds: float = AGAIN_SECONDS, pardon_seconds: float = PARDON_SECONDS,
    ) -> None:
        """`clock` gives seconds and is never set back."""
        self._machine = machine
        self._starts = starts
        self._clock = clock
        self._again = again_seconds
        self._pardon = pardon_seconds
        self._told: Obstacle | None = None

    async def bring_up(self, make: Callable[[], T], show: Show) -> T:
        """What `make` gives, as soon as it can be made; `show` gets each new obstacle."""
        await self._until_the_machine_is_well(show)
        await self._rest(show)
        await asyncio.to_thread(self._starts.note, Word.START)
        while True:
            await self._until_the_machine_is_well(show)
            try:
                made = make()
            except BadConfiguration as error:
                self._tell(Obstacle(Reason.BAD_CONFIGURATION, str(error)), show)
            except Failure as failure:
                self._tell(Obstacle(failure.reason, failure.detail), show)
            else:
                if self._told is not None:
                    log.info("the terminal comes up; nothing stands in its way any more")
                return made
            await asyncio.sleep(self._again)

    async def become_healthy(self) -> None:
        """Remember that the terminal is well, once it has run for long enough."""
        await asyncio.sleep(HEALTHY_SECONDS)
        await asyncio.to_thread(self._starts.note, Word.HEALTHY)

    def stop(self) -> None:
        """The terminal stops in order. Blocks."""
        self._starts.note(Word.STOPPED)

    async def _until_the_machine_is_well(self, show: Show) -> None:
        while (obstacle := await asyncio.to_thread(self._machine.prepare)) is not None:
            self._tell(obstacle, show)
            await asyncio.sleep(self._again)

    async def _rest(self, show: Show) -> None:
        left = await asyncio.to_thread(self._starts.rest_left)
        if left is None:
            return
        until = self._clock() + left.total_seconds()
        detail = f"for {left.total_seconds():.0f} s, after {self._starts.failed()} failed starts"
        self._tell(Obstacle(Reason.RESTARTING_TOO_OFTEN, detail), show)
        while (now := self._clock()) < until:
            await asyncio.sleep(min(self._pardon, until - now))
            if await asyncio.to_thread(self._starts.rest_left) is None:
                return

    def _tell(self, obstacle: Obstacle, show: Show) -> None:
        """Show an obstacle; log it once, however often it is met."""
        if not _is_known(obstacle, self._told):
            log.error("the terminal does not come up: %s: %s", obstacle.reason, obstacle.detail)
            show(obstacle)
        self._told = obstacle


def _is_known(obstacle: Obstacle, told: Obstacle | None) -> bool:
    """Whether an obstacle is the one told last: the time in a detail, or a number, may differ.

    A configuration that has been mended and is wrong in another place is told anew.
    """
    if told is None or obstacle.reason is not told.reason:
        return False
    return obstacle.reason is not Reason.BAD_CONFIGURATION or obstacle.detail == told.detail
