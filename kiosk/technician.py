"""The cabinet's door, and what a technician who opened it is told.

The door's contact leads to the technician's screen once no visit runs. What is told is about the
machine: parts, key, queue, versions; never about a citizen.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from drivers.auxiliaries.port import Sensor, SwitchPanel
from drivers.device import DeviceFailure
from kiosk.visit import events as ev
from offline import outbox
from offline.failures import VaultFailure
from offline.lanes import SHED_FIRST, Lane
from offline.vault import Vault

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
NEVER_SHED = frozenset(Lane) - frozenset(SHED_FIRST)
AGAIN_SECONDS = 5.0
"""After so long a panel that is lost is opened again."""


class Technician:
    """Watches the door, and keeps what the technician's screen shows."""

    def __init__(
        self, panel: SwitchPanel, vault: Vault, facts: Callable[[], Mapping[str, str]],
        send: Callable[[ev.Event], None],
        look_seconds: float = LOOK_SECONDS, again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        """`facts` are words for what does not come from the vault."""
        self._panel = panel
        self._vault = vault
        self._facts = facts
        self._send = send
        self._look, self._again = look_seconds, again_seconds
        self._open: bool | None = None
        self._lost = False
        self.told: dict[str, str] = {}
        """What is told, by its name."""

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                await self._panel.open()
                if self._lost:
                    log.info("the door's contact is back")
                self._lost = False
                while True:
                    await self._panel.check()
                    await self._notice(self._panel.sensors[Sensor.DOOR_OPEN].value)
                    await asyncio.sleep(self._look)
            except DeviceFailure as failure:
                if not self._lost:
                    log.warning("the door's contact is lost: %s", failure)
                self._lost = True
            await asyncio.sleep(self._again)

    async def _notice(self, opened: bool | None) -> None:
        if opened:
            self.told = {**self._facts(), **await self._waiting()}
        if opened is not None and opened != self._open:
            self._open = opened
            self._send(ev.DoorOpened() if opened else ev.DoorClosed())

    async def _waiting(self) -> dict[str, str]:
        """What waits for the platform: what is never thrown away, and the rest."""
        try:
            lanes = await self._vault.read(outbox.states)
        except VaultFailure as failure:
            return {"queue": str(failure.reason)}
        kept = {one.lane: one.waiting for one in lanes if one.lane in NEVER_SHED}
        rest = sum(one.waiting for one in lanes) - sum(kept.values())
        told = ", ".join(f"{lane} {waiting}" for lane, waiting in kept.items())
        return {"queue": f"{told}, rest {rest}"}
