"""The chain in the vault: records are appended in the transaction of what they report."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from offline import outbox
from offline.audit.chain import Entry, Fields, follow, genesis, record
from offline.lanes import Lane
from offline.transaction import Reads, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS chain (
    chain TEXT PRIMARY KEY,
    last INTEGER NOT NULL,
    head BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    hash BLOB NOT NULL,
    record BLOB NOT NULL
) STRICT;
"""
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends now."""

    chain: str
    number: int
    hash: bytes


def append(txn: Transaction, event: str, fields: Fields, visit: int | None) -> int:
    """Append a record, and let it wait for the platform; its number."""
    before, clock = head(txn), txn.clock
    at = clock.now().isoformat(timespec="milliseconds")
    entry = Entry(
        event, fields, visit, at, clock.boot, clock.since_boot(), clock.trusted()
    )
    number = before.number + 1
    content = record(number, entry)
    after = follow(before.hash, content)
    txn.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", (number, at, after, content))
    txn.execute("UPDATE chain SET last = ?, head = ?", (number, after))
    body = {"chain": before.chain, "hash": after.hex(), "record": content.decode()}
    outbox.put(txn, Lane.AUDIT, event, body)
    return number


def head(txn: Transaction) -> Head:
    """Where the chain ends; it begins with the first question."""
    there = find_head(txn)
    if there is not None:
        return there
    chain = str(uuid.uuid4())
    first = Head(chain, 0, genesis(txn.kiosk, chain))
    txn.execute("INSERT INTO chain VALUES (?, ?, ?)", (chain, first.number, first.hash))
    return first


def find_head(txn: Reads) -> Head | None:
    """Where the chain ends, or None where it has not begun."""
    rows = txn.execute("SELECT chain, last, head FROM chain")
    return Head(*rows[0]) if rows else None


def mend(txn: Transaction) -> None:
    """Go on after what is there, in a store that was rebuilt; a verifier finds what is lost."""
    known = head(txn)
    rows = txn.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
    if rows and rows[0][0] > known.number:
        txn.execute("UPDATE chain SET last = ?, head = ?", rows[0])


def records(txn: Reads, after: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, hash and content of each record after one, in order."""
    while True:
        rows = txn.execute(
            "SELECT number, hash, record FROM audit WHERE number > ? ORDER BY number LIMIT ?",
            (after, PAGE),
        )
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def prune(txn: Transaction, before: datetime) -> int:
    """Let records go that are older and were signed for; how many.

    The last signed place among them stays as the anchor of what follows. What the platform has
    not yet is in the outbox and stays there.
    """
    rows = txn.execute(
        "SELECT max(checkpoint.number) FROM checkpoint JOIN audit USING (number)"
        " WHERE audit.at < ?",
        (before.isoformat(timespec="milliseconds"),),
    )
    anchor = rows[0][0]
    if anchor is None:
        return 0
    gone = txn.change("DELETE FROM audit WHERE number <= ?", (anchor,))
    txn.execute("DELETE FROM checkpoint WHERE number < ?", (anchor,))
    return gone
