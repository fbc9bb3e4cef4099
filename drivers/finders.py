"""Where devices are looked for: serial ports, USB, cameras, inputs, PC/SC, the network.

Each finder asks the system once per call and remembers nothing. `SystemWatch` tells at
once when something was plugged in or out, so that nobody has to poll fast.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pyudev
from serial.tools import list_ports

from drivers.supervisor import Bus, Found, Role, role_id

if TYPE_CHECKING:
    from drivers.document_printer.discovery import Discovery

SUBSYSTEMS = ("tty", "video4linux", "input", "usb")
ADDRESS_PREFIXES = (
    "ipp://", "ipps://", "tcp://", "http://", "https://", "rtsp://", "nut://", "pcsc:",
)
CAPTURE_INDEX = "0"
"""A camera has several nodes; the first is the one with the picture."""


class SerialFinder:
    """Serial ports that have a device behind them."""

    name = "serial"

    def find(self) -> Sequence[Found]:
        """Serial ports with what USB says of them."""
        return [
            Found(Bus.SERIAL, port.device, port.description or "", usb_ids(port.vid, port.pid))
            for port in list_ports.comports()
            if port.vid is not None
        ]


class UdevFinder:
    """Devices of one kind that udev's tree holds."""

    def __init__(self, bus: Bus, context: pyudev.Context | None = None) -> None:
        """`bus` is VIDEO, INPUT or USB."""
        self.name = str(bus)
        self._bus = bus
        self._context = context or pyudev.Context()

    def find(self) -> Sequence[Found]:
        """The devices of the kind, with their names and USB ids."""
        subsystem = {Bus.VIDEO: "video4linux", Bus.INPUT: "input", Bus.USB: "usb"}[self._bus]
        devices = self._context.list_devices(subsystem=subsystem)
        return [found for device in devices if (found := self._found(device)) is not None]

    def _found(self, device: pyudev.Device) -> Found | None:
        ids = ids_of(device)
        if self._bus is Bus.USB:
            return Found(Bus.USB, ids[0], text(device, "product"), ids) if ids else None
        if device.device_node is None:
            return None
        if self._bus is Bus.VIDEO and text(device, "index") not in ("", CAPTURE_INDEX):
            return None
        if self._bus is Bus.INPUT and not device.sys_name.startswith("event"):
            return None
        parent = device.parent if self._bus is Bus.INPUT else device
        return Found(self._bus, device.device_node, text(parent, "name"), ids)


class PcscFinder:
    """Readers that pcscd knows; none where pcscd does not run."""

    name = "pcsc"

    def find(self) -> Sequence[Found]:
        """The readers by pcscd's names."""
        from drivers.smartcard.pcsc import Context, ServiceLost

        try:
            context = Context()
            names = context.readers()
        except ServiceLost as error:
            raise OSError(f"pcscd: {error}") from error
        context.close()
        return [Found(Bus.PCSC, f"pcsc:{name}", name) for name in names]


class NetworkFinder:
    """Printers that announce themselves."""

    name = "network"

    def __init__(self, discovery: "Discovery") -> None:
        self._discovery = discovery

    def find(self) -> Sequence[Found]:
        """The printers that are announced now."""
        return [
            Found(Bus.NETWORK, printer.target, printer.model or printer.name, (printer.uuid,))
            for printer in self._discovery.printers
            if printer.takes_pdf
        ]


class PlacesFinder:
    """Places that the site has named for a role: addresses always, paths while they exist."""

    name = "places"

    def __init__(self, places: Sequence[tuple[Role, Bus, str]]) -> None:
        self._places = tuple(places)

    def find(self) -> Sequence[Found]:
        """The named places that are there."""
        return [
            Found(bus, place, "named by the site", (role_id(role),))
            for role, bus, place in self._places
            if place.startswith(ADDRESS_PREFIXES) or os.path.exists(path_of(place))
        ]


class SystemWatch:
    """Calls back when something is plugged in or out, as udev tells it."""

    def __init__(
        self, changed: Callable[[], object], context: pyudev.Context | None = None
    ) -> None:
        """`changed` is called in a thread of the watch's own."""
        monitor = pyudev.Monitor.from_netlink(context or pyudev.Context())
        for subsystem in SUBSYSTEMS:
            monitor.filter_by(subsystem)
        self._observer = pyudev.MonitorObserver(
            monitor, callback=lambda _: changed(), name="plugged in or out"
        )

    def start(self) -> None:
        """Begin to watch."""
        self._observer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._observer.stop()


def path_of(place: str) -> str:
    """The path in a place such as `keyboard:/dev/input/event3` or `serial:/dev/ttyS0`."""
    scheme, _, rest = place.partition(":")
    return rest if rest.startswith("/") and "/" not in scheme else place


def ids_of(device: pyudev.Device) -> tuple[str, ...]:
    """The USB id of a device or of what it hangs on."""
    itself = device.device_type == "usb_device"
    usb = device if itself else device.find_parent("usb", "usb_device")
    if usb is None:
        return ()
    vendor, product = text(usb, "idVendor"), text(usb, "idProduct")
    return (f"usb:{vendor}:{product}",) if vendor and product else ()


def usb_ids(vendor: int | None, product: int | None) -> tuple[str, ...]:
    """The id as it is written here."""
    return () if vendor is None or product is None else (f"usb:{vendor:04x}:{product:04x}",)


def text(device: pyudev.Device | None, attribute: str) -> str:
    """An attribute in sysfs; empty where there is none."""
    if device is None:
        return ""
    value = device.attributes.get(attribute)
    return value.decode("utf-8", "replace").strip() if value else ""
