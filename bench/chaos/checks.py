"""What must be true of a vault after whatever happened to it."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.printing.port import JobOutcome
from offline.audit.checkpoint import signer
from offline.audit.export import export
from offline.audit.log import records
from offline.audit.verify import verify
from offline.lanes import Lane
from offline.outbox import states
from offline.transaction import Transaction

Place = tuple[str, int]
"""A record's lane and number."""
Inbox = Mapping[Place, str]
"""What the platform has: the key of the record at each place."""

FOLLOWED = (JobOutcome.PREPARED, JobOutcome.SUBMITTED)
"""Outcomes that others follow on."""


@dataclass
class Told:
    """What was said to be on the disk, by those who waited for it."""

    records: set[str] = field(default_factory=set)
    """Keys of records that wait in the outbox, or did."""
    audits: dict[int, str] = field(default_factory=dict)
    """Records of the audit: number and event."""
    jobs: dict[int, str] = field(default_factory=dict)
    """Print jobs and the last outcome that was written down."""


@dataclass
class Losses:
    """How much went wrong; all of it is to be zero."""

    lost: int = 0
    """Things that were said to be on the disk and are not."""
    twice: int = 0
    """Records that the platform has or gets a second time under another number or key."""
    unreadable: int = 0
    """Vaults that did not open, or had to be rebuilt."""
    chain: int = 0
    """Audits whose chain does not hold."""

    def __add__(self, other: "Losses") -> "Losses":
        return Losses(*(
            getattr(self, one.name) + getattr(other, one.name) for one in fields(self)
        ))

    @property
    def total(self) -> int:
        """Of everything."""
        return sum(getattr(self, one.name) for one in fields(self))


def examine(txn: Transaction, told: Told, inbox: Inbox) -> Losses:
    """Compare a vault with what was said of it, and with what the platform has."""
    waiting = {
        (lane, number): key
        for lane, number, key in txn.execute("SELECT lane, number, key FROM outbox")
    }
    jobs = dict(txn.execute("SELECT number, outcome FROM job"))
    events = dict(txn.execute("SELECT number, record FROM audit"))
    there = {*waiting.values(), *inbox.values()}
    lost = [key for key in told.records if key not in there]
    lost += [str(number) for number, outcome in told.jobs.items()
             if not is_reached(outcome, jobs.get(number))]
    lost += [
        str(number) for number, event in told.audits.items()
        if f'"event":"{event}"'.encode() not in events.get(number, b"")
    ]
    return Losses(
        lost=len(lost), twice=count_twice(txn, waiting, inbox), chain=0 if chain_holds(txn) else 1
    )


def is_reached(told: str, found: str | None) -> bool:
    """Whether a job has the outcome that was told, or one that follows on it."""
    if found is None or told == found:
        return told == found
    return told in FOLLOWED and FOLLOWED.index(told) < _stage(found)


def _stage(outcome: str) -> int:
    return FOLLOWED.index(outcome) if outcome in FOLLOWED else len(FOLLOWED)


def count_twice(txn: Transaction, waiting: Inbox, inbox: Inbox) -> int:
    """Places and keys that would reach the platform a second time as something else."""
    forked = sum(1 for place, key in waiting.items() if inbox.get(place, key) != key)
    where = {key: place for place, key in inbox.items()}
    moved = sum(1 for place, key in waiting.items() if where.get(key, place) != place)
    used = {lane.lane: lane.last for lane in states(txn)}
    again = sum(1 for lane, number in inbox if number > used[Lane(lane)])
    return forked + moved + again + _doubles(waiting.values())


def chain_holds(txn: Transaction) -> bool:
    """Whether the audit's export satisfies its verifier."""
    count = sum(1 for _ in records(txn))
    if count == 0:
        return True
    key = ec.generate_private_key(ec.SECP256R1())
    # Checkpoints of the terminal's own key cannot be checked with this one; the chain can.
    txn.execute("DELETE FROM checkpoint")
    out = io.BytesIO()
    export(txn, signer(key), out)
    out.seek(0)
    verdict = verify(out, key.public_key())
    return verdict.holds and verdict.records == count


def _doubles(keys: Iterable[str]) -> int:
    listed = list(keys)
    return len(listed) - len(set(listed))
