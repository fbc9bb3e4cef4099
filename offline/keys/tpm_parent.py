"""The lasting key in the TPM below which a vault's data key is sealed: one for each vault.

The TPM makes it of its own randomness, and nothing of it is kept outside the TPM: so when
it is evicted, no copy of what was sealed below it opens ever again, whatever flash memory
or a backup still holds. Which key is the vault's stands in a file beside the vault; that
holds a handle and a name (TPM 2.0 Library, part 1, clause 16), nothing secret.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from offline.durable import sync_folder, write_durably
from offline.keys.port import KeyFailure, KeyReason
from offline.keys.tpm_tools import TpmTools

FILE_NAME = "tpm-parent.json"
FIRST_HANDLE, LAST_HANDLE = 0x81020000, 0x8102FFFF
"""Within the owner's persistent handles; the registry of the TCG keeps those below for itself."""
ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt|noda"
"""A storage key that never leaves the TPM, and that no lock-out of others stops."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A vault's key in the TPM."""

    handle: str
    """Hexadecimal, with 0x."""
    name: str
    """The digest that TPMs name keys by, hexadecimal."""


def find_parent(tpm: TpmTools, folder: Path, work: Path) -> Parent | None:
    """The vault's key, if it has one and the TPM still holds it. Raises KeyFailure."""
    noted = _read(folder / FILE_NAME)
    if noted is None or noted.handle not in _handles(tpm):
        return None
    return noted if _name(tpm, noted.handle, work) == noted.name else None


def make_parent(tpm: TpmTools, folder: Path, work: Path) -> Parent:
    """A new key in the TPM, noted before it lasts so that a crash leaves none unnoted."""
    primary, key = work / "primary.context", work / "parent.context"
    tpm.run("createprimary", "-Q", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", primary)
    public, private = work / "parent.public", work / "parent.private"
    tpm.run(
        "create", "-Q", "-C", primary, "-g", "sha256", "-G", "ecc", "-a", ATTRIBUTES,
        "-u", public, "-r", private, "-c", key,
    )  # fmt: skip
    # Of the private half only the TPM's copy may stay, or eviction would destroy nothing.
    private.unlink()
    tpm.flush()
    parent = Parent(_free_handle(tpm), _name(tpm, str(key), work))
    note = json.dumps({"handle": parent.handle, "name": parent.name}).encode() + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(folder / FILE_NAME, note)
    except OSError as error:
        raise KeyFailure(KeyReason.DISK, f"{folder / FILE_NAME}: {error.strerror}") from error
    tpm.run("evictcontrol", "-Q", "-C", "o", "-c", key, parent.handle)
    tpm.flush()
    return parent


def evict_parent(tpm: TpmTools, folder: Path, work: Path) -> None:
    """Destroy the vault's key in the TPM, then the note of it. Raises KeyFailure."""
    parent = find_parent(tpm, folder, work)
    if parent is not None:
        tpm.run("evictcontrol", "-Q", "-C", "o", "-c", parent.handle)
    try:
        (folder / FILE_NAME).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise KeyFailure(KeyReason.DISK, f"{folder / FILE_NAME}: {error.strerror}") from error


def _read(path: Path) -> Parent | None:
    try:
        note = json.loads(path.read_bytes())
        return Parent(str(note["handle"]), str(note["name"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFailure(KeyReason.DISK, f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise KeyFailure(KeyReason.UNREADABLE, f"{path} is damaged") from error


def _handles(tpm: TpmTools) -> frozenset[str]:
    listed = tpm.run("getcap", "handles-persistent").decode()
    return frozenset(line.removeprefix("- ").strip().lower() for line in listed.splitlines())


def _free_handle(tpm: TpmTools) -> str:
    taken = _handles(tpm)
    for number in range(FIRST_HANDLE, LAST_HANDLE + 1):
        if f"{number:#x}" not in taken:
            return f"{number:#x}"
    raise KeyFailure(KeyReason.TPM_FULL, "every handle is taken")


def _name(tpm: TpmTools, key: str, work: Path) -> str:
    file = work / "name"
    tpm.run("readpublic", "-Q", "-c", key, "-n", file)
    tpm.flush()
    return file.read_bytes().hex()
