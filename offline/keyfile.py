"""The vault's wrapped data key, in a file beside it: gone, and the vault is gone (crypto-erase)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from offline.durable import sync_folder, write_durably
from offline.failures import VaultFailure, VaultReason
from offline.suites import DATA_KEY


class Keeper(Protocol):
    """What protects the data key; `offline.keys.port.KeyKeeper` is one."""

    def wrap(self, key: bytes) -> bytes:
        """The key as it may lie on the disk."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again."""

    def forget(self) -> None:
        """Destroy what the keeper itself holds."""


def key_path(store: Path) -> Path:
    """Where the wrapped key of a vault lies."""
    return store.with_suffix(".key")


def spare_path(store: Path) -> Path:
    """Where the same key lies wrapped for the operators, if it does."""
    return store.with_suffix(".recovery")


def data_key(store: Path, keeper: Keeper, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """The data key of a vault; made where there is neither vault nor key.

    Raises VaultFailure where there is a vault without a key, and what the keeper raises.
    """
    path = key_path(store)
    if path.exists():
        return keeper.unwrap(path.read_bytes())
    if store.exists():
        raise VaultFailure(VaultReason.KEY_REFUSED, f"{path} is missing")
    key = random(DATA_KEY)
    write_durably(path, keeper.wrap(key))
    return key


def erase(store: Path, keeper: Keeper) -> None:
    """Destroy the key: nothing that was sealed can be opened by anybody again."""
    # The operators' wrap goes first: a power cut in the middle must not leave a way back.
    for path in (spare_path(store), key_path(store)):
        if path.exists():
            # Flash may keep the old block; what the keeper held is what counts.
            write_durably(path, os.urandom(path.stat().st_size))
            path.unlink()
            sync_folder(path.parent)
    keeper.forget()
