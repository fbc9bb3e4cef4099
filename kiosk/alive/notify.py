"""The service manager's protocol: what the terminal tells it, and the watchdog (sd_notify(3)).

Messages are lines of VARIABLE=VALUE in one datagram to the socket that `NOTIFY_SOCKET` names;
a name that begins with `@` is in the abstract namespace. `WATCHDOG_USEC` is within what time a
sign of life is wanted (sd_watchdog_enabled(3)); it comes twice as often.
"""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


def message(*lines: str, status: str = "") -> bytes:
    """One datagram: assignments, and a word on how things are, which stays one line."""
    told = [f"STATUS={' '.join(status.split())}"] if status else []
    return "\n".join([*lines, *told]).encode("utf-8")


def address(variable: str) -> str | bytes | None:
    """Where the datagrams go, as socket(7) has it; None where that is no place."""
    if variable.startswith("@"):
        return b"\0" + variable[1:].encode("utf-8", "surrogateescape")
    return variable if variable.startswith("/") else None


def watchdog_seconds(environment: Mapping[str, str], process: int) -> float | None:
    """Within what time a sign of life is wanted, in seconds; None where nobody waits for one.

    `WATCHDOG_PID` says of which process, where it is set.
    """
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", ""))
        meant = int(environment.get("WATCHDOG_PID", process))
    except ValueError:
        return None
    return microseconds / 1_000_000 if microseconds > 0 and meant == process else None


class Notifier:
    """Tells the service manager; where there is none, nothing."""

    def __init__(self, place: str | bytes | None, watchdog: float | None) -> None:
        self._place = place
        self._failing = False
        self.watchdog = watchdog if place is not None else None
        """Within what time a sign of life is wanted, in seconds."""

    @classmethod
    def of_process(cls) -> "Notifier":
        """As the environment of this process has it."""
        place = address(os.environ.get("NOTIFY_SOCKET", ""))
        return cls(place, watchdog_seconds(os.environ, os.getpid()))

    def tell(self, *lines: str, status: str = "") -> None:
        """Send one message; never waits. What cannot be sent is logged, once per outage."""
        if self._place is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as end:
                end.connect(self._place)
                end.send(message(*lines, status=status))
        except OSError as error:
            if not self._failing:
                log.warning("the service manager cannot be told: %s", error)
            self._failing = True
            return
        if self._failing:
            log.info("the service manager can be told again")
        self._failing = False
