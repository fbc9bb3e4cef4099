"""The audit: a record for each event of `audit_events.toml`, never a payload.

Records are chained in the vault (`offline/audit/`); the visit does not wait for the disk.
What is an action of its own (paper, a citizen's words) appends its record in its own
transaction instead.
"""

from collections.abc import Mapping
from typing import Protocol

from kiosk.audit_events import FIELDS, AuditEvent
from offline.audit.log import append
from offline.transaction import Transaction
from offline.vault import Vault

Fields = Mapping[str, str | int]


class Audit(Protocol):
    """Where events are recorded."""

    def record(self, event: AuditEvent, fields: Fields, visit: int | None) -> None:
        """Record an event with exactly its fields."""


def check_fields(event: AuditEvent, fields: Fields) -> None:
    """Raise ValueError where an event carries other fields than it may."""
    if frozenset(fields) != FIELDS[event]:
        raise ValueError(f"{event} carries {sorted(fields)}, not {sorted(FIELDS[event])}")


def note(txn: Transaction, event: AuditEvent, fields: Fields, visit: int | None = None) -> None:
    """Record an event in the transaction of what it tells."""
    check_fields(event, fields)
    append(txn, str(event), fields, visit)


class VaultAudit:
    """An audit in the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def record(self, event: AuditEvent, fields: Fields, visit: int | None) -> None:
        """Record an event; the writing happens in the vault's thread."""
        check_fields(event, fields)
        self._vault.write_soon(lambda txn: append(txn, str(event), fields, visit))
