"""Which driver knows which device: the list that the supervisor asks, in order.

What a device is known by stands in `known.toml`. A USB-serial bridge that nothing else
knows is asked whether an ID-card reader answers there; that is the last thing tried. A
driver's libraries are loaded when it is first asked to make a device.
"""

import tomllib
from collections.abc import Callable
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.supervisor import Bus, Device, Driver, Found, Role, role_id

if TYPE_CHECKING:
    from drivers.camera.driver import OpenCvCamera
    from drivers.receipt_printer.port import Capabilities

KNOWN = Path(__file__).with_name("known.toml")
Knows = Callable[[Found], bool]


class CameraKeeper:
    """A camera as the supervisor keeps it: opened to prove that it sees, then at rest.

    A camera that runs looks at people; it runs only while somebody asks for pictures.
    """

    def __init__(self, camera: "OpenCvCamera") -> None:
        self.camera = camera

    async def open(self) -> None:
        """Take one picture. Raises DeviceFailure."""
        await self.camera.open()
        await self.camera.stop()

    async def check(self) -> None:
        """Whether it is still plugged in. Raises DeviceFailure."""
        await self.camera.check()

    def close(self) -> None:
        """Let it go."""
        self.camera.close()


class PrinterKeeper:
    """A document printer as the supervisor keeps it.

    It is asked for signs of life on a connection of its own, which lasts one question: a
    job that is under way on the other is not disturbed.
    """

    def __init__(self, target: str) -> None:
        from drivers.document_printer.driver import IppPrinter

        self.printer = IppPrinter(target)
        self._asking = IppPrinter(target)

    async def open(self) -> None:
        """Whether it answers. Raises DeviceFailure."""
        await self.check()

    async def check(self) -> None:
        """Whether it answers. Raises DeviceFailure."""
        try:
            await self._asking.check()
        finally:
            await self._asking.close()

    def close(self) -> None:
        """Nothing is held between two questions."""


def drivers(receipts: "Capabilities | None" = None) -> list[Driver[Device]]:
    """Every driver, with what it knows and when it is asked.

    `receipts` is what the site's receipt printer can do.
    """
    scanner, reader, receipt = Role.QRSCANNER, Role.IDCARD, Role.RECEIPT_PRINTER
    return [
        Driver(reader, "idcard over USB", 10, by_id(reader, Bus.USB), _reader),
        Driver(scanner, "serial scanner", 10,
               either(by_id(scanner, Bus.SERIAL), named(scanner, Bus.SERIAL)),
               _scanner),
        Driver(scanner, "keyboard scanner", 10,
               either(by_name(scanner, Bus.INPUT), named(scanner, Bus.INPUT)),
               _scanner),
        Driver(receipt, "ESC/POS", 10,
               either(by_id(receipt, Bus.USB), named(receipt, Bus.NETWORK)),
               lambda found: _receipt_printer(found, receipts)),
        Driver(reader, "chip cards over PC/SC", 20, on(Bus.PCSC), _reader),
        Driver(Role.CAMERA, "camera", 20, either(on(Bus.VIDEO), named(Role.CAMERA, Bus.NETWORK)),
               _camera),
        Driver(Role.DOCUMENT_PRINTER, "IPP", 20, on(Bus.NETWORK, "ipp"),
               lambda found: PrinterKeeper(found.place)),
        Driver(reader, "idcard over a serial line", 50,
               either(by_id(reader, Bus.SERIAL), named(reader, Bus.SERIAL)),
               _reader),
    ]


def _reader(found: Found) -> Device:
    from drivers.idcard.opening import open_reader

    return open_reader(found.place)


def _scanner(found: Found) -> Device:
    from drivers.qrscanner.driver import open_scanner

    return open_scanner(found.place)


def _receipt_printer(found: Found, capabilities: "Capabilities | None") -> Device:
    from drivers.receipt_printer.driver import EscposPrinter

    return EscposPrinter(found.place, capabilities)


def _camera(found: Found) -> Device:
    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.protocol import parse_source

    return CameraKeeper(OpenCvCamera(parse_source(found.place)))


def on(bus: Bus, prefix: str = "") -> Knows:
    """Knows everything on a bus whose place begins so."""
    return lambda found: found.bus is bus and found.place.startswith(prefix)


def named(role: Role, bus: Bus) -> Knows:
    """Knows what the site has named for the role."""
    return lambda found: found.bus is bus and role_id(role) in found.ids


def either(*knows: Knows) -> Knows:
    """Knows what one of them knows."""
    return lambda found: any(one(found) for one in knows)


def by_id(role: Role, bus: Bus) -> Knows:
    """Knows what has a known id."""
    patterns = known()[str(role)].get(str(bus), [])
    return lambda found: found.bus is bus and any(
        fnmatch(one, pattern) for one in found.ids for pattern in patterns
    )


def by_name(role: Role, bus: Bus) -> Knows:
    """Knows what has a known word in its name."""
    words = known()[str(role)].get(str(bus), [])
    return lambda found: found.bus is bus and any(word in found.name.lower() for word in words)


@cache
def known() -> dict[str, dict[str, Any]]:
    """The table of `known.toml`."""
    return tomllib.loads(KNOWN.read_text(encoding="utf-8"))
