"""The print ledger: what became of every job, kept across power cuts.

One SQLite file, one writer, forced to the disk before the next step is taken. A job
that a crash left open is `unknown` from then on: the terminal never prints it again by
itself.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiosk.printing.port import JobOutcome

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    prepared_at TEXT NOT NULL,
    certificate_type TEXT NOT NULL,
    copies INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    printer_job INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT
) STRICT
"""
OPEN = (JobOutcome.PREPARED, JobOutcome.SUBMITTED)


class PrintLedger:
    """Every print job and how it ended."""

    def __init__(self, path: Path, now: Callable[[], str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._now = now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._database = self._thread.submit(self._open, path).result()

    async def prepare(self, certificate_type: str, copies: int, pages: int) -> int:
        """A job is about to be handed over; its number."""
        return await self._run(
            "INSERT INTO job (prepared_at, certificate_type, copies, pages, outcome)"
            " VALUES (?, ?, ?, ?, ?)",
            (self._now(), certificate_type, copies, pages, JobOutcome.PREPARED),
        )

    async def submitted(self, number: int, printer_job: int) -> None:
        """The printer has the job."""
        await self._run(
            "UPDATE job SET printer_job = ?, outcome = ? WHERE number = ?",
            (printer_job, JobOutcome.SUBMITTED, number),
        )

    async def settled(self, number: int, outcome: JobOutcome, reason: str | None) -> None:
        """How the job ended."""
        await self._run(
            "UPDATE job SET outcome = ?, reason = ? WHERE number = ?",
            (outcome, reason, number),
        )

    async def outcomes(self) -> list[tuple[int, JobOutcome]]:
        """All jobs and how they ended, the oldest first."""
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(
            self._thread,
            lambda: self._database.execute("SELECT number, outcome FROM job").fetchall(),
        )
        return [(number, JobOutcome(outcome)) for number, outcome in rows]

    def close(self) -> None:
        """Close the file."""
        self._thread.submit(self._database.close)
        self._thread.shutdown(wait=True)

    def _open(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(SCHEMA)
        database.execute(
            "UPDATE job SET outcome = ?, reason = 'interrupted' WHERE outcome IN (?, ?)",
            (JobOutcome.UNKNOWN, *OPEN),
        )
        return database

    async def _run(self, statement: str, values: tuple[object, ...]) -> int:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, lambda: self._database.execute(statement, values).lastrowid or 0
        )
