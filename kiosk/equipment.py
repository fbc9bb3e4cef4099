"""The devices of a terminal, as its configuration asks for them.

Reader, camera and receipt printer run in processes of their own (`kiosk.apart`): their
libraries can crash. Document printers speak IPP, in Python alone, and stay here.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from random import Random

from drivers.camera.port import Camera
from drivers.camera.protocol import parse_source
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import DocumentPrinter
from drivers.idcard.port import PCSC_PREFIX, IdCardReader
from drivers.receipt_printer.models import model_called
from drivers.receipt_printer.port import ReceiptPrinter
from drivers.receipt_printer.targets import parse_target
from drivers.supervisor import Role
from kiosk.apart.devices import ApartCamera, ApartReader, ApartReceiptPrinter
from kiosk.apart.keeper import Keeper
from kiosk.apart.kept import KeptProcess
from kiosk.config import AUTO, BadConfiguration, DevicesSection


@dataclass(slots=True)
class Equipment:
    """What a visit needs of devices, and what keeps them."""

    reader: IdCardReader
    camera: Camera
    receipt_printer: ReceiptPrinter
    document_printer: DocumentPrinter
    keeper: Keeper | None = None
    """Who keeps a document printer that nobody named."""
    processes: Sequence[KeptProcess] = ()

    def forget(self) -> None:
        """A visit has ended: what its devices' processes hold of it ends with them."""
        for one in self.processes:
            one.renew()

    async def close(self) -> None:
        """Let everything go; for the end of the terminal."""
        self.reader.close()
        self.camera.close()
        self.receipt_printer.close()
        await asyncio.gather(*(one.close() for one in self.processes))
        await self.document_printer.close()
        if self.keeper is not None:
            await self.keeper.close()


def equip(devices: DevicesSection, chance: Random | None = None) -> Equipment:
    """The devices that a configuration asks for. Raises BadConfiguration.

    `chance` spreads the starts of processes that die.
    """
    auto = devices.document_printer == AUTO
    try:
        _check(devices)
        model = model_called(devices.receipt_model)
        keeper = Keeper.of_system(Role.DOCUMENT_PRINTER) if auto else None
        document_printer = make_document_printer(devices, keeper)
    except ValueError as error:
        raise BadConfiguration(f"devices: {error}") from error
    section, luck = asdict(devices), chance or Random()
    reader, camera, receipts = (
        KeptProcess(role, section, luck)
        for role in (Role.IDCARD, Role.CAMERA, Role.RECEIPT_PRINTER)
    )
    return Equipment(
        ApartReader(reader),
        ApartCamera(camera),
        ApartReceiptPrinter(receipts, model),
        document_printer,
        keeper,
        (reader, camera, receipts),
    )


def make_document_printer(devices: DevicesSection, keeper: Keeper | None) -> DocumentPrinter:
    """The document printer; `keeper` has one that nobody named. Raises ValueError."""
    if keeper is None:
        return IppPrinter(devices.document_printer)
    from drivers.supervised import SupervisedDocumentPrinter

    return SupervisedDocumentPrinter(keeper.supervisor)


def _check(devices: DevicesSection) -> None:
    """Whether the places of devices apart can be. Raises ValueError.

    The devices' own processes would say the same, but only once they run.
    """
    if devices.card_reader not in ("", AUTO) and not devices.card_reader.startswith(PCSC_PREFIX):
        raise ValueError(f"card_reader {devices.card_reader!r} is not pcsc:NAME or auto")
    if devices.camera != AUTO:
        parse_source(devices.camera)
    if devices.receipt_printer != AUTO:
        parse_target(devices.receipt_printer)
