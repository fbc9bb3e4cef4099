"""USB receipt printers: the pipes that a printer has, and reading that finds nothing."""

from types import SimpleNamespace

import pytest
import usb.core

from drivers.receipt_printer import driver as module
from drivers.receipt_printer.driver import open_usb, read_usb


class Interface(list):
    def __init__(self, kind: int, *pipes: int) -> None:
        super().__init__(SimpleNamespace(bEndpointAddress=one) for one in pipes)
        self.bInterfaceClass = kind


@pytest.mark.parametrize(
    ("interfaces", "pipes"),
    [
        ([Interface(7, 0x02, 0x81)], (0x81, 0x02)),
        ([Interface(3, 0x83), Interface(7, 0x01, 0x82)], (0x82, 0x01)),
        ([Interface(255, 0x04)], (None, None)),
    ],
)
def test_a_printer_is_talked_to_on_the_pipes_that_it_names(monkeypatch, interfaces, pipes):
    device = SimpleNamespace(get_active_configuration=lambda: interfaces)
    monkeypatch.setattr(usb.core, "find", lambda **_: device)
    monkeypatch.setattr(module, "Usb", lambda *_, **fields: fields)
    made = open_usb(0x04B8, 0x0E15)
    assert (made.get("in_ep"), made.get("out_ep")) == pipes
    assert made["timeout"] > 0


def test_silence_is_nothing_and_not_a_failure():
    def read(*_):
        raise usb.core.USBTimeoutError("timed out")

    line = SimpleNamespace(in_ep=0x81, device=SimpleNamespace(read=read))
    assert read_usb(line, 0.1) == b""


def test_what_has_come_is_read_with_the_patience_that_is_asked_for():
    asked = []

    def read(*arguments):
        asked.append(arguments)
        return [0x12]

    line = SimpleNamespace(in_ep=0x81, device=SimpleNamespace(read=read))
    assert read_usb(line, 0.25) == b"\x12"
    assert asked == [(0x81, 64, 250)]
