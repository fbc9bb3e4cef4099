"""The devices that a configuration asks for, each in a process of its own."""

import pytest

from drivers.document_printer.driver import IppPrinter
from drivers.supervisor import Role
from kiosk.apart.calls import APART
from kiosk.config import AUTO, BadConfiguration, DevicesSection
from kiosk.equipment import equip

PLACES = {
    "reader": "/dev/ttyUSB0", "camera": "0", "receipt_printer": "tcp://127.0.0.1:9",
    "document_printer": "ipp://127.0.0.1:9",
}


def test_what_can_crash_has_a_process_and_no_process_runs_before_it_is_needed():
    made = equip(DevicesSection(**PLACES))
    assert tuple(one.role for one in made.processes) == APART
    assert all(one.pid is None for one in made.processes)
    assert type(made.document_printer) is IppPrinter
    assert made.keeper is None


def test_the_receipt_printer_can_what_its_model_can():
    made = equip(DevicesSection(**PLACES, receipt_model="raster58"))
    assert made.receipt_printer.capabilities.dots == 384


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"card_reader": "/dev/ttyS0"}, "card_reader '/dev/ttyS0'"),
        ({"camera": ""}, "a camera needs a source"),
        ({"receipt_printer": "paper"}, "target 'paper'"),
        ({"receipt_model": "none"}, "no receipt printer 'none'"),
        ({"document_printer": "http://127.0.0.1"}, "target 'http://127.0.0.1'"),
    ],
)
def test_a_place_that_cannot_be_is_said_with_its_name(wrong, said):
    with pytest.raises(BadConfiguration, match=said):
        equip(DevicesSection(**{**PLACES, **wrong}))


async def test_a_document_printer_that_nobody_named_is_looked_for_here():
    made = equip(DevicesSection(**{**PLACES, "document_printer": AUTO}))
    assert made.keeper is not None
    assert {driver.role for driver in made.keeper.supervisor._drivers} == {Role.DOCUMENT_PRINTER}
    await made.close()
