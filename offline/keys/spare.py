"""The second wrap of a vault's key beside the vault, and the way back by it.

The terminal leaves it when the vault is opened; it opens with the operators' private key only.
`recover` wraps the key anew with what protects keys on this machine now: after a firmware
update, or on the machine that a disk was moved to.
"""

import logging
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from offline.durable import write_durably
from offline.keyfile import key_path, spare_path
from offline.keys.envelope import read_own
from offline.keys.port import KeyFailure, KeyKeeper, KeyReason
from offline.keys.recovery import (
    BY,
    fingerprint,
    mark_of,
    open_recovery,
    wrap_for_recovery,
)
from offline.store import hold, opens

log = logging.getLogger(__name__)


def leave_spare(
    store: Path, keeper: KeyKeeper, operators: ec.EllipticCurvePublicKey, kiosk_id: str
) -> None:
    """See to it that the second wrap is there, for this key. Raises KeyFailure, OSError."""
    path = spare_path(store)
    key = keeper.unwrap(key_path(store).read_bytes())
    if path.exists() and _is_of(path.read_bytes(), operators, key):
        return
    write_durably(path, wrap_for_recovery(key, operators, kiosk_id))


def _is_of(wrapped: bytes, operators: ec.EllipticCurvePublicKey, key: bytes) -> bool:
    """Whether a second wrap is of this key for these operators; a damaged one is not."""
    try:
        envelope = read_own(wrapped, BY)
        return (envelope.text("to"), envelope.text("of")) == (fingerprint(operators), mark_of(key))
    except KeyFailure as failure:
        log.warning("the operators' wrap of the key is made anew: %s", failure)
        return False


def recover(store: Path, operators: ec.EllipticCurvePrivateKey, keeper: KeyKeeper) -> str:
    """Wrap the vault's key anew with `keeper`; whose vault it is. The old wrap stays beside it.

    Raises KeyFailure (also where the wrap is of another key), OSError, VaultFailure
    where the vault is in use or is none.
    """
    with hold(store):
        return _recover(store, operators, keeper)


def _recover(store: Path, operators: ec.EllipticCurvePrivateKey, keeper: KeyKeeper) -> str:
    path = spare_path(store)
    if not path.exists():
        raise KeyFailure(KeyReason.KEY_LOST, f"{path}: no second wrap was left here")
    wrapped = path.read_bytes()
    kiosk_id = read_own(wrapped, BY).text("kiosk")
    key = open_recovery(wrapped, operators, kiosk_id)
    if not opens(store, key):
        why = f"{path}: the second wrap is of another key than the vault's"
        raise KeyFailure(KeyReason.NOT_OURS, why)
    kept = key_path(store)
    if kept.exists():
        write_durably(kept.with_name(f"{kept.name}.before"), kept.read_bytes())
    write_durably(kept, keeper.wrap(key))
    return kiosk_id
