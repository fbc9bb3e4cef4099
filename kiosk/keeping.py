"""The terminal's vault: where it lies, what protects its key, and what stands in it."""

import logging
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from joserfc.jwk import ECKey

from kiosk.alive.obstacle import of_error
from kiosk.audit import note
from kiosk.audit_events import AuditEvent
from kiosk.config import BadConfiguration, Config
from kiosk.content import configuration
from kiosk.errors import Failure
from kiosk.limits import attempts
from kiosk.printing import ledger
from kiosk.reasons import Reason
from kiosk.services import requests
from offline import outbox
from offline.audit import checkpoint
from offline.audit import log as audit_log
from offline.audit.checkpoint import Sign
from offline.clock import Clock
from offline.failures import VaultFailure, VaultReason
from offline.keyfile import key_path
from offline.keys.choose import WANTED, choose_keeper
from offline.keys.port import KeyFailure, KeyKeeper
from offline.keys.recovery import read_public
from offline.keys.spare import leave_spare
from offline.recovery import REBUILT
from offline.sealed import store as sealed
from offline.suites import SUITES
from offline.sync import job
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

STORE = "vault.db"
SCHEMAS = (
    outbox.SCHEMA, audit_log.SCHEMA, checkpoint.SCHEMA, ledger.SCHEMA, attempts.SCHEMA,
    requests.SCHEMA, sealed.SCHEMA,
    job.SCHEMA, configuration.SCHEMA,
)
"""The tables of a terminal's vault."""


BY_VAULT = {
    VaultReason.DISK_FULL: Reason.DISK_FULL, VaultReason.READ_ONLY: Reason.DISK_READ_ONLY,
    VaultReason.UNREADABLE: Reason.STATE_UNREADABLE, VaultReason.KEY_REFUSED: Reason.KEY_REFUSED,
}
"""What a vault that does not open is called; anything else is a fault of the store."""


def open_vault(config: Config, clock: Clock) -> tuple[Vault, KeyKeeper]:
    """The vault and what protects its key. Raises BadConfiguration, and Failure."""
    settings, path = config.store, config.terminal.state / STORE
    if settings.protection not in WANTED:
        raise BadConfiguration(f"store.protection: {settings.protection!r} is none of {WANTED}")
    if settings.suite not in SUITES:
        raise BadConfiguration(f"store.suite: {settings.suite!r} is none of {sorted(SUITES)}")
    kept = key_path(path)
    operators = _operators(settings.recovery)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        wrapped = kept.read_bytes() if kept.exists() else None
        keeper = choose_keeper(path.parent, settings.protection, wrapped=wrapped)
        vault = Vault.open(path, keeper, config.terminal.id, SCHEMAS, settings.suite, clock)
        try:
            if vault.rebuilt is not None:
                vault.write_now(_tell_rebuilt)
            if operators is not None:
                leave_spare(path, keeper, operators, config.terminal.id)
        except BaseException:
            vault.close()  # or nobody could open it again
            raise
    except OSError as error:
        met = of_error(error)
        raise Failure(met.reason, met.detail) from error
    except KeyFailure as failure:
        raise Failure(Reason.KEY_REFUSED, f"{kept}: {failure}") from failure
    except VaultFailure as failure:
        reason = BY_VAULT.get(failure.reason, Reason.STORE_FAULT)
        raise Failure(reason, f"{path}: {failure}") from failure
    return vault, keeper


def _operators(path: Path | None) -> EllipticCurvePublicKey | None:
    """The key that the second wrap is for. Raises BadConfiguration."""
    if path is None:
        return None
    try:
        return read_public(path.read_bytes())
    except (OSError, KeyFailure) as error:
        raise BadConfiguration(f"store.recovery {path}: {error}") from error


def signing(key: ECKey) -> Sign:
    """Signs checkpoints with the terminal's key."""
    return checkpoint.signer(private_key(key))


def private_key(key: ECKey) -> EllipticCurvePrivateKey:
    """The terminal's key, for what is no token."""
    private = key.private_key
    assert isinstance(private, EllipticCurvePrivateKey)
    return private


def _tell_rebuilt(txn: Transaction) -> None:
    """Count on in a store that was rebuilt, and say that it was."""
    audit_log.mend(txn)
    note(txn, AuditEvent.STORE_REBUILT, {})
    txn.execute("DELETE FROM meta WHERE name = ?", (REBUILT,))
