"""Whether the kernel has random numbers to give: without them no key and no nonce is safe."""

import os
from collections.abc import Callable

from kiosk.alive.obstacle import Obstacle
from kiosk.reasons import Reason

ENOUGH_BYTES = 32


def look(draw: Callable[[int, int], bytes] = os.getrandom) -> Obstacle | None:
    """Why there are none yet; None where there are. Never waits (getrandom(2))."""
    try:
        draw(ENOUGH_BYTES, os.GRND_NONBLOCK)
    except BlockingIOError:
        return Obstacle(Reason.NO_ENTROPY, "the kernel's random numbers are not seeded yet")
    return None
