"""Vaults for tests: in a folder, their key not protected, time as it is told."""

from datetime import UTC, datetime, timedelta

from offline.clock import Clock
from offline.store import Store, StoreOptions
from offline.vault import Vault

KIOSK = "TEST-0001"


class PlainKeeper:
    """Keeps a key as it is."""

    protection = "none"

    def wrap(self, key):
        return key

    def unwrap(self, wrapped):
        return wrapped

    def forget(self):
        return


class Time:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
        self.seconds = 100.0
        self.trusted = True

    def go(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds

    def clock(self, boot="boot-1"):
        return Clock(lambda: self.now, lambda: self.seconds, boot, lambda: self.trusted)


def schemas():
    from kiosk.keeping import SCHEMAS

    return SCHEMAS


def open_store(folder, time=None, suite="aes-256-gcm", keeper=None, kiosk=KIOSK):
    """A vault with a terminal's tables."""
    clock = (time or Time()).clock()
    return Vault.open(
        folder / "vault.db", keeper or PlainKeeper(), kiosk, schemas(), suite, clock
    )


def plain_store(folder, time=None, suite="aes-256-gcm", vfs=None):
    """The same without its thread."""
    options = StoreOptions(KIOSK, schemas(), suite, vfs)
    return Store(folder / "vault.db", PlainKeeper(), options, (time or Time()).clock())
