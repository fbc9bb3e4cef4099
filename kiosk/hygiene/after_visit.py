"""What is done once the work of a visit has ended, so that nothing of it stays in memory.

Objects that refer to each other in a circle hold what they hold until the collector finds
them; caches of libraries hold addresses, which name certificates; connections have buffers.
All memory is overwritten as it is given back (`memory`): here it is given back.
"""

import gc
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence

from kiosk.hygiene.memory import overwrite_stack, trim
from kiosk.hygiene.scratch import Scratch

THAT_ASK = frozenset({"aiohttp", "email", "http", "joserfc", "multidict", "urllib", "yarl"})
"""Packages by which the platform is asked: what they keep in caches are addresses and headers."""

Rest = Callable[[], Awaitable[None]]


class AfterVisit:
    """Lets go of what the terminal's parts and libraries still hold of a visit."""

    def __init__(
        self, forget: Callable[[], None], rests: Sequence[Rest], scratch: Scratch | None
    ) -> None:
        """`forget` renews the devices' processes, `rests` let connections go.

        `scratch` is None where temporary files go to a folder that is not the terminal's own.
        """
        self._forget = forget
        self._rests = rests
        self._scratch = scratch

    async def clean(self) -> None:
        """Do it; to be called when the visit's tasks have ended."""
        self._forget()
        await self.rest()
        clear_caches(THAT_ASK)
        if self._scratch is not None:
            self._scratch.empty()
        gc.collect()
        trim()

    async def rest(self) -> None:
        """Let connections go; to be called once more when all has been said on them."""
        for one in self._rests:
            await one()
        overwrite_stack()


def clear_caches(packages: Collection[str]) -> None:
    """Empty what `functools` keeps for the functions of some packages, public or not.

    yarl's own `cache_clear` leaves those that hold whole addresses.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages:
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None and hasattr(value, "cache_info"):
                    clear()
