"""What a store holds, seen from outside: counts and states, nothing that is sealed."""

from pathlib import Path
from typing import Any

import apsw

from offline.lanes import BY_RANK

Told = dict[str, Any]


def look(path: Path) -> Told:
    """Counts and states of a store, which may be in use. Raises apsw.Error, ValueError."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(5000)
        return _tell(connection)
    finally:
        connection.close()


def _tell(connection: apsw.Connection) -> Told:
    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement).fetchall()

    tables = {row[0] for row in rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"meta", "lane", "outbox"} <= tables:
        raise ValueError("not a terminal's store")
    meta = dict(rows("SELECT name, value FROM meta WHERE name <> 'proof'"))
    told: Told = {
        "kiosk": meta.get("kiosk"), "store": meta.get("store"), "suite": meta.get("suite"),
        "closed_in_order": meta.get("clean") == 1,
    }
    lanes = {row[0]: row[1:] for row in rows(
        "SELECT lane, waiting, bytes, last, acknowledged, shed FROM lane"
    )}
    oldest = dict(rows("SELECT lane, min(at) FROM outbox GROUP BY lane"))
    told["lanes"] = [
        {
            "lane": str(lane), "waiting": waiting, "bytes": size, "last": last,
            "acknowledged": acknowledged, "shed": shed, "oldest": oldest.get(lane),
        }
        for lane in BY_RANK
        for waiting, size, last, acknowledged, shed in [lanes.get(lane, (0, 0, 0, 0, 0))]
    ]
    told["dead_letters"] = [
        {"key": key, "lane": lane, "kind": kind, "at": at, "reason": reason}
        for key, lane, kind, at, reason in
        rows("SELECT key, lane, kind, at, reason FROM dead_letter ORDER BY refused_at")
    ]
    if {"audit", "chain"} <= tables:
        first, last = rows("SELECT min(number), max(number) FROM audit")[0]
        told["audit"] = f"records {first} to {last}" if last else "empty"
    if "job" in tables:
        told["print_jobs"] = [
            {"outcome": outcome, "jobs": count}
            for outcome, count in rows("SELECT outcome, count(*) FROM job GROUP BY outcome")
        ]
    return told
