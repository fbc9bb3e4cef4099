"""The heartbeat: a sign of life while the loop turns and pictures are drawn.

It runs in the loop that it speaks for, so a loop that hangs is silent by itself. A screen that
draws nothing any more is as dead to a citizen: without a new picture there is no sign.
"""

import asyncio
import logging
from typing import Protocol

from kiosk.alive.notify import ALIVE, Notifier

log = logging.getLogger(__name__)


class Face(Protocol):
    """What is seen of the terminal."""

    def ask(self) -> None:
        """Ask for one more picture."""

    def drawn(self) -> int:
        """How many pictures were drawn so far."""


async def beat(notifier: Notifier, face: Face | None) -> None:
    """Give signs of life until cancelled; at once where nobody waits for any.

    `face` is None for a terminal without a screen.
    """
    if notifier.watchdog is None:
        return
    still = False
    seen = face.drawn() if face is not None else 0
    notifier.tell(ALIVE)
    while True:
        if face is not None:
            face.ask()
        await asyncio.sleep(notifier.watchdog / 2)
        drawn = face.drawn() if face is not None else seen + 1
        if drawn == seen and not still:
            log.error("no picture was drawn for %g s", notifier.watchdog / 2)
        still, seen = drawn == seen, drawn
        if not still:
            notifier.tell(ALIVE)
