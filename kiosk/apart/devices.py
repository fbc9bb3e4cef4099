"""The devices as the terminal sees them: the ports of `drivers`, each with a process behind it.

A device whose process dies is like one that was pulled out: what was asked of it fails with
the reason of its kind, its status says `offline`, and the next call finds it again.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from drivers.camera.port import Camera, Frame
from drivers.camera.port import Capabilities as CameraCapabilities
from drivers.device import DeviceFailure, Observable, Status
from drivers.idcard.port import Capabilities as ReaderCapabilities
from drivers.idcard.port import IdCardReader, IdentityDocument, Progress, Wanted
from drivers.receipt_printer.port import (
    Capabilities,
    Condition,
    Line,
    Raster,
    ReceiptPrinter,
    Settlement,
)
from kiosk.apart.calls import Dots
from kiosk.apart.forms import unpack
from kiosk.apart.kept import KeptProcess
from kiosk.apart.process import DeviceProcess
from kiosk.worker import Fields

log = logging.getLogger(__name__)


class _Apart:
    """What all share: a process, and a status that follows the device's own."""

    def __init__(self, kept: KeptProcess) -> None:
        self._kept = kept
        self._status: Observable[Status] = Observable(Status.OFFLINE)
        kept.told = self._take
        kept.lost = self._is_lost

    @property
    def status(self) -> Observable[Status]:
        """How the device is, as its process told last; `offline` where none runs."""
        return self._status

    def close(self) -> None:
        """The process is ended by whoever keeps it."""

    def _take(self, process: DeviceProcess, fields: Fields) -> None:
        """What the device tells unasked. Raises ValueError, KeyError, TypeError."""
        self._status.set(unpack(Status, fields["status"], [], "status"))

    def _is_lost(self) -> None:
        self._status.set(Status.OFFLINE)


class ApartReader(_Apart, IdCardReader):
    """A reader of ID cards."""

    capabilities = ReaderCapabilities()

    def __init__(self, kept: KeptProcess) -> None:
        super().__init__(kept)
        # A card is waited for in a reader that is open.
        kept.prepare = lambda process: process.call("open")

    async def open(self) -> None:
        """Connect and prove that a reader answers. Raises DeviceFailure."""
        await self._kept.call("open")

    async def check(self) -> None:
        """Ask for a sign of life. Raises DeviceFailure."""
        await self._kept.call("check")

    async def wait_for_card(self) -> None:
        """Return when a card lies on the reader. Raises DeviceFailure."""
        self._kept.hold(False)
        await self._kept.call("wait_for_card", anew=True)
        # Which reader has the card, and that it was read, is known to this process only.
        self._kept.hold(True)

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card; `progress` is called in the loop's thread. Raises DeviceFailure."""
        self._kept.soil()
        document: IdentityDocument = await self._kept.call(
            "read", wanted or Wanted(), progress=lambda step: progress(Progress(step))
        )
        return document

    async def wait_for_removal(self) -> None:
        """Return when no card lies on the reader any more. Raises DeviceFailure."""
        await self._kept.call("wait_for_removal")
        self._kept.hold(False)


class ApartCamera(_Apart, Camera):
    """A camera; its pictures come through shared memory."""

    capabilities = CameraCapabilities()

    def __init__(self, kept: KeptProcess) -> None:
        super().__init__(kept)
        self._observer: Callable[[Frame], None] | None = None
        self._opened = 0

    async def check(self) -> None:
        """Whether it is still plugged in. Raises DeviceFailure."""
        await self._kept.call("check")

    async def open(self) -> None:
        """Begin to take pictures. Raises DeviceFailure."""
        self._opened += 1
        opened = self._opened
        self._kept.hold(True)
        try:
            await self._kept.call("open")
        except Exception:
            # Nobody stops what did not open, and it may have been opened again meanwhile.
            if opened == self._opened:
                self._kept.hold(False)
            raise
        self._tell_observed()

    def observe(self, observer: Callable[[Frame], None] | None) -> None:
        """Give every frame to `observer`, in the loop's thread; None ends it."""
        before, self._observer = self._observer, observer
        if (before is None) is not (observer is None):
            self._tell_observed()

    async def stop(self) -> None:
        """End taking pictures; a camera whose process has died takes none."""
        self._observer = None
        opened = self._opened
        try:
            await self._kept.call("stop")
        except DeviceFailure as failure:
            log.info("the camera was not stopped: %s", failure)
        finally:
            # It may have been opened again meanwhile.
            if opened == self._opened:
                self._kept.hold(False)

    def _tell_observed(self) -> None:
        if self._observer is not None:
            self._kept.soil()
        self._kept.post({"observed": self._observer is not None})

    def _take(self, process: DeviceProcess, fields: Fields) -> None:
        if "frame" not in fields:
            super()._take(process, fields)
            return
        assert process.frames is not None
        slot, height, width = (int(fields[name]) for name in ("frame", "height", "width"))
        observer = self._observer
        if observer is None:
            process.frames.free(slot)
            return
        picture = process.frames.picture(slot, height, width)
        try:
            observer(Frame(picture, float(fields["at"])))
        except Exception:
            log.exception("who looks at the camera's pictures broke, and gets no more")
            self.observe(None)


class ApartReceiptPrinter(_Apart, ReceiptPrinter):
    """A receipt printer."""

    def __init__(self, kept: KeptProcess, capabilities: Capabilities) -> None:
        """`capabilities` are those of its model, as the configuration names it."""
        super().__init__(kept)
        self.capabilities = capabilities

    async def condition(self) -> Condition:
        """Ask the printer how it is. Raises DeviceFailure."""
        condition: Condition = await self._kept.call("condition")
        return condition

    async def print(self, receipt: Raster | Sequence[Line]) -> Settlement:
        """Print, cut, and wait until it settled. Raises DeviceFailure, ValueError."""
        self._kept.soil()
        self._kept.hold(True)
        try:
            settlement: Settlement = await self._kept.call(*_as_call(receipt))
        finally:
            self._kept.hold(False)
        return settlement


def _as_call(receipt: Raster | Sequence[Line]) -> tuple[str, Any]:
    if isinstance(receipt, np.ndarray):
        rows, columns = receipt.shape
        return "print_dots", Dots(rows, columns, np.packbits(receipt, axis=1).tobytes())
    return "print_lines", tuple(receipt)
