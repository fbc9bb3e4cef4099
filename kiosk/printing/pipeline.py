"""Printing with an outcome: preflight, submit, settle; each step in the ledger first.

Success is said only when the printer has said it. A document is handed over once; what
cannot be known is `unknown` and goes to the staff.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer.port import DocumentPrinter, JobOptions, JobProgress
from kiosk.errors import Failure
from kiosk.printing.ledger import Also, Counting, PrintLedger
from kiosk.printing.port import JobOutcome
from kiosk.reasons import Reason
from offline.failures import VaultFailure

log = logging.getLogger(__name__)


async def print_document(
    printer: DocumentPrinter,
    ledger: PrintLedger,
    document: bytes,
    certificate_type: str,
    copies: int,
    pages: int,
    progress: Callable[[JobProgress], None],
    options: JobOptions | None = None,
    counting: Counting | None = None,
) -> int:
    """Print and wait until it settled; the job's number in the ledger. Raises Failure.

    `counting` is told in the transactions in which the job is written down, before it is handed
    over, and in which its end is.
    """
    try:
        await printer.preflight()
    except DeviceFailure as failure:
        raise as_failure(failure) from failure
    try:
        job = await ledger.prepare(certificate_type, copies, pages, counting)
    except VaultFailure as failure:
        raise Failure(Reason.STORE_FAULT, str(failure)) from failure
    number = job.number
    over = partial(ledger.settled, number, also=_ended(counting, number, nothing_printed=False))
    printer_job: int | None = None
    try:
        printer_job = await printer.submit(document, job.name, options)
        await ledger.submitted(number, printer_job)
        await printer.settle(printer_job, progress)
    except DeviceFailure as failure:
        unknown = failure.reason is FailureReason.PRINT_UNKNOWN
        outcome = JobOutcome.UNKNOWN if unknown else JobOutcome.NOT_PRINTED
        # Once a printer has taken a job, a page may have come out, whatever it says later.
        refused = printer_job is None and outcome is JobOutcome.NOT_PRINTED
        if printer_job is None and unknown:
            await asyncio.shield(_recall(printer, job.name))
        ended = _ended(counting, number, nothing_printed=refused)
        await ledger.settled(number, outcome, str(failure.reason), 0 if refused else None, ended)
        raise as_failure(failure) from failure
    except BaseException:
        # The visit was ended, or broke, while the printer had the job: it must not come
        # out for the next person, and nobody may believe that it is known.
        await asyncio.shield(_abandon(printer, over, printer_job, job.name))
        raise
    await over(JobOutcome.PRINTED, None, copies)
    return number


def _ended(counting: Counting | None, job: int, *, nothing_printed: bool) -> Also | None:
    """What counts the copies of a job is told that it is over."""
    if counting is None:
        return None
    return partial(counting.ended, job=job, nothing_printed=nothing_printed)


async def _abandon(
    printer: DocumentPrinter, over: Callable[..., Awaitable[None]], printer_job: int | None,
    name: str,
) -> None:
    """Cancel what nobody waits for any more; `over` writes down how the job ended."""
    await _recall(printer, name, printer_job)
    await over(JobOutcome.UNKNOWN, "interrupted")


async def _recall(printer: DocumentPrinter, name: str, printer_job: int | None = None) -> None:
    """Cancel a job, so that nothing of it comes out for the next person.

    One whose number was never heard may be with the printer all the same.
    """
    try:
        number = printer_job if printer_job is not None else await printer.find(name)
        if number is not None:
            await printer.cancel(number)
    except DeviceFailure as failure:
        log.warning("job %s could not be cancelled: %s", name, failure)


def as_failure(failure: DeviceFailure) -> Failure:
    """A device's failure in the terminal's closed list, which holds the same words."""
    return Failure(Reason(str(failure.reason)), failure.detail)
