"""Empties the outbox: one contact after the other, for as long as the terminal runs.

A contact carries the next records, where the audit stands (signed), and how the terminal
is; the answer says up to where each lane is on the platform's disk. Only then do records
leave the outbox: a contact whose answer is lost is repeated, and the platform knows each
record by its key and number.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from offline import outbox
from offline.audit.checkpoint import Sign, check_in
from offline.audit.log import append, prune
from offline.failures import VaultFailure
from offline.lanes import Lane
from offline.outbox import Record
from offline.pace import IDLE_SECONDS, Pace
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

MOST_RECORDS = 500
TIDY_SECONDS = 3600.0
AUDIT_KEPT = timedelta(days=366)
"""For how long the terminal itself keeps its audit: twice what the Cybersecurity Law asks for."""
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 3600.0
"""Between contacts when nothing waits, whatever the platform asks for."""
GATHER_SECONDS = 0.25
"""What is put within this time of the first goes in one contact."""


class NoContact(Exception):
    """The platform was not reached, or gave no answer that counts.

    `after` seconds it asked to be left alone, if it did.
    """

    def __init__(self, detail: str, after: float = 0.0) -> None:
        super().__init__(detail)
        self.after = after


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that the platform will never take."""

    lane: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said."""

    acknowledged: Mapping[str, int] = field(default_factory=dict)
    """Up to which number each lane is kept there."""
    refused: Sequence[Refused] = ()
    next_seconds: float | None = None
    """When it wants to hear again, where nothing waits."""


class Post(Protocol):
    """One contact with the platform. Raises NoContact."""

    async def __call__(self, envelope: Mapping[str, Any]) -> Answer:
        """Send; the answer."""


class Delivery:
    """Sends what waits."""

    def __init__(
        self, vault: Vault, post: Post, sign: Sign, health: Callable[[], Mapping[str, Any]],
        random: Callable[[], float], clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sign`: with the terminal's key. `random`: evenly in [0, 1)."""
        self._vault = vault
        self._post = post
        self._sign = sign
        self._health = health
        self._random = random
        self._clock = clock
        self._observing = False
        self._put, self._hurried = asyncio.Event(), asyncio.Event()
        self._pace = Pace()
        self._tidied = float("-inf")
        self.contacts = 0
        """Contacts that went through."""

    async def run(self) -> None:
        """Send, for as long as the terminal runs."""
        if not self._observing:
            self._observing = True
            self._observe(asyncio.get_running_loop())
        while True:
            await self._wait(await self.contact())

    def _observe(self, loop: asyncio.AbstractEventLoop) -> None:
        """Be told of what is put."""

        def touched(what: frozenset[str]) -> None:
            if outbox.TOUCHED in what and not loop.is_closed():
                loop.call_soon_threadsafe(self._put.set)

        self._vault.observe(touched)

    def hurry(self) -> None:
        """The line may be back: do not wait any longer."""
        self._hurried.set()
        self._put.set()

    async def contact(self) -> float:
        """One contact; seconds until the next is due, unless something is put before."""
        self._put.clear()
        began = self._clock()
        try:
            batch, envelope = await self._vault.write(self._prepare)
            answer = await self._post(envelope)
            progress = await self._vault.write(lambda txn: settle(txn, batch, answer))
        except (NoContact, VaultFailure) as failure:
            # One failure is a connection that the other side had let go; two are an outage.
            if self._pace.failures == 1:
                log.warning("no contact with the platform; what waits is kept: %s", failure)
            self._pace = self._pace.after_failure()
            after = failure.after if isinstance(failure, NoContact) else 0.0
            return self._pace.wait(self._random, after)
        if self._pace.failures > 1:
            log.info("contact with the platform again")
        full = sum(one.size for one in batch) * 2 > self._pace.most_bytes
        self._pace = self._pace.after_success(self._clock() - began, full=full)
        self.contacts += 1
        if progress:
            return 0.0
        wished = IDLE_SECONDS if answer.next_seconds is None else answer.next_seconds
        return min(max(wished, SHORTEST_SECONDS), LONGEST_SECONDS)

    def _prepare(self, txn: Transaction) -> tuple[list[Record], dict[str, Any]]:
        """What this contact says."""
        if txn.clock.trusted() and self._clock() - self._tidied > TIDY_SECONDS:
            self._tidied = self._clock()
            outbox.tidy(txn)
            prune(txn, txn.now - AUDIT_KEPT)
        batch = outbox.waiting(txn, self._pace.most_bytes, MOST_RECORDS)
        lanes: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in batch:
            lanes[one.lane].append({
                "number": one.number, "key": one.key, "kind": one.kind, "at": one.at,
                "body": one.body,
            })
        envelope = {
            "terminal": txn.kiosk, "store": self._vault.name, "boot": txn.clock.boot,
            "lanes": dict(lanes), "checkpoint": check_in(txn, self._sign).as_json(),
            "health": {**self._health(), "outbox": told(txn)},
        }
        return batch, envelope

    async def _wait(self, seconds: float) -> None:
        """Wait, or until something is put; what is put does not shorten a wait after a failure."""
        signal = self._hurried if self._pace.failures else self._put
        try:
            async with asyncio.timeout(seconds):
                await signal.wait()
                await asyncio.sleep(GATHER_SECONDS)
        except TimeoutError:
            return
        finally:
            self._hurried.clear()


def settle(txn: Transaction, sent: Sequence[Record], answer: Answer) -> bool:
    """Take away what the platform has, and put aside what it refused.

    Whether that went forward, and more waits. The audit tells of each record that was refused,
    but for its own: that would never end.
    """
    by_place = {(str(one.lane), one.number): one for one in sent}
    for refusal in answer.refused:
        record = by_place.get((refusal.lane, refusal.number))
        put_aside = record is not None and outbox.refuse(txn, record, refusal.reason)
        if record is not None and put_aside and record.lane is not Lane.AUDIT:
            append(txn, "record_refused", {"kind": record.kind, "reason": refusal.reason}, None)
    taken = outbox.acknowledge(txn, sent, answer.acknowledged)
    return taken > 0 and any(lane.waiting for lane in outbox.states(txn))


def told(txn: Transaction) -> dict[str, Any]:
    """How the outbox stands, for people who look after terminals."""
    lanes = {
        str(one.lane): {"waiting": one.waiting, "bytes": one.bytes, "shed": one.shed}
        for one in outbox.states(txn)
    }
    return {**lanes, "dead_letters": outbox.count_dead_letters(txn)}
