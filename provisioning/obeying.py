"""The simulated person does what the terminal asks: hints go on to the camera's simulator.

A real person reads the hint from the screen. The terminal knows nothing of this: the
hint is looked at from outside, as often as an eye would notice a change.
"""

import asyncio
from collections.abc import Callable

from kiosk.faces.liveness import Ask
from kiosk.visit.personal import Visit

LOOK_SECONDS = 0.02


async def obey_hints(visit: Visit, order: Callable[..., None]) -> None:
    """Pass on every new hint of a visit until cancelled; `order` is the stage's."""
    asked: str | None = None
    while True:
        hint = visit.hint
        wish = str(hint) if hint is not None and str(hint) in set(Ask) else None
        if wish != asked:
            asked = wish
            order("camera", "ask", movement=wish)
        await asyncio.sleep(LOOK_SECONDS)
