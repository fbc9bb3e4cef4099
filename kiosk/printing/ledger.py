"""The print ledger: what became of every copy, in the vault, whatever died meanwhile.

Each step is on the disk before the next is taken, with its audit record in the same
transaction. A job that a crash left open is asked about at the next start
(`reconcile.py`); the terminal never prints it again by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.audit import note
from kiosk.audit_events import AuditEvent
from kiosk.printing.port import JobOutcome
from offline import outbox
from offline.lanes import Lane
from offline.transaction import Transaction
from offline.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    prepared_at TEXT NOT NULL,
    certificate_type TEXT NOT NULL,
    copies INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    printer_job INTEGER,
    outcome TEXT NOT NULL,
    copies_out INTEGER,
    reason TEXT,
    boot TEXT NOT NULL
) STRICT
"""
OPEN = (JobOutcome.PREPARED, JobOutcome.SUBMITTED)
Also = Callable[[Transaction], None]
"""What is to happen in the same transaction."""


class Counting(Protocol):
    """Counts copies beside the ledger, each time in the ledger's own transaction."""

    def begun(self, txn: Transaction, job: int) -> None:
        """Copies are about to be handed to the printer. Raises Failure: then they are not."""

    def ended(self, txn: Transaction, job: int, *, nothing_printed: bool) -> None:
        """The job is over; whether it is certain that nothing of it was printed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as the ledger has it."""

    number: int
    name: str
    """Its name at the printer, which no other job of any terminal has."""
    copies: int
    pages: int
    """Of all copies together."""
    printer_job: int | None
    outcome: JobOutcome
    copies_out: int | None
    """Copies that are certainly out; None where that cannot be known."""
    same_boot: bool = True
    """Whether the machine has run on since it was prepared."""


class PrintLedger:
    """Every print job and how it ended."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def prepare(
        self, certificate_type: str, copies: int, pages: int, counting: Counting | None = None
    ) -> Job:
        """A job is about to be handed over. Raises VaultFailure, Failure: then it must not be."""
        store = self._vault.name

        def work(txn: Transaction) -> Job:
            number = txn.insert(
                "INSERT INTO job"
                " (name, prepared_at, certificate_type, copies, pages, outcome, boot)"
                " VALUES ('', ?, ?, ?, ?, ?, ?)",
                (txn.now.isoformat(), certificate_type, copies, pages, JobOutcome.PREPARED,
                 txn.clock.boot),
            )
            name = f"tongban-{store[:8]}-{number}"
            txn.execute("UPDATE job SET name = ? WHERE number = ?", (name, number))
            note(txn, AuditEvent.JOB_PREPARED, {"job": number, "copies": copies})
            if counting is not None:
                counting.begun(txn, number)
            return Job(number, name, copies, pages, None, JobOutcome.PREPARED, None)

        return await self._vault.write(work)

    async def submitted(self, number: int, printer_job: int) -> None:
        """The printer has the job."""
        await self._vault.write(lambda txn: txn.execute(
            "UPDATE job SET printer_job = ?, outcome = ? WHERE number = ?",
            (printer_job, JobOutcome.SUBMITTED, number),
        ))

    async def settled(
        self, number: int, outcome: JobOutcome, reason: str | None,
        copies_out: int | None = None, also: Also | None = None,
    ) -> None:
        """How the job ended. `copies_out`: copies that are certainly out, where not all are."""

        def work(txn: Transaction) -> None:
            txn.execute(
                "UPDATE job SET outcome = ?, reason = ?, copies_out = ? WHERE number = ?",
                (outcome, reason, copies_out, number),
            )
            told: dict[str, str | int] = {
                "job": number, "outcome": str(outcome), "reason": reason or "",
            }
            note(txn, AuditEvent.JOB_SETTLED, told)
            outbox.put(txn, Lane.REPORT, "print_job", {**told, "copies_out": copies_out})
            if also is not None:
                also(txn)

        await self._vault.write(work)

    async def outcomes(self) -> list[tuple[int, JobOutcome]]:
        """All jobs and how they ended, the oldest first."""
        rows = await self._vault.read(
            lambda txn: txn.execute("SELECT number, outcome FROM job ORDER BY number")
        )
        return [(number, JobOutcome(outcome)) for number, outcome in rows]

    async def open_jobs(self) -> list[Job]:
        """Jobs whose end is not in the ledger: a crash left them."""
        rows = await self._vault.read(lambda txn: txn.execute(
            "SELECT number, name, copies, pages, printer_job, outcome, copies_out, boot = ?"
            " FROM job WHERE outcome IN (?, ?) ORDER BY number", (txn.clock.boot, *OPEN),
        ))
        return [
            Job(number, name, copies, pages, job, JobOutcome(outcome), out, bool(same))
            for number, name, copies, pages, job, outcome, out, same in rows
        ]
