"""Which readers a configuration asks for."""

import pytest

from drivers.idcard.driver import SdtReader
from drivers.idcard.several import SeveralReaders
from drivers.smartcard.driver import PcscReader
from drivers.supervisor import Supervisor
from kiosk.config import BadConfiguration, DevicesSection
from kiosk.equipment import AUTO, Keeper, equip

OTHERS = {
    "camera": "0", "receipt_printer": "tcp://127.0.0.1:9", "document_printer": "ipp://127.0.0.1:9"
}


def reader_of(reader: str, card_reader: str = ""):
    keeper = Keeper(Supervisor([], []))
    return equip(DevicesSection(reader=reader, card_reader=card_reader, **OTHERS), keeper).reader


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
    assert type(reader_of(reader, card_reader)) is kind


def test_a_chip_card_reader_that_can_not_be_is_said_with_its_name():
    with pytest.raises(BadConfiguration, match="card_reader '/dev/ttyS0'"):
        reader_of("/dev/ttyUSB0", "/dev/ttyS0")
