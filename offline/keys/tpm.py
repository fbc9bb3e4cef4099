"""The data key sealed by a TPM 2.0 to how the machine was started.

Sealed below a key that only the TPM holds (`tpm_parent.py`), under a policy over platform
configuration registers: 0 is the firmware's code, 7 the state and keys of Secure Boot (TCG
PC Client Platform Firmware Profile, clause 3.3.4). On the bus the key is encrypted in both
directions. A firmware update changes the registers: then `recovery.py` gives the key.
"""

import re
from pathlib import Path

from offline.keys.envelope import Envelope, read_own, write_envelope
from offline.keys.port import KeyFailure, KeyReason, Protection
from offline.keys.tpm_parent import Parent, evict_parent, find_parent, make_parent
from offline.keys.tpm_tools import TpmTools

PCRS = "sha256:0,7"
TCTI = "device:/dev/tpmrm0"
"""The kernel's resource manager: others' keys in the TPM are not in the way."""
SELECTION = re.compile(r"(sha1|sha256|sha384|sha512|sm3_256):(\d|1\d|2[0-3])(,(\d|1\d|2[0-3]))*")
"""One bank, registers 0 to 23."""


class TpmKeeper:
    """Seals a vault's data key; `folder` is where the vault notes its key in the TPM."""

    protection = Protection.TPM

    def __init__(self, folder: Path, tcti: str = TCTI, pcrs: str = PCRS) -> None:
        """Raises ValueError where `pcrs` is not a bank with registers."""
        if not SELECTION.fullmatch(pcrs):
            raise ValueError(f"pcrs: {pcrs!r} is not like {PCRS!r}")
        self._folder = folder
        self._tpm = TpmTools(tcti)
        self._pcrs = pcrs

    def wrap(self, key: bytes) -> bytes:
        """Seal it to the registers as they are now. Raises KeyFailure."""
        with self._tpm.workspace() as work:
            parent = find_parent(self._tpm, self._folder, work) or make_parent(
                self._tpm, self._folder, work
            )
            policy, public, private = work / "policy", work / "public", work / "private"
            with self._tpm.trial(work) as trial:
                self._tpm.run("policypcr", "-Q", "-S", trial, "-l", self._pcrs, "-L", policy)
            with self._tpm.session(work, "hmac", parent.handle, "decrypt") as session:
                self._tpm.run(
                    "create", "-Q", "-C", parent.handle, "-P", f"session:{session}",
                    "-L", policy, "-u", public, "-r", private, "-i", "-", given=key,
                )  # fmt: skip
            fields: dict[str, str | bytes] = {
                "pcrs": self._pcrs,
                "parent": parent.name,
                "public": public.read_bytes(),
                "private": private.read_bytes(),
            }
            return write_envelope(self.protection, fields)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again, where the registers are as they were. Raises KeyFailure."""
        envelope = read_own(wrapped, self.protection)
        pcrs = envelope.text("pcrs")
        if not SELECTION.fullmatch(pcrs):
            raise KeyFailure(KeyReason.UNREADABLE, "the wrapped key is damaged: pcrs")
        with self._tpm.workspace() as work:
            parent = self._parent(envelope, work)
            sealed = self._load(envelope, parent, work)
            with self._tpm.session(work, "policy", parent.handle, "encrypt") as session:
                self._tpm.run("policypcr", "-Q", "-S", session, "-l", pcrs)
                try:
                    return self._tpm.run("unseal", "-c", sealed, "-p", f"session:{session}")
                except KeyFailure as failure:
                    if failure.reason != KeyReason.TPM_REFUSED:
                        raise
                    why = f"the machine was started in another way ({pcrs} changed)"
                    raise KeyFailure(KeyReason.TPM_REFUSED, why) from failure

    def forget(self) -> None:
        """Destroy the vault's key in the TPM. Raises KeyFailure."""
        with self._tpm.workspace() as work:
            evict_parent(self._tpm, self._folder, work)

    def describe(self) -> str:
        """For an operator."""
        return f"TPM 2.0, sealed to {self._pcrs} ({self._tpm.tcti})"

    def _parent(self, envelope: Envelope, work: Path) -> Parent:
        parent = find_parent(self._tpm, self._folder, work)
        if parent is None:
            raise KeyFailure(KeyReason.KEY_LOST, "the TPM holds this vault's key no more")
        if parent.name != envelope.text("parent"):
            raise KeyFailure(KeyReason.NOT_OURS, "sealed for another vault of this TPM")
        return parent

    def _load(self, envelope: Envelope, parent: Parent, work: Path) -> Path:
        public, private, sealed = work / "public", work / "private", work / "sealed.context"
        public.write_bytes(envelope.binary("public"))
        private.write_bytes(envelope.binary("private"))
        self._tpm.run("load", "-Q", "-C", parent.handle, "-u", public, "-r", private, "-c", sealed)
        return sealed
