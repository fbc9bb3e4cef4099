"""Looks after the parts that a visit will need, and says when one is lost or back.

A part that does not answer for a few looks is not gone: it counts as lost after
`MISSES` of them. What a printer says of itself (no paper, a jam) counts at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from drivers.camera.port import Camera
from drivers.device import DeviceFailure, Observable, Status
from drivers.document_printer.port import DocumentPrinter
from drivers.receipt_printer.port import Paper, ReceiptPrinter
from kiosk.alive.machine import Machine
from kiosk.platform import Platform, is_there
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.states import Part
from offline import outbox
from offline.failures import VaultFailure
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
MISSES = 3
FLEETING = frozenset(
    {
        Reason.PRINTER_UNREACHABLE,
        Reason.RECEIPT_PRINTER_FAULT,
        Reason.NETWORK,
        Reason.PLATFORM_TIMEOUT,
        Reason.PLATFORM_ERROR,
    }
)
"""Reasons that may pass by themselves within seconds."""

Look = Callable[[], Awaitable[Reason | None]]


class Watch:
    """Watches one part."""

    def __init__(
        self, part: Part, look: Look, send: Callable[[ev.Event], None],
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """`now` says since when a part is lost, in the time of the place."""
        self._part = part
        self._look = look
        self._send = send
        self._now = now
        self._misses = 0
        self._first_miss: datetime | None = None
        self._lost: Reason | None = None
        self._woken = asyncio.Event()

    async def look(self, patient: bool = True) -> None:
        """Look once; without patience the first miss counts."""
        reason = await self._look()
        self._misses = self._misses + 1 if reason else 0
        if self._misses == 1:
            self._first_miss = self._now()
        if reason in FLEETING and patient and self._misses < MISSES:
            return
        self._know(reason)

    def follow(self, status: Observable[Status], reason: Reason) -> None:
        """The part is lost as soon as its device is `offline`: its process has died.

        Who waits for it in a visit is not kept waiting for nothing.
        """
        loop = asyncio.get_running_loop()

        def hear(now: Status) -> None:
            if now is Status.OFFLINE:
                loop.call_soon_threadsafe(self.lose, reason)

        status.observe(hear)

    def lose(self, reason: Reason) -> None:
        """The part has told that it is lost; look for it as soon as that is allowed."""
        if not self._misses:
            self._misses, self._first_miss = 1, self._now()
        self._know(reason)
        self._woken.set()

    async def run(self, allowed: Callable[[], bool]) -> None:
        """Look again and again while `allowed` says so, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            if allowed():
                await self.look()

    def _know(self, reason: Reason | None) -> None:
        """Say what has changed."""
        if reason == self._lost:
            return
        self._lost = reason
        if reason is None:
            log.info("%s is back", self._part)
            self._send(ev.PartBack(self._part))
        else:
            log.warning("%s is lost: %s", self._part, reason)
            self._send(ev.PartLost(self._part, reason, self._first_miss))


def document_printer_look(printer: DocumentPrinter) -> Look:
    """Whether a document could be printed now."""

    async def look() -> Reason | None:
        try:
            await printer.preflight()
        except DeviceFailure as failure:
            return Reason(str(failure.reason))
        return None

    return look


def receipt_printer_look(printer: ReceiptPrinter) -> Look:
    """Whether a receipt could be printed now, as far as the printer says."""

    async def look() -> Reason | None:
        try:
            condition = await printer.condition()
        except DeviceFailure as failure:
            return Reason(str(failure.reason))
        if condition.cover_open:
            return Reason.RECEIPT_PRINTER_COVER_OPEN
        if condition.paper is Paper.OUT:
            return Reason.RECEIPT_PRINTER_NO_PAPER
        return Reason.RECEIPT_PRINTER_FAULT if condition.fault else None

    return look


def camera_look(camera: Camera) -> Look:
    """Whether the camera gives pictures: it is opened for a moment."""

    async def look() -> Reason | None:
        try:
            await camera.open()
            await camera.stop()
        except DeviceFailure as failure:
            return Reason(str(failure.reason))
        return None

    return look


def _try_out(txn: Transaction) -> None:
    """Write something, to see whether the store takes it."""
    txn.execute("INSERT OR REPLACE INTO meta VALUES ('tried', ?)", (txn.now.isoformat(),))


def store_look(vault: Vault) -> Look:
    """Whether what must not be lost can be written down, with room left for a visit."""

    async def look() -> Reason | None:
        try:
            if vault.failing or vault.doubtful:
                await vault.write(_try_out)
            lanes = await vault.read(outbox.states)
        except VaultFailure as failure:
            log.warning("the store: %s", failure)
            return Reason.STORE_FAULT
        if vault.doubtful:
            return Reason.STORE_FAULT  # until a start has mended it
        return Reason.STORE_FULL if outbox.is_crowded(lanes) else None

    return look


def machine_look(machine: Machine) -> Look:
    """Whether the machine itself can be used: its disk and its clock."""

    async def look() -> Reason | None:
        obstacle = await asyncio.to_thread(machine.look)
        return obstacle.reason if obstacle is not None else None

    return look


def platform_look(platform: Platform) -> Look:
    """Whether the platform answers."""

    async def look() -> Reason | None:
        return await is_there(platform)

    return look
