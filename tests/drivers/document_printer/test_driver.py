"""The driver against our simulator, for its faults, in another process."""

import asyncio

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer import driver as module
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import (
    JobOptions,
    JobState,
    Media,
    MediaSize,
    Sides,
    Supply,
)
from tests.conftest import last_json, run_module

PAGE = b"%PDF-1.4 one page"


@pytest.fixture
def simulator(simulate, tmp_path):
    return simulate(
        "drivers.document_printer", "--out", str(tmp_path),
        "--first-page", "0.3", "--next-page", "0.1",
    )


async def print_page(address: str):
    printer, seen = IppPrinter(address), []
    try:
        await printer.preflight()
        job = await printer.submit(PAGE, "test")
        return await printer.settle(job, seen.append), seen
    finally:
        await printer.close()


async def test_a_job_is_followed_to_its_end_and_the_paper_is_what_was_sent(simulator):
    job, seen = await print_page(simulator.address)
    assert job.state is JobState.COMPLETED
    assert [one.state for one in seen][-1] is JobState.COMPLETED
    with open(simulator.report("document")["path"], "rb") as file:
        assert file.read() == PAGE


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("no_paper", FailureReason.PRINTER_NO_PAPER),
        ("jam", FailureReason.PRINTER_JAMMED),
        ("cover_open", FailureReason.PRINTER_COVER_OPEN),
        ("toner_out", FailureReason.PRINTER_NO_TONER),
        ("paused", FailureReason.PRINTER_STOPPED),
        ("refuse", FailureReason.PRINTER_STOPPED),
        ("gone", FailureReason.PRINTER_UNREACHABLE),
    ],
)
async def test_preflight_tells_what_is_wrong_before_anything_is_sent(simulator, fault, reason):
    simulator.order("fault", name=fault)
    with pytest.raises(DeviceFailure) as caught:
        await print_page(simulator.address)
    assert caught.value.reason is reason


@pytest.mark.parametrize("fault", ["toner_low", "paper_low"])
async def test_low_supplies_do_not_stop_a_job(simulator, fault):
    simulator.order("fault", name=fault)
    assert (await print_page(simulator.address))[0].state is JobState.COMPLETED


async def test_a_jam_in_the_middle_cancels_the_job_so_that_nothing_comes_later(
    simulator, monkeypatch
):
    monkeypatch.setattr(module, "STOPPED_SECONDS", 0.3)
    simulator.order("fault", name="jam_midway")
    printer = IppPrinter(simulator.address)
    job = await printer.submit(PAGE, "test")
    with pytest.raises(DeviceFailure) as caught:
        await printer.settle(job, lambda _: None)
    assert caught.value.reason is FailureReason.PRINTER_JAMMED
    simulator.order("clear")
    await asyncio.sleep(0.6)
    assert (await printer.cancel(job)).state is JobState.CANCELED
    await printer.close()


async def test_a_stop_that_passes_does_not_fail_the_job(simulator):
    printer = IppPrinter(simulator.address)
    job = await printer.submit(PAGE, "test")
    simulator.order("fault", name="no_paper")
    settling = asyncio.create_task(printer.settle(job, lambda _: None))
    await asyncio.sleep(0.5)
    simulator.order("clear")
    assert (await settling).state is JobState.COMPLETED
    await printer.close()


async def test_a_printer_lost_while_it_prints_leaves_the_end_unknown(simulator, monkeypatch):
    monkeypatch.setattr(module, "LOST_SECONDS", 0.3)
    printer = IppPrinter(simulator.address)
    job = await printer.submit(PAGE, "test")
    simulator.order("fault", name="gone")
    with pytest.raises(DeviceFailure) as caught:
        await printer.settle(job, lambda _: None)
    assert caught.value.reason is FailureReason.PRINT_UNKNOWN
    await printer.close()


async def test_paper_is_known_to_be_absent_only_when_the_printer_says_so(simulator):
    printer = IppPrinter(simulator.address)
    assert (await printer.preflight()).media is Media.PRESENT
    await printer.close()


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match="is not an ipp"):
        IppPrinter("http://printer")


def test_the_command_line_prints_and_waits(simulator, tmp_path):
    file = tmp_path / "page.pdf"
    file.write_bytes(PAGE)
    done = run_module(
        "drivers.document_printer", "print", str(file), "--target", simulator.address, "--json"
    )
    assert done.returncode == 0
    assert last_json(done.stdout) == {"job_id": 1, "state": "completed", "pages": 1}


async def test_options_of_a_job_arrive_and_what_the_printer_lacks_is_refused(simulator):
    printer = IppPrinter(simulator.address)
    wish = JobOptions(sides=Sides.LONG_EDGE, tray="tray-1")
    await printer.preflight(wish)
    job = await printer.submit(PAGE, "test", wish)
    options = simulator.report("job")["options"]
    assert options["sides"] == "two-sided-long-edge"
    assert options["print-scaling"] == "none"
    assert options["media-col"]["media-source"] == ["tray-1"]
    await printer.settle(job, lambda _: None)
    with pytest.raises(DeviceFailure, match="media iso_a5"):
        await printer.preflight(JobOptions(MediaSize.A5))
    await printer.close()


async def test_an_empty_tray_is_told_before_anything_is_sent(simulator):
    simulator.order("fault", name="tray_empty")
    with pytest.raises(DeviceFailure) as caught:
        await print_page(simulator.address)
    assert caught.value.reason is FailureReason.PRINTER_NO_PAPER


async def test_a_queue_that_stopped_for_want_of_paper_is_resumed_after_the_refill(simulator):
    printer = IppPrinter(simulator.address)
    for fault in ("no_paper", "paused"):
        simulator.order("fault", name=fault)
    with pytest.raises(DeviceFailure):
        await printer.preflight()
    simulator.order("clear")
    simulator.order("fault", name="paused")
    await printer.preflight()
    job = await printer.submit(PAGE, "test")
    assert (await printer.settle(job, lambda _: None)).state is JobState.COMPLETED
    await printer.close()


async def test_a_queue_paused_by_hand_is_not_resumed(simulator):
    simulator.order("fault", name="paused")
    for _ in range(2):
        with pytest.raises(DeviceFailure) as caught:
            await print_page(simulator.address)
        assert caught.value.reason is FailureReason.PRINTER_STOPPED


async def test_a_printer_that_stands_still_and_says_nothing_is_given_up(simulator, monkeypatch):
    monkeypatch.setattr(module, "STILL_SECONDS", 0.5)
    simulator.order("fault", name="stuck")
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(print_page(simulator.address), 10)
    assert caught.value.reason is FailureReason.PRINTER_STOPPED


async def test_a_power_cut_in_the_middle_of_a_page_cannot_be_known(simulator, monkeypatch):
    monkeypatch.setattr(module, "LOST_SECONDS", 0.5)
    simulator.order("fault", name="power_cut")
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(print_page(simulator.address), 10)
    assert caught.value.reason is FailureReason.PRINT_UNKNOWN


async def test_late_answers_are_waited_for(simulator):
    simulator.order("fault", name="late")
    assert (await print_page(simulator.address))[0].state is JobState.COMPLETED


async def test_supplies_and_trays_are_told(simulator):
    printer = IppPrinter(simulator.address)
    condition = await printer.condition()
    await printer.close()
    assert (condition.toner, condition.trays[0].sheets) == (Supply.FULL, 250)


async def test_a_refill_by_itself_leaves_a_later_pause_to_whoever_made_it(simulator):
    printer = IppPrinter(simulator.address)
    simulator.order("fault", name="no_paper")
    with pytest.raises(DeviceFailure):
        await printer.preflight()
    simulator.order("clear")
    await printer.preflight()
    simulator.order("fault", name="paused")
    for _ in range(2):
        with pytest.raises(DeviceFailure) as caught:
            await printer.preflight()
        assert caught.value.reason is FailureReason.PRINTER_STOPPED
    await printer.close()


async def test_closing_the_line_under_a_question_is_a_failure_of_the_list(simulator):
    simulator.order("fault", name="late")
    printer = IppPrinter(simulator.address)
    asking = asyncio.create_task(printer.condition())
    await asyncio.sleep(0.1)
    await printer.close()
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(asking, 5)
    assert caught.value.reason is FailureReason.PRINTER_UNREACHABLE
