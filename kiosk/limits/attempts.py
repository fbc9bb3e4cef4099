"""Attempts per card, per face and per hour, counted in the vault before they begin.

Whoever pulls the plug in the middle of an attempt has had it. Cards are known by a keyed hash,
never by their number. What was counted is forgotten after its hour.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from kiosk.errors import Failure
from kiosk.reasons import Reason
from offline.failures import VaultFailure
from offline.transaction import Transaction
from offline.vault import Vault

RULES_FILE = Path(__file__).with_name("attempts.toml")
SCHEMA = """
CREATE TABLE IF NOT EXISTS attempt (
    number INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempt_of ON attempt (rule, subject, at);
"""


class Kind(StrEnum):
    """What is tried."""

    FACE = "face"
    """A face is compared with the card's."""
    CALL = "call"
    """The phone of the card's holder is called."""
    STAFF = "staff"
    """Staff vouch for the card's holder."""


ALWAYS = ("card", "terminal")
"""Rules that count every attempt, whatever is tried."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file."""

    per: str
    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was counted, so that it can be taken back."""

    numbers: tuple[int, ...]


class TooMany(Failure):
    """It was tried too often. `again_at` is when it may be tried again."""

    def __init__(self, rule: str, again_at: datetime) -> None:
        super().__init__(Reason.TOO_MANY_ATTEMPTS, f"by the rule {rule}")
        self.again_at = again_at


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """The rules of the file."""
    with RULES_FILE.open("rb") as file:
        return {name: Rule(**entry) for name, entry in tomllib.load(file).items()}


class Attempts:
    """Counts attempts of one terminal."""

    def __init__(self, vault: Vault, rules: Mapping[str, Rule] | None = None) -> None:
        self._vault = vault
        self._rules = rules or shipped_rules()

    async def begin(self, kind: Kind, number: str) -> Attempt:
        """Count an attempt with the card of a number. Raises TooMany; Failure (STORE_FAULT).

        What cannot be counted is not tried.
        """
        try:
            counted = await self._vault.write(lambda txn: self._count(txn, kind, number))
        except VaultFailure as failure:
            raise Failure(Reason.STORE_FAULT, str(failure)) from failure
        if isinstance(counted, TooMany):
            raise counted
        return counted

    def take_back(self, attempt: Attempt) -> None:
        """It succeeded, or was never really made; nobody waits for that to be written."""

        def remove(txn: Transaction) -> None:
            for number in attempt.numbers:
                txn.execute("DELETE FROM attempt WHERE number = ?", (number,))

        self._vault.write_soon(remove)

    def _count(self, txn: Transaction, kind: Kind, number: str) -> Attempt | TooMany:
        """In a transaction, which a refusal does not undo: what is forgotten is forgotten."""
        now = txn.now.timestamp()
        # A clock that was set back makes no attempt last longer than its hour.
        txn.execute("UPDATE attempt SET at = ? WHERE at > ?", (now, now))
        card = txn.digest(f"attempt:{number}")
        rules = {name: self._rules[name] for name in (str(kind), *ALWAYS)}
        subjects = {name: card if rule.per == "card" else "" for name, rule in rules.items()}
        free = {
            name: again for name, rule in rules.items()
            if (again := _again(txn, name, subjects[name], rule, now)) is not None
        }
        if free:
            name = max(free, key=lambda one: free[one])
            return TooMany(name, datetime.fromtimestamp(free[name], UTC))
        return Attempt(tuple(
            txn.insert(
                "INSERT INTO attempt (rule, subject, at) VALUES (?, ?, ?)", (name, subject, now)
            )
            for name, subject in subjects.items()
        ))


def _again(txn: Transaction, name: str, subject: str, rule: Rule, now: float) -> float | None:
    """When a rule allows it again, in seconds of the epoch; None where it does now."""
    txn.execute("DELETE FROM attempt WHERE rule = ? AND at <= ?", (name, now - rule.seconds))
    rows = txn.execute(
        "SELECT at FROM attempt WHERE rule = ? AND subject = ? ORDER BY at DESC LIMIT ?",
        (name, subject, rule.most),
    )
    return rows[-1][0] + rule.seconds if len(rows) >= rule.most else None
