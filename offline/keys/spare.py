"""The second wrap of a vault's key beside the vault, and the way back by it.

The terminal leaves it when the vault is opened; it opens with the operators' private key only.
`recover` wraps the key anew with what protects keys on this machine now: after a firmware
update, or on the machine that a disk was moved to.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from offline.durable import write_durably
from offline.keyfile import key_path, spare_path
from offline.keys.envelope import read_own
from offline.keys.port import KeyFailure, KeyKeeper, KeyReason
from offline.keys.recovery import BY, fingerprint, open_recovery, wrap_for_recovery


def leave_spare(
    store: Path, keeper: KeyKeeper, operators: ec.EllipticCurvePublicKey, kiosk_id: str
) -> None:
    """See to it that the second wrap is there, for this key. Raises KeyFailure, OSError."""
    path = spare_path(store)
    if path.exists() and read_own(path.read_bytes(), BY).text("to") == fingerprint(operators):
        return
    key = keeper.unwrap(key_path(store).read_bytes())
    write_durably(path, wrap_for_recovery(key, operators, kiosk_id))


def recover(store: Path, operators: ec.EllipticCurvePrivateKey, keeper: KeyKeeper) -> str:
    """Wrap the vault's key anew with `keeper`; whose vault it is. Raises KeyFailure, OSError."""
    path = spare_path(store)
    if not path.exists():
        raise KeyFailure(KeyReason.KEY_LOST, f"{path}: no second wrap was left here")
    wrapped = path.read_bytes()
    kiosk_id = read_own(wrapped, BY).text("kiosk")
    write_durably(key_path(store), keeper.wrap(open_recovery(wrapped, operators, kiosk_id)))
    return kiosk_id
