"""The driver against a real cupsd, with a queue to a real ippeveprinter."""

import asyncio
import subprocess

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer import driver as module
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobOptions, JobState, MediaSize, Sides
from tests.conftest import last_json, run_module
from tests.drivers.document_printer.conftest import DOCUMENT

EVERYWHERE, RAW = ("-m", "everywhere"), ("-m", "raw")
SLOW = """\
#!/bin/sh
sleep 3
"""


async def print_through(address: str, options: JobOptions | None = None):
    printer = IppPrinter(address)
    try:
        await printer.preflight(options)
        job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test", options)
        return await printer.settle(job, lambda _: None)
    finally:
        await printer.close()


@pytest.mark.parametrize("how", [EVERYWHERE, RAW])
async def test_a_document_goes_through_a_queue_unchanged_and_settles(cups, start_printer, how):
    program = start_printer(with_trays=how is EVERYWHERE)
    address = cups.queue("office", program.address, *how)
    job = await print_through(address)
    assert job.state is JobState.COMPLETED
    assert program.papers() == [DOCUMENT.read_bytes()]


async def test_duplex_and_tray_of_a_job_go_through_a_queue(cups, start_printer, tmp_path):
    out, command = tmp_path / "options", tmp_path / "command.sh"
    command.write_text(f'#!/bin/sh\nenv | grep ^IPP_ > "{out}"\n')
    command.chmod(0o755)
    program = start_printer(with_trays=True, command=str(command))
    address = cups.queue("office", program.address, *EVERYWHERE)
    await print_through(address, JobOptions(MediaSize.A4, Sides.LONG_EDGE, "tray-1"))
    told = out.read_text()
    assert "IPP_SIDES=two-sided-long-edge" in told
    assert "media-source=tray-1" in told


async def test_what_the_printer_behind_a_queue_lacks_is_refused_before_anything_is_sent(
    cups, start_printer
):
    program = start_printer(with_trays=True)
    address = cups.queue("office", program.address, *EVERYWHERE)
    with pytest.raises(DeviceFailure) as caught:
        await print_through(address, JobOptions(tray="tray-9"))
    assert caught.value.reason is FailureReason.PRINTER_REFUSED
    assert program.papers() == []


async def test_a_jam_stops_the_queue_the_job_is_thrown_away_and_the_queue_resumed(cups):
    address = cups.queue("jams", "jam:1", *RAW, "-o", "printer-error-policy=stop-printer")
    with pytest.raises(DeviceFailure) as caught:
        await print_through(address)
    assert caught.value.reason is FailureReason.PRINTER_JAMMED
    printer = IppPrinter(address)
    assert "paused" in (await printer.condition()).reasons
    await printer.resume()
    assert "paused" not in (await printer.condition()).reasons
    await printer.close()
    waiting = subprocess.run(
        ["lpstat", "-h", f"127.0.0.1:{cups.port}", "-o"], capture_output=True, text=True,
        check=False,
    ).stdout
    assert waiting.strip() == ""


async def test_a_printer_that_is_off_behind_its_queue_is_noticed_and_nothing_comes_later(
    cups, start_printer
):
    program = start_printer()
    address = cups.queue("office", program.address, *RAW)
    program.stop()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(print_through(address), 40)
    assert caught.value.reason is FailureReason.PRINTER_UNREACHABLE
    again = start_printer(port=program.port)
    await asyncio.sleep(8)
    assert again.papers() == []


async def test_a_queue_that_calls_a_forgotten_job_completed_is_not_believed(
    cups, start_printer, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "STOPPED_SECONDS", 20.0)
    command = tmp_path / "slow.sh"
    command.write_text(SLOW)
    command.chmod(0o755)
    program = start_printer(command=str(command))
    address = cups.queue("office", program.address, *RAW)
    printer = IppPrinter(address)
    await printer.preflight()
    job = await printer.submit(DOCUMENT.read_bytes(), "tongban-test")
    await asyncio.sleep(1.2)
    program.process.kill()
    program.process.wait()
    start_printer(port=program.port)
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(printer.settle(job, lambda _: None), 40)
    assert caught.value.reason in (FailureReason.PRINT_UNKNOWN, FailureReason.PRINTER_UNREACHABLE)
    await printer.close()


async def test_a_queue_that_is_paused_by_hand_is_left_to_whoever_paused_it(cups, start_printer):
    program = start_printer()
    address = cups.queue("office", program.address, *RAW)
    subprocess.run(
        ["cupsdisable", "-h", f"127.0.0.1:{cups.port}", "office"], check=True, timeout=20
    )
    with pytest.raises(DeviceFailure) as caught:
        await print_through(address)
    assert caught.value.reason is FailureReason.PRINTER_STOPPED
    done = run_module("drivers.document_printer", "resume", "--target", address, "--json")
    assert "paused" not in last_json(done.stdout)["reasons"]
    assert (await print_through(address)).state is JobState.COMPLETED
