"""The last resort: the data key encrypted with a key in a file that only its owner reads.

It keeps the vault from who copies the vault without this file, and nobody else. The file
must be the process's own (or root's), closed to group and world, in a folder that nobody
else can write to: a file that others may have read or replaced is refused, not repaired.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline.durable import sync_folder, write_durably
from offline.keys.envelope import read_own, write_envelope
from offline.keys.port import KeyFailure, KeyReason, Protection

FILE_NAME = "keeper.secret"
SECRET_SIZE = 32
NONCE_SIZE = 12
CONTEXT = b"tongban data key, file keeper, 1"
"""Associated data: a ciphertext of another use of the secret does not open as a key."""


class FileKeeper:
    """Keeps a secret of 32 bytes in `folder`, made with the first key that is wrapped."""

    protection = Protection.FILE

    def __init__(self, folder: Path, random: Callable[[int], bytes] = os.urandom) -> None:
        self._path = folder / FILE_NAME
        self._random = random

    def wrap(self, key: bytes) -> bytes:
        """AES-256-GCM with the file's secret; makes the file. Raises KeyFailure."""
        secret = self._read() if self._path.exists() else self._make()
        nonce = self._random(NONCE_SIZE)
        sealed = AESGCM(secret).encrypt(nonce, key, CONTEXT)
        return write_envelope(self.protection, {"nonce": nonce, "sealed": sealed})

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again. Raises KeyFailure."""
        envelope = read_own(wrapped, self.protection)
        nonce, sealed = envelope.binary("nonce"), envelope.binary("sealed")
        if len(nonce) != NONCE_SIZE:
            raise KeyFailure(KeyReason.UNREADABLE, f"a nonce of {len(nonce)} bytes")
        try:
            return AESGCM(self._read()).decrypt(nonce, sealed, CONTEXT)
        except InvalidTag as error:
            why = f"{self._path} is not the file that wrapped this key"
            raise KeyFailure(KeyReason.NOT_OURS, why) from error

    def forget(self) -> None:
        """Overwrite the secret and take it away; flash may keep an old block of it."""
        try:
            with self._path.open("r+b") as file:
                file.write(bytes(SECRET_SIZE))
                file.flush()
                os.fsync(file.fileno())
            self._path.unlink()
            sync_folder(self._path.parent)
        except FileNotFoundError:
            return  # forgotten already
        except OSError as error:
            raise _disk(self._path, error) from error

    def describe(self) -> str:
        """For an operator."""
        return f"a file that only its owner reads ({self._path})"

    def _make(self) -> bytes:
        secret = self._random(SECRET_SIZE)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _check_folder(self._path.parent)
            write_durably(self._path, secret)
        except OSError as error:
            raise _disk(self._path, error) from error
        return secret

    def _read(self) -> bytes:
        try:
            _check_folder(self._path.parent)
            with open(self._path, "rb", opener=_without_links) as file:
                _check_file(self._path, os.fstat(file.fileno()))
                secret = file.read(SECRET_SIZE + 1)
        except FileNotFoundError as error:
            raise KeyFailure(KeyReason.KEY_LOST, f"{self._path} is missing") from error
        except OSError as error:
            raise _disk(self._path, error) from error
        if len(secret) != SECRET_SIZE:
            raise KeyFailure(KeyReason.KEY_LOST, f"{self._path} does not hold {SECRET_SIZE} bytes")
        return secret


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _check_folder(folder: Path) -> None:
    found = folder.stat()
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeyFailure(KeyReason.INSECURE_FILE, f"{folder} belongs to user {found.st_uid}")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise KeyFailure(KeyReason.INSECURE_FILE, f"{folder} can be written to by others")


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyFailure(KeyReason.INSECURE_FILE, f"{path} is not an ordinary file")
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeyFailure(KeyReason.INSECURE_FILE, f"{path} belongs to user {found.st_uid}")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFailure(KeyReason.INSECURE_FILE, f"{path} is open to others (mode {mode:04o})")


def _disk(path: Path, error: OSError) -> KeyFailure:
    return KeyFailure(KeyReason.DISK, f"{path}: {error.strerror}")
