"""What a store holds, seen from outside: counts and states, nothing that is sealed."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from offline.audit.log import records
from offline.clock import utc_now
from offline.lanes import BY_RANK
from offline.transaction import Value

BUSY_MS = 5000

Told = dict[str, Any]
OF_A_STORE = frozenset({"meta", "lane", "outbox", "chain", "audit"})
"""Tables that every store has."""


class Snapshot:
    """A store at one moment; it may be in use, and what is written meanwhile is not seen."""

    def __init__(self, connection: apsw.Connection, kiosk: str) -> None:
        self._connection = connection
        self.kiosk = kiosk

    @property
    def now(self) -> datetime:
        """The wall's time."""
        return utc_now()

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""
        return self._connection.execute(statement, values).fetchall()

    @property
    def tables(self) -> frozenset[str]:
        """The names of its tables."""
        found = self.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return frozenset(row[0] for row in found)


@contextlib.contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """A store to look at. Raises apsw.Error, ValueError for a file that is none."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(BUSY_MS)
        connection.execute("BEGIN").fetchall()
        taken = Snapshot(connection, "")
        if not taken.tables >= OF_A_STORE:
            raise ValueError("not a terminal's store")
        taken.kiosk = taken.execute("SELECT value FROM meta WHERE name = 'kiosk'")[0][0]
        yield taken
    finally:
        connection.close()


def look(path: Path) -> Told:
    """Counts and states of a store. Raises as `snapshot` does."""
    with snapshot(path) as taken:
        return tell(taken)


def read_audit(path: Path) -> list[dict[str, Any]]:
    """The audit's records as they stand there, in order, not verified. Raises as `snapshot`."""
    with snapshot(path) as taken:
        return [json.loads(content) for _, _, content in records(taken)]


def tell(taken: Snapshot) -> Told:
    """Counts and states; nothing that is sealed."""
    rows, tables = taken.execute, taken.tables
    meta = dict(rows("SELECT name, value FROM meta WHERE name <> 'proof'"))
    told: Told = {
        "kiosk": meta.get("kiosk"), "store": meta.get("store"), "suite": meta.get("suite"),
        "closed_in_order": meta.get("clean") == 1,
    }
    lanes = {row[0]: row[1:] for row in rows(
        "SELECT lane, last, acknowledged, shed FROM lane"
    )}
    held = {row[0]: row[1:] for row in rows(
        "SELECT lane, count(*), sum(size), max(number), min(at) FROM outbox GROUP BY lane"
    )}
    told["lanes"] = [
        {
            "lane": str(lane), "waiting": waiting, "bytes": size, "last": max(last, highest),
            "acknowledged": acknowledged, "shed": shed, "oldest": oldest,
        }
        for lane in BY_RANK
        for last, acknowledged, shed in [lanes.get(lane, (0, 0, 0))]
        for waiting, size, highest, oldest in [held.get(lane, (0, 0, 0, None))]
    ]
    told["dead_letters"] = [
        {"key": key, "lane": lane, "kind": kind, "at": at, "reason": reason}
        for key, lane, kind, at, reason in
        rows("SELECT key, lane, kind, at, reason FROM dead_letter ORDER BY refused_at")
    ]
    first, last = rows("SELECT min(number), max(number) FROM audit")[0]
    told["audit"] = f"records {first} to {last}" if last else "empty"
    if "sync_job" in tables:
        told["sync_jobs"] = [
            {
                "name": name, "result": result, "detail": detail, "ended_at": ended,
                "good_at": good, "next_at": following, "failures": failures,
            }
            for name, result, detail, ended, good, following, failures in rows(
                "SELECT name, result, detail, ended_at, good_at, next_at, failures FROM sync_job"
            )
        ]
    if "job" in tables:
        told["print_jobs"] = [
            {"outcome": outcome, "jobs": count}
            for outcome, count in rows("SELECT outcome, count(*) FROM job GROUP BY outcome")
        ]
    return told
