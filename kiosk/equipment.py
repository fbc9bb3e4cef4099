"""The devices of a terminal, as its configuration asks for them.

A device that the configuration names is used where it is named. For one that says
`auto`, a supervisor takes whatever of that kind is plugged in, and keeps it.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.camera.driver import OpenCvCamera
from drivers.camera.port import Camera
from drivers.camera.protocol import parse_source
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import DocumentPrinter
from drivers.idcard.driver import SdtReader
from drivers.idcard.opening import PCSC_PREFIX, open_reader
from drivers.idcard.port import IdCardReader
from drivers.idcard.several import NamedReaders, SeveralReaders
from drivers.receipt_printer.driver import EscposPrinter
from drivers.receipt_printer.models import model_called
from drivers.receipt_printer.port import Capabilities, ReceiptPrinter
from drivers.supervisor import Bus, Finder, Supervisor
from kiosk.config import BadConfiguration, DevicesSection

if TYPE_CHECKING:
    from drivers.document_printer.discovery import Discovery

AUTO = "auto"


@dataclass(slots=True)
class Equipment:
    """What a visit needs of devices, and who keeps those that nobody named."""

    reader: IdCardReader
    camera: Camera
    receipt_printer: ReceiptPrinter
    document_printer: DocumentPrinter
    keeper: "Keeper | None" = None


class Keeper:
    """A supervisor that runs while the terminal does."""

    def __init__(self, supervisor: Supervisor, discovery: "Discovery | None" = None) -> None:
        self.supervisor = supervisor
        self._discovery = discovery

    @classmethod
    def of_system(cls, receipts: Capabilities) -> "Keeper":
        """One that looks wherever this machine has devices.

        `receipts` is what the site's receipt printer can do.
        """
        from drivers.catalogue import drivers
        from drivers.document_printer.discovery import Discovery
        from drivers.finders import NetworkFinder, PcscFinder, SerialFinder, UdevFinder

        discovery = Discovery()
        finders: list[Finder] = [
            SerialFinder(), UdevFinder(Bus.VIDEO), UdevFinder(Bus.USB), PcscFinder(),
            NetworkFinder(discovery),
        ]
        return cls(Supervisor(finders, drivers(receipts)), discovery)

    async def run(self) -> None:
        """Supervise until cancelled, and look at once when something is plugged in or out."""
        from drivers.finders import SystemWatch

        loop = asyncio.get_running_loop()
        watch = SystemWatch(lambda: loop.call_soon_threadsafe(self.supervisor.wake))
        watch.start()
        try:
            await self.supervisor.run()
        finally:
            watch.stop()

    async def close(self) -> None:
        """Stop looking for printers; for the end of the terminal."""
        if self._discovery is not None:
            await asyncio.to_thread(self._discovery.close)


def equip(devices: DevicesSection, keeper: Keeper | None = None) -> Equipment:
    """The devices that a configuration asks for. Raises BadConfiguration.

    `keeper` keeps what is `auto`; where it is None, one is made if it is needed.
    """
    places = (
        devices.reader, devices.card_reader, devices.camera, devices.receipt_printer,
        devices.document_printer,
    )
    try:
        if AUTO in places and keeper is None:
            keeper = Keeper.of_system(model_called(devices.receipt_model))
        return Equipment(
            _reader(devices, keeper),
            _camera(devices, keeper),
            _receipt_printer(devices, keeper),
            _document_printer(devices, keeper),
            keeper,
        )
    except ValueError as error:
        raise BadConfiguration(f"devices: {error}") from error


def _reader(devices: DevicesSection, keeper: Keeper | None) -> IdCardReader:
    """The ID-card reader, with the chip-card reader beside it where there is one."""
    named: dict[str, IdCardReader] = {}
    kept: list[Bus] = []
    if devices.reader == AUTO:
        # Who names a chip-card reader does not want the supervisor to use it too.
        kept += [bus for bus in Bus if bus is not Bus.PCSC or devices.card_reader in ("", AUTO)]
    elif devices.reader.startswith(PCSC_PREFIX):
        named["idcard"] = open_reader(devices.reader)
    else:
        named["idcard"] = SdtReader(devices.reader, devices.reader_baud)
    if devices.card_reader == AUTO and Bus.PCSC not in kept:
        kept.append(Bus.PCSC)
    elif devices.card_reader.startswith(PCSC_PREFIX):
        named["chip card"] = open_reader(devices.card_reader)
    elif devices.card_reader not in ("", AUTO):
        raise ValueError(f"card_reader {devices.card_reader!r} is not pcsc:NAME or auto")
    if kept and keeper is not None:
        from drivers.supervised import supervised_reader

        named["plugged in"] = supervised_reader(keeper.supervisor, kept)
    if len(named) == 1:
        return next(iter(named.values()))
    return SeveralReaders(NamedReaders(named))


def _camera(devices: DevicesSection, keeper: Keeper | None) -> Camera:
    if devices.camera == AUTO and keeper is not None:
        from drivers.supervised import SupervisedCamera

        return SupervisedCamera(keeper.supervisor)
    return OpenCvCamera(parse_source(devices.camera))


def _receipt_printer(devices: DevicesSection, keeper: Keeper | None) -> ReceiptPrinter:
    model = model_called(devices.receipt_model)
    if devices.receipt_printer == AUTO and keeper is not None:
        from drivers.supervised import SupervisedReceiptPrinter

        return SupervisedReceiptPrinter(keeper.supervisor, model)
    return EscposPrinter(devices.receipt_printer, model)


def _document_printer(devices: DevicesSection, keeper: Keeper | None) -> DocumentPrinter:
    if devices.document_printer == AUTO and keeper is not None:
        from drivers.supervised import SupervisedDocumentPrinter

        return SupervisedDocumentPrinter(keeper.supervisor)
    return IppPrinter(devices.document_printer)
