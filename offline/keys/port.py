"""What a keeper of the data key does, and every way in which it can fail."""

from enum import StrEnum
from typing import Protocol


class Protection(StrEnum):
    """What protects a data key, the strongest first."""

    TPM = "tpm"
    """Sealed by a TPM 2.0 to how the machine was started."""
    SYSTEMD_CREDS = "systemd-creds"
    """Encrypted with the machine's credential secret."""
    FILE = "file"
    """Encrypted with a key in a file that only its owner reads."""


class KeyReason(StrEnum):
    """Every way in which a keeper fails."""

    NO_TPM = "no_tpm"
    """There is no TPM where the configuration has one."""
    TPM_REFUSED = "tpm_refused"
    """The machine was not started as it was when the key was sealed (its PCRs changed)."""
    TPM_BUSY = "tpm_busy"
    """The TPM is at work, out of slots, or has locked itself for a while."""
    TPM_FULL = "tpm_full"
    """The TPM has no room for another lasting key."""
    TPM_OWNED = "tpm_owned"
    """The TPM's owner hierarchy has a password that the terminal does not know."""
    TPM_FAULT = "tpm_fault"
    """The TPM answered with another error."""
    TOOL_MISSING = "tool_missing"
    """A command is not installed."""
    TIMEOUT = "timeout"
    """A command did not end in its time."""
    CREDENTIALS_REFUSED = "credentials_refused"
    """systemd-creds does not encrypt, or does not decrypt with this machine's secret."""
    NOT_OURS = "not_ours"
    """Wrapped by another keeper, terminal or vault."""
    UNREADABLE = "unreadable"
    """Not a wrapped key, or a damaged one."""
    UNKNOWN_VERSION = "unknown_version"
    """Wrapped by a newer software."""
    INSECURE_FILE = "insecure_file"
    """Others can read or replace what must be the owner's alone."""
    KEY_LOST = "key_lost"
    """What the keeper held is not there any more."""
    DISK = "disk"
    """A file of the keeper cannot be read or written."""
    BAD_RECOVERY_KEY = "bad_recovery_key"
    """Not a P-256 key, or not the one that the recovery wrap was made for."""


TRANSIENT = frozenset({KeyReason.TPM_BUSY, KeyReason.TIMEOUT, KeyReason.DISK})
"""Reasons that may pass without anybody touching the terminal."""


class KeyFailure(Exception):
    """A key was not wrapped, or not given back. `detail` is for a technician; it holds no key."""

    def __init__(self, reason: KeyReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether trying again can help."""
        return self.reason in TRANSIENT


class KeyKeeper(Protocol):
    """Wraps a data key and gives it back. Calls block: a TPM takes up to some seconds."""

    @property
    def protection(self) -> Protection:
        """What it protects with."""

    def wrap(self, key: bytes) -> bytes:
        """The key as it may lie on the disk, 1 to 64 bytes wrapped. Raises KeyFailure."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key that `wrap` was given. Raises KeyFailure."""

    def forget(self) -> None:
        """Destroy what the keeper holds outside the wrapped form. Raises KeyFailure.

        Where it holds something (TPM, FILE), no copy of the wrapped form opens ever after.
        """

    def describe(self) -> str:
        """One line for an operator: what protects the key, and where."""
