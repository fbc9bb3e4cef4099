"""Asking again and again until there is an answer: one interval, one deadline, one way to end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kiosk.errors import Failure
from kiosk.reasons import Reason

Answer = TypeVar("Answer")
Sleep = Callable[[float], Awaitable[None]]


class Poller:
    """Asks in intervals; clock and sleep are passed in."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep

    async def until(
        self, ask: Callable[[], Awaitable[Answer | None]], seconds: float, interval: float
    ) -> Answer:
        """What `ask` answers once it answers something.

        Asked every `interval` seconds, for `seconds` at most. Raises Failure: TIMEOUT, and
        what `ask` raises.
        """
        ends = self._clock() + seconds
        while self._clock() + interval < ends:
            await self._sleep(interval)
            answer = await ask()
            if answer is not None:
                return answer
        raise Failure(Reason.TIMEOUT, f"no answer within {seconds:.0f} s")
