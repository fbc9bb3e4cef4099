"""Which devices a process makes of a configuration."""

import pytest

from drivers.camera.driver import OpenCvCamera
from drivers.idcard.driver import SdtReader
from drivers.idcard.several import SeveralReaders
from drivers.receipt_printer.driver import EscposPrinter
from drivers.smartcard.driver import PcscReader
from drivers.supervised import SupervisedCamera, SupervisedReceiptPrinter
from drivers.supervisor import Bus, Role, Supervisor
from kiosk.apart import making
from kiosk.apart.keeper import Keeper
from kiosk.config import AUTO, DevicesSection

OTHERS = {
    "camera": "0", "receipt_printer": "tcp://127.0.0.1:9", "document_printer": "ipp://127.0.0.1:9"
}
KEEPER = Keeper(Supervisor([], []))


@pytest.mark.parametrize(
    ("reader", "card_reader", "kind"),
    [
        ("/dev/ttyUSB0", "", SdtReader),
        ("pcsc:A", "", PcscReader),
        ("/dev/ttyUSB0", "pcsc:A", SeveralReaders),
        ("/dev/ttyUSB0", AUTO, SeveralReaders),
        (AUTO, "", SeveralReaders),
        (AUTO, "pcsc:A", SeveralReaders),
    ],
)
def test_one_reader_is_used_as_it_is_and_more_are_used_as_one(reader, card_reader, kind):
    section = DevicesSection(reader=reader, card_reader=card_reader, **OTHERS)
    assert type(making.make_reader(section, KEEPER)) is kind


def test_a_chip_card_reader_that_is_named_is_not_taken_by_the_supervisor_too():
    def kept(reader, card_reader):
        return making.kept_buses(DevicesSection(reader=reader, card_reader=card_reader, **OTHERS))

    assert Bus.PCSC in kept(AUTO, "")
    assert Bus.PCSC not in kept(AUTO, "pcsc:A")
    assert kept("/dev/ttyUSB0", AUTO) == [Bus.PCSC]
    assert kept("/dev/ttyUSB0", "") == []


def test_devices_are_used_where_they_are_named_and_else_as_they_are_found():
    named = DevicesSection(reader="/dev/ttyUSB0", **OTHERS)
    assert type(making.make_camera(named, None)) is OpenCvCamera
    assert type(making.make_receipt_printer(named, None)) is EscposPrinter
    assert type(making.make_camera(DevicesSection(), KEEPER)) is SupervisedCamera
    assert type(making.make_receipt_printer(DevicesSection(), KEEPER)) is SupervisedReceiptPrinter


@pytest.mark.parametrize("role", [Role.IDCARD, Role.CAMERA, Role.RECEIPT_PRINTER])
def test_a_process_supervises_its_own_kind_only(role):
    keeper = making.keeper_for(role, DevicesSection())
    assert {driver.role for driver in keeper.supervisor._drivers} == {role}
    assert making.keeper_for(role, DevicesSection(reader="/dev/ttyUSB0", **OTHERS)) is None
