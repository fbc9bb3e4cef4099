"""What a device process does for each call: the driver behind the list of `kiosk.apart.calls`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from drivers.device import Observable, Status
from drivers.supervisor import Role
from kiosk.apart import making
from kiosk.apart.calls import Dots
from kiosk.config import DevicesSection
from kiosk.worker import Fields

if TYPE_CHECKING:
    from drivers.camera.port import Camera, Frame
    from drivers.idcard.port import IdCardReader, IdentityDocument, Progress, Wanted
    from drivers.receipt_printer.port import Line, ReceiptPrinter, Settlement
    from kiosk.apart.frames import FrameRing
    from kiosk.apart.keeper import Keeper

Tell = Callable[[Fields], None]
"""Says something to the terminal; may be called in any thread."""


class Desk:
    """What all kinds share: calls by name, and the device's status, told as it changes."""

    def __init__(
        self, device: "IdCardReader | Camera | ReceiptPrinter", tell: Tell, keeper: "Keeper | None"
    ) -> None:
        self.calls: dict[str, Callable[..., Awaitable[Any]]] = {}
        self._device = device
        self._tell = tell
        self._keeper = keeper
        self._keeping: asyncio.Task[None] | None = None
        self._observed: list[Observable[Status]] = []
        self._told: Status | None = None

    def begin(self) -> None:
        """Look after devices that nobody named, from the first call on."""
        if self._keeper is not None and self._keeping is None:
            self._keeping = asyncio.create_task(self._keeper.run())

    def look_at_status(self) -> None:
        """Tell the status if it has changed; another device may be the one in use now.

        Before the first call nothing is proved, and nothing is told.
        """
        status = self._device.status
        if all(one is not status for one in self._observed):
            self._observed.append(status)
            status.observe(lambda _: self.look_at_status())
        if status.value is not self._told:
            self._told = status.value
            self._tell({"status": str(self._told)})

    def take(self, fields: Fields) -> None:
        """Something that the terminal says and that needs no answer."""

    def close(self) -> None:
        """Let the device go."""
        self._device.close()
        if self._keeper is not None:
            self._keeper.supervisor.close()


class ReaderDesk(Desk):
    """A reader."""

    def __init__(self, reader: "IdCardReader", tell: Tell, keeper: "Keeper | None") -> None:
        super().__init__(reader, tell, keeper)
        self._reader = reader
        self.calls = {
            "open": reader.open,
            "check": reader.check,
            "wait_for_card": reader.wait_for_card,
            "read": self._read,
            "wait_for_removal": reader.wait_for_removal,
        }

    async def _read(
        self, wanted: "Wanted", progress: "Callable[[Progress], None]"
    ) -> "IdentityDocument":
        return await self._reader.read(progress, wanted)


class CameraDesk(Desk):
    """A camera, and the ring into which its pictures are put."""

    def __init__(
        self, camera: "Camera", tell: Tell, keeper: "Keeper | None", ring: "FrameRing"
    ) -> None:
        super().__init__(camera, tell, keeper)
        self._camera = camera
        self._ring = ring
        self.calls = {"open": camera.open, "check": camera.check, "stop": camera.stop}

    def take(self, fields: Fields) -> None:
        """Whether somebody looks at the pictures."""
        self._camera.observe(self._pass_on if fields["observed"] else None)

    def _pass_on(self, frame: "Frame") -> None:
        """One picture; in the camera's thread."""
        slot = self._ring.put(frame.picture)
        if slot is not None:
            height, width = frame.picture.shape[:2]
            self._tell({"frame": slot, "height": height, "width": width, "at": frame.at})


class ReceiptDesk(Desk):
    """A receipt printer."""

    def __init__(self, printer: "ReceiptPrinter", tell: Tell, keeper: "Keeper | None") -> None:
        super().__init__(printer, tell, keeper)
        self._printer = printer
        self.calls = {
            "condition": printer.condition,
            "print_dots": self._print_dots,
            "print_lines": self._print_lines,
        }

    async def _print_dots(self, dots: Dots) -> "Settlement":
        import numpy as np

        rows = np.frombuffer(dots.bits, np.uint8).reshape(dots.rows, -1)
        return await self._printer.print(
            np.unpackbits(rows, axis=1, count=dots.columns).astype(np.bool_)
        )

    async def _print_lines(self, lines: "tuple[Line, ...]") -> "Settlement":
        return await self._printer.print(lines)


def make_desk(role: Role, devices: DevicesSection, tell: Tell, ring: int | None) -> Desk:
    """The desk of a role's device. Raises ValueError for a place that cannot be.

    `ring` is the descriptor of a camera's ring.
    """
    keeper = making.keeper_for(role, devices)
    match role:
        case Role.IDCARD:
            return ReaderDesk(making.make_reader(devices, keeper), tell, keeper)
        case Role.CAMERA if ring is not None:
            from kiosk.apart.frames import FrameRing

            return CameraDesk(making.make_camera(devices, keeper), tell, keeper, FrameRing(ring))
        case Role.RECEIPT_PRINTER:
            return ReceiptDesk(making.make_receipt_printer(devices, keeper), tell, keeper)
    raise ValueError(f"a {role} is not made here")
