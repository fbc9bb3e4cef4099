"""Counts copies of a package in the transactions of the print ledger (`kiosk/printing`).

Counted and reported before the printer gets them, counted back only where it is certain that
nothing was printed: also after a crash, by what the printer says of the job then.
"""

from dataclasses import dataclass

from kiosk.errors import Failure
from kiosk.packages.opening import as_failure
from kiosk.packages.port import Package
from kiosk.printing.ledger import Job
from kiosk.printing.port import JobOutcome
from kiosk.printing.reconcile import Finding
from kiosk.reasons import Reason
from offline.sealed import store
from offline.sealed.reasons import SealedFailure
from offline.transaction import Transaction


@dataclass(frozen=True, slots=True)
class PackageCounting:
    """The copies of one print job (`kiosk.printing.ledger.Counting`)."""

    package: Package
    copies: int

    def begun(self, txn: Transaction, job: int) -> None:
        """Count them as printed. Raises Failure."""
        try:
            first = store.take(txn, self.package.id, self.copies, job)
        except SealedFailure as failure:
            raise as_failure(failure) from failure
        if first != self.package.used:
            # The codes on the prepared pages are those of other copies.
            raise Failure(Reason.PACKAGE_USED_UP, "copies were counted meanwhile")

    def ended(self, txn: Transaction, job: int, *, nothing_printed: bool) -> None:
        """Count them back where nothing was printed."""
        store.settle(txn, job, nothing_printed=nothing_printed)


def restore_packages(txn: Transaction, job: Job, finding: Finding) -> None:
    """Put the count of a job right that a crash interrupted (`kiosk.printing.reconcile`)."""
    nothing = finding.outcome is JobOutcome.NOT_PRINTED and finding.copies_out == 0
    store.settle(txn, job.number, nothing_printed=nothing)
