"""Why the vault cannot be used: a closed list, and whether trying again can help."""

from enum import StrEnum


class VaultReason(StrEnum):
    """Every way in which the vault fails."""

    SQLITE_TOO_OLD = "sqlite_too_old"
    """The SQLite that is loaded has the WAL-reset bug."""
    IN_USE = "in_use"
    """Another process writes to it."""
    KEY_REFUSED = "key_refused"
    """What protects its key does not give it."""
    OTHER_TERMINAL = "other_terminal"
    """It was made by a terminal of another name."""
    UNKNOWN_FORMAT = "unknown_format"
    """A newer software wrote it."""
    TAMPERED = "tampered"
    """A field does not belong where it stands, or was changed."""
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    UNREADABLE = "unreadable"
    """Its folder or file cannot be opened."""
    CORRUPT = "corrupt"
    """Its file is broken; the next start rebuilds it."""
    STATEMENT = "statement"
    """SQLite does not take a statement: a fault of the software."""
    OUTBOX_FULL = "outbox_full"
    """What must never be thrown away has no room left."""
    CLOSED = "closed"


TRANSIENT = frozenset(
    {VaultReason.IN_USE, VaultReason.DISK_FULL, VaultReason.READ_ONLY, VaultReason.OUTBOX_FULL}
)
"""Reasons that may pass without anybody touching the vault."""


class VaultFailure(Exception):
    """The vault did not do what was asked; nothing of it is on the disk."""

    def __init__(self, reason: VaultReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether trying again can help."""
        return self.reason in TRANSIENT
