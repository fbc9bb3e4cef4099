"""The driver against ippeveprinter, an IPP printer that none of us wrote."""

import json
import time

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer.discovery import Discovery
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobOptions, JobState, MediaSize, Sides, Supply
from tests.conftest import last_json, run_module
from tests.drivers.document_printer.conftest import DOCUMENT

KEEPS_OPTIONS = """\
#!/bin/sh
env | grep '^IPP_' | grep -v DEFAULT > "{out}"
"""


async def test_a_document_is_printed_by_a_foreign_program_and_settles(start_printer):
    program = start_printer()
    printer, states = IppPrinter(program.address), []
    await printer.preflight()
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test")
    settled = await printer.settle(job, lambda one: states.append(one.state))
    await printer.close()
    assert settled.state is JobState.COMPLETED
    assert states[-1] is JobState.COMPLETED
    assert program.papers() == [DOCUMENT.read_bytes()]


async def test_a_job_of_a_foreign_program_can_be_cancelled(start_printer):
    printer = IppPrinter(start_printer().address)
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test")
    assert (await printer.cancel(job)).state is JobState.CANCELED
    await printer.close()


async def test_trays_and_toner_of_a_foreign_program_are_told(start_printer):
    printer = IppPrinter(start_printer(with_trays=True).address)
    condition = await printer.condition()
    await printer.close()
    assert condition.toner is Supply.FULL
    assert [(one.name, one.percent) for one in condition.supplies] == [
        ("Black Toner", 75), ("Waste Toner", 25),
    ]
    assert [(tray.name, tray.media, tray.state) for tray in condition.trays] == [
        ("tray-1", str(MediaSize.A4), Supply.FULL),
        ("tray-2", str(MediaSize.A5), Supply.LOW),
    ]


async def test_side_tray_size_and_exactness_of_a_job_arrive(start_printer, tmp_path):
    out = tmp_path / "options"
    command = tmp_path / "command.sh"
    command.write_text(KEEPS_OPTIONS.format(out=out))
    command.chmod(0o755)
    printer = IppPrinter(start_printer(with_trays=True, command=str(command)).address)
    options = JobOptions(MediaSize.A5, Sides.LONG_EDGE, "tray-2")
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test", options)
    await printer.settle(job, lambda _: None)
    await printer.close()
    told = out.read_text()
    assert "IPP_SIDES=two-sided-long-edge" in told
    assert "media-source=tray-2" in told
    assert "x-dimension=14800" in told
    assert "IPP_PRINT_SCALING=none" in told


def test_a_printer_that_announces_itself_is_found_and_can_be_printed_to(start_printer):
    program = start_printer()
    discovery = Discovery()
    deadline = time.monotonic() + 10
    found = None
    while found is None and time.monotonic() < deadline:
        plain = [one for one in discovery.printers if one.target.startswith("ipp:")]
        found = next((one for one in plain if one.name == program.name), None)
        time.sleep(0.1)
    discovery.close()
    assert found is not None
    assert found.takes_pdf
    done = run_module(
        "drivers.document_printer", "print", str(DOCUMENT), "--target", found.target, "--json"
    )
    assert last_json(done.stdout).get("state") == "completed", done.stdout
    assert program.papers() == [DOCUMENT.read_bytes()]


def test_the_command_line_lists_printers_and_tells_how_one_is(start_printer):
    program = start_printer(with_trays=True)
    listed = run_module("drivers.document_printer", "discover", "--seconds", "3", "--json")
    assert program.name in {one["name"] for one in last_json(listed.stdout)["printers"]}
    told = run_module("drivers.document_printer", "status", "--target", program.address, "--json")
    fields = last_json(told.stdout)
    assert json.dumps(fields["trays"][0]).count("tray-1")


async def test_a_printer_that_ended_is_unreachable_and_prints_again_when_it_is_back(start_printer):
    program = start_printer()
    printer = IppPrinter(program.address)
    await printer.check()
    program.stop()
    with pytest.raises(DeviceFailure) as caught:
        await printer.check()
    assert caught.value.reason is FailureReason.PRINTER_UNREACHABLE
    start_printer(port=program.port)
    await printer.check()
    await printer.close()
