"""The driver over TCP, with the printer in another process."""

import numpy as np
import pytest
from PIL import Image

from drivers.device import DeviceFailure, FailureReason
from drivers.receipt_printer.driver import EscposPrinter, transport
from drivers.receipt_printer.port import Paper, Settlement
from tests.conftest import last_json, run_module

RECEIPT = np.tile(np.arange(576) % 9 == 0, (160, 1))


@pytest.fixture
def printer_and_simulator(simulate, tmp_path):
    simulator = simulate(
        "drivers.receipt_printer", "--out", str(tmp_path), "--mm-per-second", "400"
    )
    printer = EscposPrinter(simulator.address)
    yield printer, simulator
    printer.close()


async def test_a_receipt_settles_when_the_printer_says_so(printer_and_simulator):
    printer, simulator = printer_and_simulator
    assert await printer.print(RECEIPT) is Settlement.PRINTED
    report = simulator.report("receipt")
    printed = np.array(Image.open(report["path"])) < 128
    assert np.array_equal(printed[:160], RECEIPT)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("paper_out", FailureReason.RECEIPT_PRINTER_NO_PAPER),
        ("cover_open", FailureReason.RECEIPT_PRINTER_COVER_OPEN),
        ("error", FailureReason.RECEIPT_PRINTER_FAULT),
        ("paper_out_midway", FailureReason.RECEIPT_PRINTER_NO_PAPER),
        ("mute", FailureReason.RECEIPT_PRINTER_FAULT),
    ],
)
async def test_every_fault_ends_in_its_own_reason(printer_and_simulator, fault, reason):
    printer, simulator = printer_and_simulator
    simulator.order("fault", name=fault)
    with pytest.raises(DeviceFailure) as caught:
        await printer.print(np.tile(RECEIPT, (4, 1)))
    assert caught.value.reason is reason


async def test_nothing_of_a_failed_receipt_comes_out_for_the_next_person(printer_and_simulator):
    printer, simulator = printer_and_simulator
    simulator.order("fault", name="paper_out_midway")
    with pytest.raises(DeviceFailure):
        await printer.print(np.tile(RECEIPT, (4, 1)))
    simulator.order("clear")
    short = RECEIPT[:40]
    await printer.print(short)
    printed = np.array(Image.open(simulator.report("receipt")["path"])) < 128
    assert np.array_equal(printed[:40], short)
    assert not printed[40:].any()


async def test_near_end_and_silence_are_told_apart(printer_and_simulator):
    printer, simulator = printer_and_simulator
    simulator.order("fault", name="paper_low")
    assert (await printer.condition()).paper is Paper.LOW
    simulator.order("fault", name="mute")
    assert (await printer.condition()).paper is Paper.UNKNOWN


async def test_a_printer_that_is_not_there_is_said():
    printer = EscposPrinter("tcp://127.0.0.1:9")
    with pytest.raises(DeviceFailure) as caught:
        await printer.condition()
    assert caught.value.reason is FailureReason.RECEIPT_PRINTER_FAULT
    printer.close()


async def test_a_file_takes_all_and_proves_nothing(tmp_path):
    target = tmp_path / "receipt.bin"
    printer = EscposPrinter(f"file:{target}")
    assert await printer.print(RECEIPT) is Settlement.UNPROVEN
    assert target.read_bytes().startswith(b"\x1b@\x1dv0")
    printer.close()


@pytest.mark.parametrize("target", ["", "tcp://host", "usb:xx:yy", "ftp://x:1", "serial:"])
def test_a_target_that_is_none_is_refused_with_what_is_possible(target):
    with pytest.raises(ValueError, match="is none of tcp://HOST:PORT"):
        transport(target)


def test_the_command_line_prints_a_test_page_and_tells_the_status(simulate, tmp_path):
    simulator = simulate("drivers.receipt_printer", "--out", str(tmp_path))
    done = run_module("drivers.receipt_printer", "status", "--target", simulator.address, "--json")
    assert last_json(done.stdout)["paper"] == "full"
    done = run_module("drivers.receipt_printer", "test", "--target", simulator.address, "--json")
    assert (done.returncode, last_json(done.stdout)["state"]) == (0, "printed")
