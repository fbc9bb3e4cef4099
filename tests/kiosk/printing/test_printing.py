"""The ledger survives a kill; a document is handed over once; a receipt tells no names."""

import asyncio

import pytest

from drivers.device import DeviceFailure, FailureReason, Observable, Status
from drivers.document_printer.port import JobProgress, JobState
from kiosk.errors import Failure
from kiosk.printing.ledger import PrintLedger
from kiosk.printing.pipeline import print_document
from kiosk.printing.port import JobOutcome, Receipt
from kiosk.printing.receipt import draw_receipt
from kiosk.reasons import Reason
from kiosk.visit.personal import mask_name, mask_number
from tests.offline.stores import open_store


class Printer:
    """A printer that fails where it is told to."""

    def __init__(self, fails_at="", reason=FailureReason.PRINTER_JAMMED):
        self.status = Observable(Status.ONLINE)
        self.fails_at, self.reason, self.calls = fails_at, reason, []

    def _step(self, name):
        self.calls.append(name)
        if name == self.fails_at:
            raise DeviceFailure(self.reason)

    async def preflight(self):
        self._step("preflight")

    async def submit(self, pdf, job_name, options=None):
        self._step("submit")
        return 9

    async def settle(self, job_id, progress):
        self._step("settle")
        return JobProgress(job_id, JobState.COMPLETED, 1)

    async def find(self, job_name):
        self._step("find")
        return 9

    async def cancel(self, job_id):
        self._step(f"cancel {job_id}")


@pytest.fixture
def ledger(tmp_path):
    vault = open_store(tmp_path)
    yield PrintLedger(vault)
    vault.close()


async def run(printer, ledger):
    return await print_document(printer, ledger, b"%PDF", "household", 1, 1, lambda _: None)


async def test_success_is_said_when_the_printer_has_said_it(ledger):
    printer = Printer()
    assert await run(printer, ledger) == 1
    assert printer.calls == ["preflight", "submit", "settle"]
    assert await ledger.outcomes() == [(1, JobOutcome.PRINTED)]


@pytest.mark.parametrize(
    ("fails_at", "reason", "outcomes"),
    [
        ("preflight", FailureReason.PRINTER_NO_PAPER, []),
        ("submit", FailureReason.PRINTER_REFUSED, [(1, JobOutcome.NOT_PRINTED)]),
        ("submit", FailureReason.PRINT_UNKNOWN, [(1, JobOutcome.UNKNOWN)]),
        ("settle", FailureReason.PRINTER_JAMMED, [(1, JobOutcome.NOT_PRINTED)]),
        ("settle", FailureReason.PRINT_UNKNOWN, [(1, JobOutcome.UNKNOWN)]),
    ],
)
async def test_a_failure_is_in_the_ledger_and_nothing_is_sent_twice(
    ledger, fails_at, reason, outcomes
):
    printer = Printer(fails_at, reason)
    with pytest.raises(Failure) as caught:
        await run(printer, ledger)
    assert caught.value.reason == Reason(str(reason))
    assert printer.calls.count("submit") <= 1
    assert await ledger.outcomes() == outcomes


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李秀兰", "李*兰"), ("李兰", "李*"), ("", ""), ("张𡨽", "张*"),
        ("阿依古丽·买买提", "阿******提"),
    ],
)
def test_a_name_is_masked_to_its_first_and_last_character(name, masked):
    assert mask_name(name) == masked


def test_a_number_is_masked_to_its_last_four_characters():
    assert mask_number("119900195803120627") == "**************0627"


@pytest.mark.parametrize("dots", [384, 576])
def test_a_receipt_fits_its_paper(dots):
    receipt = Receipt(
        "柳塘村便民服务中心", "DEMO-0001", "20261123-00001", "李*兰",
        "基本养老保险参保缴费凭证", "Basic pension insurance: record of contributions",
        "社保医保", 2, 2, "2026-11-23 10:00",
    )
    raster = draw_receipt(receipt, dots)
    assert raster.shape[1] == dots
    assert not raster[:, :4].any()
    assert not raster[:, -4:].any()


async def test_a_job_whose_visit_is_ended_is_cancelled_and_unknown(ledger):
    class Slow(Printer):
        async def settle(self, job_id, progress):
            self.calls.append("settle")
            await asyncio.sleep(30)

        async def cancel(self, job_id):
            self.calls.append(f"cancel {job_id}")

    printer = Slow()
    task = asyncio.create_task(run(printer, ledger))
    while "settle" not in printer.calls:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert printer.calls[-1] == "cancel 9"
    assert await ledger.outcomes() == [(1, JobOutcome.UNKNOWN)]


async def test_a_job_whose_number_was_never_heard_is_looked_for_and_cancelled(ledger):
    printer = Printer("submit", FailureReason.PRINT_UNKNOWN)
    with pytest.raises(Failure):
        await run(printer, ledger)
    assert printer.calls == ["preflight", "submit", "find", "cancel 9"]
