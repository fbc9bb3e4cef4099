"""After a crash: what became of the copies that were under way then.

The printer is asked, by the job's number or, where the crash came before that was known,
by its name. Nothing is printed again; what may still come out is cancelled, so that it
does not come out for the next person. What cannot be known is said to be so, for staff to
look into the tray.
"""

import logging
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from drivers.document_printer.port import DocumentPrinter, JobProgress, JobState
from kiosk.printing.ledger import Job, PrintLedger
from kiosk.printing.port import JobOutcome
from offline.transaction import Transaction

log = logging.getLogger(__name__)

INTERRUPTED = "interrupted"
ON_ITS_WAY = (JobState.PROCESSING, JobState.PROCESSING_STOPPED)
"""States in which a page may be in the printer's path."""


class Restore(Protocol):
    """What else is to be put right in the transaction in which a job's end is written down."""

    def __call__(self, txn: Transaction, job: Job, finding: "Finding") -> None:
        """Put it right."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a job now."""

    outcome: JobOutcome
    copies_out: int | None
    """Copies that are certainly out."""


async def reconcile(
    printer: DocumentPrinter, ledger: PrintLedger, jobs: list[Job],
    restore: Restore | None = None,
) -> list[tuple[Job, Finding]]:
    """Find out about jobs that a crash left open, and write it down. Raises VaultFailure.

    Raises DeviceFailure where the printer cannot be asked: what is left of `jobs` is to be asked
    about again. What was begun since is none of them.
    """
    found = []
    while jobs:
        job = jobs[0]
        finding = await _look(printer, job)
        also = partial(restore, job=job, finding=finding) if restore is not None else None
        await ledger.settled(job.number, finding.outcome, INTERRUPTED, finding.copies_out, also)
        del jobs[0]
        log.warning("job %d was interrupted: %s", job.number, finding.outcome)
        found.append((job, finding))
    return found


async def _look(printer: DocumentPrinter, job: Job) -> Finding:
    number = job.printer_job
    if number is None:
        number = await printer.find(job.name)
    if number is None:
        # A printer that keeps its history and does not have the name never had the job; one
        # that forgot everything may have.
        remembers = await printer.remembers()
        outcome = JobOutcome.NOT_PRINTED if remembers else JobOutcome.UNKNOWN
        return Finding(outcome, 0 if remembers else None)
    before = await printer.progress(number, job.name)
    if before is None:
        return Finding(JobOutcome.UNKNOWN, None)
    after = before if before.state.settled else await printer.cancel(number)
    return judge(job, before, after)


def judge(job: Job, before: JobProgress, after: JobProgress) -> Finding:
    """What the printer's word on a job, as it was found and as it ended, says of its copies. Pure.

    A page that was on its way when the job was cancelled may have come out. After a power cut a
    queue begins an interrupted job anew by itself: what is completed then may be out twice.
    """
    if after.state is JobState.COMPLETED and not job.same_boot:
        return Finding(JobOutcome.UNKNOWN, job.copies)
    if after.state is JobState.COMPLETED:
        return Finding(JobOutcome.PRINTED, job.copies)
    if not after.state.settled or after.pages is None:
        return Finding(JobOutcome.UNKNOWN, None)
    if after.pages == 0 and before.state not in ON_ITS_WAY:
        return Finding(JobOutcome.NOT_PRINTED, 0)
    each = max(1, job.pages // job.copies)
    return Finding(JobOutcome.UNKNOWN, min(job.copies, after.pages // each))
