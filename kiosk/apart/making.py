"""Makes a device in its own process, as the configuration asks for it.

A device that the configuration names is used where it is named. For one that says `auto`, a
supervisor of this process takes whatever of that kind is plugged in, and keeps it. Libraries
are loaded for the device that is made, and for no other.
"""

from typing import TYPE_CHECKING

from drivers.supervisor import Bus, Role
from kiosk.config import AUTO, DevicesSection

if TYPE_CHECKING:
    from drivers.camera.port import Camera
    from drivers.idcard.port import IdCardReader
    from drivers.receipt_printer.port import ReceiptPrinter
    from kiosk.apart.keeper import Keeper


def keeper_for(role: Role, devices: DevicesSection) -> "Keeper | None":
    """Who keeps the devices of a kind that nobody named; None where all are named."""
    from kiosk.apart.keeper import Keeper

    places = {
        Role.IDCARD: (devices.reader, devices.card_reader),
        Role.CAMERA: (devices.camera,),
        Role.RECEIPT_PRINTER: (devices.receipt_printer,),
    }
    if AUTO not in places[role]:
        return None
    if role is not Role.RECEIPT_PRINTER:
        return Keeper.of_system(role)
    from drivers.receipt_printer.models import model_called

    return Keeper.of_system(role, model_called(devices.receipt_model))


def make_reader(devices: DevicesSection, keeper: "Keeper | None") -> "IdCardReader":
    """The ID-card reader, with the chip-card reader beside it where there is one.

    Raises ValueError for a place that cannot be.
    """
    from drivers.idcard.driver import SdtReader
    from drivers.idcard.opening import open_reader
    from drivers.idcard.port import PCSC_PREFIX
    from drivers.idcard.several import NamedReaders, SeveralReaders

    named: dict[str, IdCardReader] = {}
    if devices.reader.startswith(PCSC_PREFIX):
        named["idcard"] = open_reader(devices.reader)
    elif devices.reader != AUTO:
        named["idcard"] = SdtReader(devices.reader, devices.reader_baud)
    if devices.card_reader.startswith(PCSC_PREFIX):
        named["chip card"] = open_reader(devices.card_reader)
    kept = kept_buses(devices)
    if kept and keeper is not None:
        from drivers.supervised import supervised_reader

        named["plugged in"] = supervised_reader(keeper.supervisor, kept)
    if len(named) == 1:
        return next(iter(named.values()))
    return SeveralReaders(NamedReaders(named))


def kept_buses(devices: DevicesSection) -> list[Bus]:
    """Where readers are taken that the configuration does not name."""
    if devices.reader == AUTO:
        # Who names a chip-card reader does not want the supervisor to use it too.
        return [bus for bus in Bus if bus is not Bus.PCSC or devices.card_reader in ("", AUTO)]
    return [Bus.PCSC] if devices.card_reader == AUTO else []


def make_camera(devices: DevicesSection, keeper: "Keeper | None") -> "Camera":
    """The camera. Raises ValueError for a place that cannot be."""
    if keeper is not None:
        from drivers.supervised import SupervisedCamera

        return SupervisedCamera(keeper.supervisor)
    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.protocol import parse_source

    return OpenCvCamera(parse_source(devices.camera))


def make_receipt_printer(devices: DevicesSection, keeper: "Keeper | None") -> "ReceiptPrinter":
    """The receipt printer. Raises ValueError for a place or model that cannot be."""
    from drivers.receipt_printer.models import model_called

    model = model_called(devices.receipt_model)
    if keeper is not None:
        from drivers.supervised import SupervisedReceiptPrinter

        return SupervisedReceiptPrinter(keeper.supervisor, model)
    from drivers.receipt_printer.driver import EscposPrinter

    return EscposPrinter(devices.receipt_printer, model)
