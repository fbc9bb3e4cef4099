"""What a piece of work may do within one transaction of the vault."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import apsw

from offline.clock import Clock
from offline.suites import Sealer

Value = str | int | float | bytes | None


class Reads(Protocol):
    """What can be looked at without the vault's key."""

    @property
    def kiosk(self) -> str:
        """The terminal's name."""

    @property
    def now(self) -> datetime:
        """The wall's time."""

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""


class Transaction:
    """One transaction: all of it is on the disk, or nothing."""

    def __init__(
        self, connection: apsw.Connection, sealer: Sealer, clock: Clock,
        remembered: dict[str, Any],
    ) -> None:
        self._connection = connection
        self._sealer = sealer
        self._clock = clock
        self.remembered = remembered
        """What was counted before and need not be again, by the table's name; the store forgets
        it whenever anything failed, so that it is never ahead of the disk."""
        self.touched: set[str] = set()
        """Words for what was changed, for whoever observes the vault."""

    def execute(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""
        return self._connection.execute(statement, values).fetchall()

    def insert(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Insert one row; its rowid."""
        self._connection.execute(statement, values)
        return self._connection.last_insert_rowid()

    def change(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; how many rows it changed."""
        self._connection.execute(statement, values)
        return self._connection.changes()

    def seal(self, table: str, row: str, plain: bytes) -> bytes:
        """A field that opens in this row of this table only."""
        return self._sealer.seal(table, row, plain)

    def unseal(self, table: str, row: str, sealed: bytes) -> bytes:
        """What was sealed there. Raises VaultFailure (TAMPERED)."""
        return self._sealer.unseal(table, row, sealed)

    def digest(self, text: str) -> str:
        """A keyed hash: how personal data is named in audit and limits."""
        return self._sealer.digest(text)

    @property
    def kiosk(self) -> str:
        """The terminal's name."""
        return self._sealer.kiosk

    @property
    def now(self) -> datetime:
        """The wall's time."""
        return self._clock.now()

    @property
    def clock(self) -> Clock:
        """All that is known of the time."""
        return self._clock
