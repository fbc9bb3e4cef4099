"""What one process of a terminal needs to stay alive, put together: machine, starts, manager."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from kiosk.alive.beginning import Beginning
from kiosk.alive.machine import Machine
from kiosk.alive.notify import Notifier
from kiosk.alive.starts import Starts
from kiosk.alive.status import status_of
from kiosk.config import Config
from kiosk.visit.states import State


@dataclass(slots=True)
class Life:
    """The parts, and what the service manager was told last."""

    notifier: Notifier
    machine: Machine
    beginning: Beginning
    told: str = ""

    @classmethod
    def of_process(cls, config: Config) -> "Life":
        """For this process and this configuration."""
        machine = Machine.of_system(config)
        starts = Starts(config.terminal.state, partial(datetime.now, UTC))
        beginning = Beginning(machine, starts, time.monotonic)
        return cls(Notifier.of_process(), machine, beginning)

    def tell(self, state: State) -> None:
        """Tell the service manager how the terminal is, when that has changed."""
        status = status_of(state)
        if status != self.told:
            self.told = status
            self.notifier.tell(status=status)
