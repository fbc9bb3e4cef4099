"""Printing with an outcome: preflight, submit, settle; each step in the ledger first.

Success is said only when the printer has said it. A document is handed over once; what
cannot be known is `unknown` and goes to the staff.
"""

import asyncio
import logging
from collections.abc import Callable

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer.port import DocumentPrinter, JobOptions, JobProgress
from kiosk.errors import Failure
from kiosk.printing.ledger import Also, PrintLedger
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
    also: Also | None = None,
) -> int:
    """Print and wait until it settled; the job's number in the ledger. Raises Failure.

    `also` is done in the transaction in which the job is written down, before it is handed over.
    """
    try:
        await printer.preflight()
    except DeviceFailure as failure:
        raise as_failure(failure) from failure
    try:
        job = await ledger.prepare(certificate_type, copies, pages, also)
    except VaultFailure as failure:
        raise Failure(Reason.STORE_FAULT, str(failure)) from failure
    number = job.number
    printer_job: int | None = None
    try:
        printer_job = await printer.submit(document, job.name, options)
        await ledger.submitted(number, printer_job)
        await printer.settle(printer_job, progress)
    except DeviceFailure as failure:
        unknown = failure.reason is FailureReason.PRINT_UNKNOWN
        outcome = JobOutcome.UNKNOWN if unknown else JobOutcome.NOT_PRINTED
        await ledger.settled(number, outcome, str(failure.reason))
        raise as_failure(failure) from failure
    except BaseException:
        # The visit was ended, or broke, while the printer had the job: it must not come
        # out for the next person, and nobody may believe that it is known.
        await asyncio.shield(_abandon(printer, ledger, number, printer_job))
        raise
    await ledger.settled(number, JobOutcome.PRINTED, None, copies)
    return number


async def _abandon(
    printer: DocumentPrinter, ledger: PrintLedger, number: int, printer_job: int | None
) -> None:
    if printer_job is not None:
        try:
            await printer.cancel(printer_job)
        except DeviceFailure as failure:
            log.warning("job %d could not be cancelled: %s", printer_job, failure)
    await ledger.settled(number, JobOutcome.UNKNOWN, "interrupted")


def as_failure(failure: DeviceFailure) -> Failure:
    """A device's failure in the terminal's closed list, which holds the same words."""
    return Failure(Reason(str(failure.reason)), failure.detail)
