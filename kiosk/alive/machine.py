"""The machine below the terminal, as one part of it: its disk and its clock."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from kiosk.alive import entropy
from kiosk.alive.clock import TrustedClock
from kiosk.alive.disk import Disk, Room
from kiosk.alive.obstacle import Obstacle

if TYPE_CHECKING:
    from kiosk.config import Config

MEGABYTE = 1024 * 1024


class Machine:
    """What every start and every rest between two visits looks at."""

    def __init__(self, disk: Disk, clock: TrustedClock) -> None:
        self.disk = disk
        self.clock = clock

    @classmethod
    def of_system(cls, config: "Config") -> "Machine":
        """The machine that runs this, with the room that the configuration wants."""
        own = config.terminal
        room = Room(own.least_mb * MEGABYTE, own.reserve_mb * MEGABYTE)
        now = partial(datetime.now, UTC)
        since_boot = partial(time.clock_gettime, time.CLOCK_BOOTTIME)
        return cls(Disk(own.state, room), TrustedClock(own.state, now, since_boot))

    def prepare(self) -> Obstacle | None:
        """What stands in the way of a start; None where nothing does. Blocks."""
        obstacle = self.disk.prepare()
        if obstacle is not None:
            return obstacle
        self.clock.prepare()
        return self.clock.look_at_start() or entropy.look()

    def look(self) -> Obstacle | None:
        """Why no visit should begin now; None where one may. Blocks."""
        self.clock.remember()
        return self.disk.look() or self.clock.look()
