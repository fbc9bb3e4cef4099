"""Keeps what a citizen leaves, and knows how far it has come.

It is in the outbox and can be found by its code in one transaction, or it was not received.
The code is kept as a keyed hash: who reads the store learns no code of anybody.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from typing import TypeVar

from kiosk.errors import Failure
from kiosk.reasons import Reason
from kiosk.services.code import new_code
from kiosk.services.port import Draft, RequestStatus
from offline import outbox
from offline.failures import VaultFailure, VaultReason
from offline.lanes import Lane
from offline.transaction import Transaction
from offline.vault import Vault

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    code TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
KIND = "request"
"""What the outbox and the platform call it."""
FOLLOWED_FOR = outbox.ARRIVED_KEPT
"""For how long after its arrival something that was left can be followed up."""
FULL = frozenset({VaultReason.DISK_FULL, VaultReason.OUTBOX_FULL})
LOOK_SECONDS = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of something that was left."""

    status: RequestStatus
    arrived_at: datetime | None = None


class Requests:
    """What citizens left at this terminal."""

    def __init__(self, vault: Vault, chance: Random | None = None) -> None:
        self._vault = vault
        self._chance = chance or SystemRandom()

    async def keep(self, draft: Draft, phone: str) -> str:
        """Receive it; its code. Raises Failure where it is not on the disk.

        `phone` is the number to call, or nothing.
        """
        return await _told(self._vault.write(lambda txn: self._keep(txn, draft, phone)))

    async def find(self, code: str) -> Found:
        """What is known of it by its code. Raises Failure."""
        return await _told(self._vault.read(lambda txn: find(txn, code)))

    async def arrival(self, code: str) -> Found:
        """Wait until the platform has said what becomes of it. Raises Failure."""
        while (found := await self.find(code)).status is RequestStatus.WAITING:
            await asyncio.sleep(LOOK_SECONDS)
        return found

    def _keep(self, txn: Transaction, draft: Draft, phone: str) -> str:
        body: dict[str, str | int] = {"kind": str(draft.kind), "about": draft.about}
        if draft.level is not None:
            body["level"] = draft.level
        if draft.category:
            body["category"] = draft.category
        if phone and draft.call is not None:
            body |= {"phone": phone, "call": str(draft.call)}
        code = self._new_code(txn)
        key = outbox.put(txn, Lane.CITIZEN, KIND, {"code": code, **body})
        txn.execute(
            "INSERT INTO request VALUES (?, ?, ?)", (txn.digest(code), key, txn.now.isoformat())
        )
        _forget_old(txn)
        return code

    def _new_code(self, txn: Transaction) -> str:
        while True:
            code = new_code(self._chance)
            taken = txn.execute("SELECT 1 FROM request WHERE code = ?", (txn.digest(code),))
            if not taken:
                return code


def find(txn: Transaction, code: str) -> Found:
    """What is known of it by its code."""
    rows = txn.execute("SELECT key FROM request WHERE code = ?", (txn.digest(code),))
    if not rows:
        return Found(RequestStatus.UNKNOWN)
    key = rows[0]
    if txn.execute("SELECT 1 FROM dead_letter WHERE key = ?", key):
        return Found(RequestStatus.REFUSED)
    if txn.execute("SELECT 1 FROM outbox WHERE key = ?", key):
        return Found(RequestStatus.WAITING)
    arrived = txn.execute("SELECT at FROM arrived WHERE key = ?", key)
    if not arrived:
        return Found(RequestStatus.UNCLEAR)
    return Found(RequestStatus.ARRIVED, datetime.fromisoformat(arrived[0][0]))


def _forget_old(txn: Transaction) -> None:
    """Codes of what arrived long ago; what waits can be asked for however long it waits."""
    since = (txn.now - FOLLOWED_FOR).isoformat()
    txn.execute(
        "DELETE FROM request WHERE at < ? AND NOT EXISTS"
        " (SELECT 1 FROM outbox WHERE outbox.key = request.key) AND NOT EXISTS"
        " (SELECT 1 FROM dead_letter WHERE dead_letter.key = request.key) AND NOT EXISTS"
        " (SELECT 1 FROM arrived WHERE arrived.key = request.key AND arrived.at >= ?)",
        (since, since),
    )


async def _told(work: Awaitable[T]) -> T:
    """What the vault did; where it did not, in the words for citizens. Raises Failure."""
    try:
        return await work
    except VaultFailure as failure:
        reason = Reason.STORE_FULL if failure.reason in FULL else Reason.STORE_FAULT
        raise Failure(reason, str(failure)) from failure
