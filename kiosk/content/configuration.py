"""Configuration that operators publish for a terminal: a few known fields, from the next start on.

Which fields these are stands here: nothing that says whom the terminal trusts, who it is, or how
faces are compared. What was accepted is kept sealed in the vault.
"""

import logging
from pathlib import Path

from kiosk.audit import note
from kiosk.audit_events import AuditEvent
from kiosk.config import BadConfiguration, Config, changed
from kiosk.content.tables import load_toml, not_understood
from offline.failures import VaultFailure
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.publication import Files
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

COLLECTION = "configuration"
FILE = "kiosk.toml"
FROM_AFAR = {
    "terminal": frozenset({"place_zh", "place_en", "copy_days"}),
    "platform": frozenset({"timeout"}),
    "certificates": frozenset({"region_seconds"}),
}
"""The fields that may be changed from afar."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS published_configuration (
    file TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
TABLE = "published_configuration"


def with_published(config: Config, content: bytes) -> Config:
    """A configuration with the published fields in it. Raises SyncFailure."""
    try:
        return changed(config, load_toml(FILE, content), Path(FILE), FROM_AFAR)
    except BadConfiguration as error:
        raise not_understood(str(error)) from error


def kept(txn: Transaction) -> bytes:
    """What was accepted last; empty where nothing was."""
    rows = txn.execute("SELECT content FROM published_configuration WHERE file = ?", (FILE,))
    return txn.unseal(TABLE, FILE, rows[0][0]) if rows else b""


def in_effect(config: Config, vault: Vault) -> Config:
    """A terminal's configuration at its start, with what was published. Blocks.

    What cannot be read, or is not sound any more, does not keep the terminal from starting.
    """
    try:
        return with_published(config, vault.write_now(kept))
    except (SyncFailure, VaultFailure) as failure:
        log.warning("published configuration is not used: %s", failure)
        return config


class PublishedConfiguration:
    """Takes published configuration for the next start."""

    def __init__(self, config: Config, vault: Vault) -> None:
        """`config`: what the published fields shall stand in."""
        self._config = config
        self._vault = vault

    async def accept(self, files: Files) -> None:
        """Keep what is published, if it is sound. Raises SyncFailure."""
        if set(files) - {FILE}:
            raise not_understood(f"not {FILE} alone")
        content = files.get(FILE, b"")
        with_published(self._config, content)
        try:
            await self._vault.write(lambda txn: _keep(txn, content))
        except VaultFailure as failure:
            raise SyncFailure(SyncReason.DISK, str(failure)) from failure


def _keep(txn: Transaction, content: bytes) -> None:
    if kept(txn) == content:
        return
    txn.execute(
        "INSERT OR REPLACE INTO published_configuration VALUES (?, ?)",
        (FILE, txn.seal(TABLE, FILE, content)),
    )
    note(txn, AuditEvent.CONFIGURATION_TAKEN, {})
