"""What is to be told to the platform, kept until the platform says that it has it.

A record is put in the transaction of what it reports, so that neither is without the
other. Numbers grow by one in each lane; the platform acknowledges a lane up to a number.
A record that it refuses becomes a dead letter, for people to look at; none is given up
after so many tries.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from offline.failures import VaultFailure, VaultReason
from offline.lanes import BY_RANK, RULES, SHED_FIRST, Lane, Limits
from offline.texts import as_json
from offline.transaction import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    lane TEXT NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    size INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (lane, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lane (
    lane TEXT PRIMARY KEY,
    last INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    shed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrived (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
    key TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    refused_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
TOUCHED = "outbox"
"""The word by which the vault tells that something waits."""
ARRIVED_KEPT = timedelta(days=30)
"""For how long it is remembered that a citizen's record arrived."""
DEFAULT_LIMITS = Limits()
FIRST_TIME = "2026"
"""No record is from before that, whatever its clock said."""
KNOWN_LANES = frozenset(str(lane) for lane in Lane)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it waits."""

    lane: Lane
    number: int
    key: str
    kind: str
    at: str
    size: int
    body: dict[str, Any]


@dataclass(slots=True)
class LaneState:
    """How a lane stands.

    The vault remembers it between transactions, so that a record costs one statement; what is on
    the disk is counted anew after anything that failed. The lane's own row is written only when
    records go: until then the last number follows from those that wait.
    """

    lane: Lane
    last: int = 0
    """The last number that was given."""
    acknowledged: int = 0
    shed: int = 0
    """Records that were thrown away, ever."""
    waiting: int = 0
    bytes: int = 0


def put(
    txn: Transaction, lane: Lane, kind: str, body: Mapping[str, Any],
    limits: Limits = DEFAULT_LIMITS,
) -> str:
    """Let a record wait, in the caller's transaction; its idempotency key.

    Raises VaultFailure (OUTBOX_FULL) where there is no room for it.
    """
    lanes = _lanes(txn)
    state, now = lanes[lane], txn.now
    number, key = state.last + 1, make_key(now)
    sealed = txn.seal("outbox", f"{lane}/{number}", as_json(body))
    held = sum(one.bytes for one in lanes.values())
    if held + len(sealed) > limits.soft:
        _make_room(txn, held, len(sealed), limits)
    txn.insert(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)",
        (lane, number, key, kind, now.isoformat(), len(sealed), sealed),
    )
    state.last = number
    state.waiting += 1
    state.bytes += len(sealed)
    txn.touched.add(TOUCHED)
    return key


def make_key(now: datetime, random: bytes | None = None) -> str:
    """An idempotency key: a UUID of version 7 (RFC 9562, 5.7), which sorts by time."""
    chance = random or os.urandom(10)
    value = int(now.timestamp() * 1000) << 80 | int.from_bytes(chance, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def state_of(txn: Transaction, lane: Lane) -> LaneState:
    """How a lane stands."""
    return replace(_lanes(txn)[lane])


def states(txn: Transaction) -> list[LaneState]:
    """How every lane stands, the first to be sent first."""
    return [state_of(txn, lane) for lane in BY_RANK]


def _lanes(txn: Transaction) -> dict[Lane, LaneState]:
    """How the lanes stand: as the vault remembers it, or counted."""
    known: dict[Lane, LaneState] | None = txn.remembered.get(TOUCHED)
    if known is None:
        known = {lane: LaneState(lane) for lane in Lane}
        for name, last, acknowledged, shed in txn.execute(
            "SELECT lane, last, acknowledged, shed FROM lane"
        ):
            if name in KNOWN_LANES:
                known[Lane(name)] = LaneState(Lane(name), last, acknowledged, shed)
        for name, last, count, size in txn.execute(
            "SELECT lane, max(number), count(*), sum(size) FROM outbox GROUP BY lane"
        ):
            if name not in KNOWN_LANES:
                continue  # what a broken file was saved with
            state = known[Lane(name)]
            state.last, state.waiting, state.bytes = max(state.last, last), count, size
        txn.remembered[TOUCHED] = known
    return known


def _keep(txn: Transaction, state: LaneState) -> None:
    """Write a lane's own row: its numbers go on after the records have gone."""
    txn.execute(
        "INSERT OR REPLACE INTO lane VALUES (?, ?, ?, ?)",
        (state.lane, state.last, state.acknowledged, state.shed),
    )


def waiting(txn: Transaction, most_bytes: int, most: int) -> list[Record]:
    """What is to be sent next: lanes by rank, each in its order; at least one where any waits.

    A record that a failing disk has changed is put aside as a dead letter: it must not keep those
    behind it from going.
    """
    taken: list[Record] = []
    size = 0
    for lane in BY_RANK:
        rows = txn.execute(
            "SELECT number, CAST(key AS BLOB), CAST(kind AS BLOB), CAST(at AS BLOB), size, body"
            " FROM outbox WHERE lane = ? ORDER BY number LIMIT ?", (lane, most - len(taken)),
        )
        for number, key, kind, at, length, sealed in rows:
            if taken and size + length > most_bytes:
                return taken
            try:
                body = json.loads(txn.unseal("outbox", f"{lane}/{number}", sealed))
                words = key.decode(), kind.decode(), at.decode()
            except (VaultFailure, ValueError):
                _put_aside(txn, lane, number)
                continue
            taken.append(Record(lane, number, *words, length, body))
            size += length
        if len(taken) >= most:
            break
    return taken


def acknowledge(txn: Transaction, sent: Sequence[Record], numbers: Mapping[str, int]) -> int:
    """The platform has each lane up to a number; how many records that took away.

    Only what was sent can be acknowledged, whatever the platform says.
    """
    taken = 0
    for lane in {one.lane for one in sent}:
        highest = max(one.number for one in sent if one.lane is lane)
        upto = min(numbers.get(lane, 0), highest)
        if lane is Lane.CITIZEN:
            txn.execute(
                "INSERT OR IGNORE INTO arrived SELECT key, kind, ? FROM outbox"
                " WHERE lane = ? AND number <= ?", (txn.now.isoformat(), lane, upto),
            )
        state = _lanes(txn)[lane]
        state.acknowledged = max(state.acknowledged, upto)
        taken += _remove(txn, lane, "number <= ?", upto)
    return taken


def refuse(txn: Transaction, record: Record, reason: str) -> bool:
    """The platform will never take a record: it becomes a dead letter; False where it is none."""
    rows = txn.execute(
        "SELECT 1 FROM outbox WHERE lane = ? AND number = ?", (record.lane, record.number)
    )
    if not rows:
        return False
    text = as_json(record.body)
    txn.execute(
        "INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (record.key, record.lane, record.number, record.kind, record.at, txn.now.isoformat(),
         reason, txn.seal("dead_letter", record.key, text)),
    )
    _remove(txn, record.lane, "number = ?", record.number)
    return True


def _put_aside(txn: Transaction, lane: Lane, number: int) -> None:
    """Make a dead letter of a record that cannot be read, as it is."""
    txn.execute(
        "INSERT OR REPLACE INTO dead_letter SELECT lane || '/' || number, lane, number, '', '',"
        " ?, 'unreadable', body FROM outbox WHERE lane = ? AND number = ?",
        (txn.now.isoformat(), lane, number),
    )
    _remove(txn, lane, "number = ?", number)


def count_dead_letters(txn: Transaction) -> int:
    """How many records the platform refused, or could not be read."""
    return int(txn.execute("SELECT count(*) FROM dead_letter")[0][0])


def dead_letters(txn: Transaction) -> list[tuple[str, str, str, str]]:
    """Key, lane, kind and reason of each record that the platform refused."""
    return [
        (key, lane, kind, reason) for key, lane, kind, reason in
        txn.execute("SELECT key, lane, kind, reason FROM dead_letter ORDER BY refused_at")
    ]


def tidy(txn: Transaction) -> None:
    """Throw away what is not worth sending any more, and what arrived long ago."""
    now = txn.now
    for lane in SHED_FIRST:
        keeps = RULES[lane].keeps_seconds
        if keeps is not None:
            # What was written before the clock was right is as old as nobody knows.
            old = (now - timedelta(seconds=keeps)).isoformat()
            _remove(txn, lane, f"at > '{FIRST_TIME}' AND at < ?", old, shed=True)
    txn.execute("DELETE FROM arrived WHERE at < ?", ((now - ARRIVED_KEPT).isoformat(),))


def is_crowded(lanes: Iterable[LaneState], limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether what must be kept has nearly no room left: time to go out of service."""
    return sum(one.bytes for one in lanes if one.lane not in SHED_FIRST) > limits.soft


def _make_room(txn: Transaction, held: int, size: int, limits: Limits) -> None:
    """Shed what may be, in the declared order, until a record fits. Raises VaultFailure."""
    for lane in SHED_FIRST:
        while held + size > limits.soft:
            oldest = txn.execute(
                "SELECT number, size FROM outbox WHERE lane = ? ORDER BY number LIMIT 100", (lane,)
            )
            if not oldest:
                break
            _remove(txn, lane, "number <= ?", oldest[-1][0], shed=True)
            held -= sum(length for _, length in oldest)
    if held + size > limits.hard:
        raise VaultFailure(VaultReason.OUTBOX_FULL, f"{held} bytes wait")


def _remove(
    txn: Transaction, lane: Lane, which: str, value: int | str, *, shed: bool = False
) -> int:
    """Take records away and out of the lane's count; how many. `shed`: thrown away."""
    where = f"FROM outbox WHERE lane = ? AND {which}"
    count, size = txn.execute(f"SELECT count(*), coalesce(sum(size), 0) {where}", (lane, value))[0]
    if not count:
        return 0
    txn.execute(f"DELETE {where}", (lane, value))
    state = _lanes(txn)[lane]
    state.waiting -= count
    state.bytes -= size
    state.shed += count if shed else 0
    _keep(txn, state)
    return int(count)
