"""Which keeper a vault gets: the strongest that works here, or the one that wrapped its key."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from offline.keys.credentials import CredentialKeeper
from offline.keys.envelope import read_envelope
from offline.keys.file import FileKeeper
from offline.keys.port import KeyFailure, KeyKeeper, KeyReason, Protection
from offline.keys.tpm import PCRS, TCTI, TpmKeeper

log = logging.getLogger(__name__)

AUTO = "auto"
WANTED = (AUTO, *Protection)
"""What a configuration may ask for."""


@dataclass(frozen=True, slots=True)
class KeyOptions:
    """What the keepers need to know of the machine."""

    tcti: str = TCTI
    """Where the TPM is, in the words of tpm2-tss."""
    pcrs: str = PCRS
    """The registers that a sealed key depends on."""
    credential: str = "tongban-vault"
    """The name that systemd-creds binds into what it encrypts."""
    credential_secret: Path | None = None
    """Where the machine's credential secret lies, if not at systemd's own place."""


def choose_keeper(
    folder: Path,
    wanted: str = AUTO,
    *,
    wrapped: bytes | None = None,
    options: KeyOptions | None = None,
) -> KeyKeeper:
    """The keeper for the vault in `folder`; `wrapped` is its wrapped key where it has one.

    A keeper is taken for a new vault when it has given back what it wrapped; under `auto` in
    the order of Protection, and the log says why a stronger one was passed over. Raises
    ValueError for an unknown `wanted`, KeyFailure where none works.
    """
    if wanted not in WANTED:
        raise ValueError(f"{wanted!r} is none of {', '.join(WANTED)}")
    makers = _makers(folder, options or KeyOptions())
    if wrapped is not None:
        return makers[_wrapped_by(wrapped, wanted)]()
    if wanted != AUTO:
        keeper = makers[Protection(wanted)]()
        _try_out(keeper)
        return keeper
    return _strongest(makers)


def _makers(folder: Path, options: KeyOptions) -> Mapping[Protection, Callable[[], KeyKeeper]]:
    return {
        Protection.TPM: lambda: TpmKeeper(folder, options.tcti, options.pcrs),
        Protection.SYSTEMD_CREDS: lambda: CredentialKeeper(
            options.credential, options.credential_secret
        ),
        Protection.FILE: lambda: FileKeeper(folder),
    }


def _wrapped_by(wrapped: bytes, wanted: str) -> Protection:
    by = read_envelope(wrapped).by
    try:
        protection = Protection(by)
    except ValueError as error:
        raise KeyFailure(KeyReason.NOT_OURS, f"wrapped by {by!r}, which is no keeper") from error
    if wanted not in {AUTO, protection}:
        log.warning("the vault's key stays with %s, not with %s: it has a key", protection, wanted)
    return protection


def _strongest(makers: Mapping[Protection, Callable[[], KeyKeeper]]) -> KeyKeeper:
    passed_over = []
    for protection in Protection:
        keeper = makers[protection]()
        try:
            _try_out(keeper)
        except KeyFailure as failure:
            passed_over.append(f"{protection} ({failure})")
            last = failure
            continue
        if passed_over:
            log.warning(
                "the vault's key is with %s; passed over: %s", protection, "; ".join(passed_over)
            )
        return keeper
    raise last


def _try_out(keeper: KeyKeeper) -> None:
    probe = secrets.token_bytes(32)
    if keeper.unwrap(keeper.wrap(probe)) != probe:
        raise KeyFailure(KeyReason.UNREADABLE, f"{keeper.protection} gave back another key")
