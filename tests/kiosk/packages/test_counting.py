"""Copies are counted before the printer has them, whatever dies, and back only where it is sure."""

import asyncio
import shutil
from dataclasses import replace

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer.port import JobProgress, JobState
from kiosk.errors import Failure
from kiosk.packages.counting import PackageCounting, restore_packages
from kiosk.printing.ledger import PrintLedger
from kiosk.printing.pipeline import print_document
from kiosk.printing.reconcile import reconcile
from kiosk.reasons import Reason
from offline import outbox
from offline.lanes import Lane
from offline.sealed import store
from tests.kiosk.packages.conftest import LI, bring
from tests.kiosk.printing.test_reconcile import OLD
from tests.kiosk.printing.test_reconcile import Printer as PrinterWithPast
from tests.offline.stores import open_store


class Printer:
    """A printer that does as it is told, and notes how often it was given something."""

    def __init__(self, submit=None, settle=None):
        self.failures = {"submit": submit, "settle": settle}
        self.given = 0
        self.has_it = asyncio.Event()

    async def preflight(self):
        return None

    async def submit(self, document, name, options):
        self.given += 1
        self.has_it.set()
        if self.failures["submit"] is asyncio.Event:
            await asyncio.Event().wait()
        self._fail("submit")
        return 9

    async def find(self, name):
        return None

    async def settle(self, job, progress):
        if self.failures["settle"] is asyncio.Event:
            await asyncio.Event().wait()
        self._fail("settle")
        return JobProgress(job, JobState.COMPLETED, 1)

    async def cancel(self, job):
        return JobProgress(job, JobState.CANCELED, 0)

    def _fail(self, step):
        if self.failures[step] is not None:
            raise DeviceFailure(self.failures[step])


@pytest.fixture
async def package(opener, vault, platform):
    await bring(vault, platform.keep(copies=2))
    return (await opener.open(LI))[0]


def printing(printer, vault, package, copies=1):
    return print_document(
        printer, PrintLedger(vault), b"pdf", "household", copies, copies, lambda _: None,
        counting=PackageCounting(package, copies),
    )


async def left(vault):
    return await vault.read(
        lambda txn: sum(store.facts_of(txn, one).left for one in store.ids(txn))
    )


async def reports(vault):
    waiting = await vault.read(lambda txn: outbox.waiting(txn, 1 << 20, 100))
    return [one.kind for one in waiting if one.lane is Lane.CITIZEN]


async def test_a_copy_that_was_printed_is_counted_and_reported(vault, package):
    await printing(Printer(), vault, package)
    assert await left(vault) == 1
    assert await reports(vault) == ["package_printed"]


async def test_a_printer_that_refuses_costs_no_copy(vault, package):
    with pytest.raises(Failure):
        await printing(Printer(submit=FailureReason.PRINTER_REFUSED), vault, package)
    assert await left(vault) == 2
    assert await reports(vault) == ["package_printed", "package_returned"]


@pytest.mark.parametrize("printer", [
    Printer(submit=FailureReason.PRINT_UNKNOWN), Printer(settle=FailureReason.PRINTER_JAMMED),
    Printer(settle=FailureReason.PRINTER_NO_PAPER),
])
async def test_a_copy_that_may_have_come_out_stays_counted(vault, package, printer):
    with pytest.raises(Failure):
        await printing(printer, vault, package)
    assert await left(vault) == 1
    assert await reports(vault) == ["package_printed"]


async def test_more_than_is_left_never_reaches_the_printer(vault, package):
    printer = Printer()
    with pytest.raises(Failure) as caught:
        await printing(printer, vault, package, copies=3)
    assert caught.value.reason is Reason.PACKAGE_USED_UP
    assert printer.given == 0
    assert await PrintLedger(vault).outcomes() == []


async def test_pages_with_codes_of_other_copies_are_not_printed(vault, package):
    printer = Printer()
    with pytest.raises(Failure):
        await printing(printer, vault, replace(package, used=1))
    assert printer.given == 0


async def test_a_visit_that_ends_while_the_printer_has_the_job_costs_the_copy(vault, package):
    printer = Printer(settle=asyncio.Event)
    task = asyncio.create_task(printing(printer, vault, package))
    await printer.has_it.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await left(vault) == 1


@pytest.mark.parametrize(("past", "remaining"), [
    (PrinterWithPast([OLD]), 2), (PrinterWithPast(), 1),
])
async def test_after_a_crash_the_printer_says_whether_the_copy_counts(
    vault, package, time, tmp_path, past, remaining
):
    printer = Printer(submit=asyncio.Event)
    task = asyncio.create_task(printing(printer, vault, package))
    await printer.has_it.wait()
    # The disk as it is at this moment, as after a power cut.
    after = tmp_path / "after"
    after.mkdir()
    for file in tmp_path.glob("vault.*"):
        if file.suffix != ".lock":
            shutil.copyfile(file, after / file.name)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    woken = open_store(after, time)
    try:
        assert await left(woken) == 1
        ledger = PrintLedger(woken)
        await reconcile(past, ledger, await ledger.open_jobs(), restore_packages)
        assert await left(woken) == remaining
        await reconcile(past, ledger, await ledger.open_jobs(), restore_packages)
        assert await left(woken) == remaining
    finally:
        woken.close()
