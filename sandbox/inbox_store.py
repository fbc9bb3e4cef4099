"""What terminals reported, kept in a file: acknowledged only when it is on the disk.

One SQLite file in the sandbox's state folder; a sandbox that is killed loses nothing that it has
acknowledged. The rules are those of `inbox.py`.
"""

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.inbox import (
    CheckIn,
    Checkpoint,
    Record,
    Verdict,
    judge,
    judge_checkpoint,
    signed_by,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    arrival INTEGER PRIMARY KEY, terminal TEXT NOT NULL, store TEXT NOT NULL, lane TEXT NOT NULL,
    number INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL,
    boot TEXT NOT NULL, body TEXT NOT NULL, received REAL NOT NULL, UNIQUE (terminal, key)
);
CREATE TABLE IF NOT EXISTS place (
    terminal TEXT, store TEXT, lane TEXT, number INTEGER, key TEXT NOT NULL, verdict TEXT NOT NULL,
    PRIMARY KEY (terminal, store, lane, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (
    terminal TEXT, chain TEXT, number INTEGER, first INTEGER NOT NULL, head TEXT NOT NULL,
    at TEXT NOT NULL, signature TEXT NOT NULL, PRIMARY KEY (terminal, chain, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trouble (
    id INTEGER PRIMARY KEY, terminal TEXT NOT NULL, store TEXT NOT NULL, lane TEXT NOT NULL,
    number INTEGER NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL, received REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS contact (
    terminal TEXT PRIMARY KEY, store TEXT NOT NULL, boot TEXT NOT NULL, health TEXT NOT NULL,
    received REAL NOT NULL
);
"""
CHECKPOINT = "checkpoint"
"""Stands for the lane of a checkpoint that contradicts an earlier one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that was not taken."""

    lane: str
    number: int
    key: str
    reason: Verdict

    def as_json(self) -> dict[str, Any]:
        """As the answer has it."""
        return {
            "lane": self.lane, "number": self.number, "key": self.key, "reason": self.reason.value,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a check-in is answered: everything in it is on the disk."""

    acknowledged: dict[str, int]
    """Of each lane the highest number that was settled."""
    refused: tuple[Refusal, ...]
    checkpoint: str | None
    """A verdict, or None where there was no checkpoint."""
    stored: tuple[tuple[str, Record], ...]
    """What is new, with its lane."""


class Inbox:
    """The inbox of all terminals; calls may come from any thread."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        """Open or make the file. Raises sqlite3.Error."""
        self._clock = clock
        self._turn = threading.Lock()
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A journal that is deleted, synchronous with its folder: what is committed stays.
        self._base.execute("PRAGMA journal_mode=DELETE")
        self._base.execute("PRAGMA synchronous=EXTRA")
        self._base.executescript(SCHEMA)

    def take(
        self, key: ec.EllipticCurvePublicKey, check_in: CheckIn, not_taken: bool = False
    ) -> Receipt:
        """Settle a check-in in one transaction. Raises sqlite3.Error.

        `key` is that of its terminal; `not_taken`: refuse what is new in it.
        """
        with self._turn:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                receipt = _Taking(self._base, check_in, self._clock()).run(key, not_taken)
                self._base.execute("COMMIT")
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
        return receipt

    def show(self) -> dict[str, Any]:
        """Everything that arrived, in order; what was refused; the latest of each terminal."""
        with self._turn:
            return {
                "records": self._rows(
                    "SELECT terminal, store, lane, number, key, kind, at, boot, body, received "
                    "FROM record ORDER BY arrival", "body",
                ),
                "refused": self._rows(
                    "SELECT terminal, store, lane, number, key, reason, received FROM trouble "
                    "ORDER BY id"
                ),
                "checkpoints": self._rows(
                    "SELECT terminal, chain, number, first, head, at, signature "
                    "FROM checkpoint ORDER BY terminal, chain, number"
                ),
                "terminals": self._rows(
                    "SELECT terminal, store, boot, health, received FROM contact "
                    "ORDER BY terminal", "health",
                ),
            }

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _rows(self, query: str, *json_columns: str) -> list[dict[str, Any]]:
        found = self._base.execute(query)
        names = [column[0] for column in found.description]
        return [
            {
                name: json.loads(value) if name in json_columns else value
                for name, value in zip(names, row, strict=True)
            }
            for row in found
        ]


class _Taking:
    """One check-in in its transaction."""

    def __init__(self, base: sqlite3.Connection, check_in: CheckIn, now: float) -> None:
        self._base = base
        self._terminal = check_in.terminal
        self._said = check_in
        self._now = now
        self._refused: list[Refusal] = []
        self._stored: list[tuple[str, Record]] = []

    def run(self, key: ec.EllipticCurvePublicKey, not_taken: bool) -> Receipt:
        """Settle all of it."""
        acknowledged = {
            lane: self._lane(lane, records, not_taken)
            for lane, records in self._said.lanes.items()
        }
        verdict = self._checkpoint(self._said.checkpoint, key) if self._said.checkpoint else None
        self._base.execute(
            "REPLACE INTO contact VALUES (?, ?, ?, ?, ?)",
            (self._terminal, self._said.store, self._said.boot, _text(self._said.health),
             self._now),
        )
        return Receipt(acknowledged, tuple(self._refused), verdict, tuple(self._stored))

    def _lane(self, lane: str, records: tuple[Record, ...], not_taken: bool) -> int:
        """Settle the records of a lane; the highest number of it now."""
        highest = self._highest(lane)
        for record in records:
            before = self._before(lane, record.number)
            verdict = judge(record, highest, before, self._is_known(record.key))
            if not_taken and verdict is Verdict.STORED:
                verdict = Verdict.NOT_TAKEN
            if verdict is Verdict.STORED:
                self._store(lane, record)
            if verdict.is_refusal:
                self._refuse(Refusal(lane, record.number, record.key, verdict))
            if before is None and verdict is not Verdict.OUT_OF_ORDER:
                self._base.execute(
                    "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)",
                    (self._terminal, self._said.store, lane, record.number, record.key, verdict),
                )
                highest = max(highest, record.number)
        return highest

    def _checkpoint(self, new: Checkpoint, key: ec.EllipticCurvePublicKey) -> str:
        latest = self._base.execute(
            "SELECT number, head FROM checkpoint WHERE terminal = ? AND chain = ? "
            "ORDER BY number DESC LIMIT 1", (self._terminal, new.chain),
        ).fetchone()
        verdict = judge_checkpoint(new, latest)
        if new.kiosk != self._terminal or not signed_by(key, new):
            verdict = Verdict.MALFORMED
        if verdict is Verdict.STORED:
            self._base.execute(
                "INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?)",
                (new.kiosk, new.chain, new.number, new.first, new.head, new.at, new.signature),
            )
        if verdict.is_refusal:
            self._refuse(Refusal(CHECKPOINT, new.number, new.head, verdict), told=False)
        return verdict

    def _highest(self, lane: str) -> int:
        (highest,) = self._base.execute(
            "SELECT MAX(number) FROM place WHERE terminal = ? AND store = ? AND lane = ?",
            (self._terminal, self._said.store, lane),
        ).fetchone()
        return highest or 0

    def _before(self, lane: str, number: int) -> tuple[str, Verdict] | None:
        found = self._base.execute(
            "SELECT key, verdict FROM place "
            "WHERE terminal = ? AND store = ? AND lane = ? AND number = ?",
            (self._terminal, self._said.store, lane, number),
        ).fetchone()
        return (found[0], Verdict(found[1])) if found else None

    def _is_known(self, key: str) -> bool:
        found = self._base.execute(
            "SELECT 1 FROM record WHERE terminal = ? AND key = ?", (self._terminal, key)
        ).fetchone()
        return found is not None

    def _store(self, lane: str, record: Record) -> None:
        self._base.execute(
            "INSERT INTO record (terminal, store, lane, number, key, kind, at, boot, body, "
            "received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._terminal, self._said.store, lane, record.number, record.key, record.kind,
             record.at, self._said.boot, _text(record.body), self._now),
        )
        self._stored.append((lane, record))

    def _refuse(self, refusal: Refusal, told: bool = True) -> None:
        """Remember a refusal; `told`: the terminal is told of it among the refused records."""
        self._base.execute(
            "INSERT INTO trouble (terminal, store, lane, number, key, reason, received) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._terminal, self._said.store, refusal.lane, refusal.number, refusal.key,
             refusal.reason, self._now),
        )
        if told:
            self._refused.append(refusal)


def _text(value: Any) -> str:
    return json.dumps(value)
