"""tpm2-tools against one TPM, and what a TPM's error codes mean to a keeper.

Codes are those of the TPM 2.0 Library, part 2, clause 6.6 (TPM_RC). A code of format one
carries the number of the handle, session or parameter in it; it is taken out here.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from offline.keys.commands import run
from offline.keys.port import KeyFailure, KeyReason

MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made with mode 0700
FORMAT_ONE = 0x080
FORMAT_ONE_CODE = 0x0BF
"""The format bit and the six bits of the error itself."""
POLICY_FAIL, HANDLE, INTEGRITY = 0x09D, 0x08B, 0x09F
AUTH_FAIL, BAD_AUTH, PCR_CHANGED = 0x08E, 0x0A2, 0x128
NV_SPACE = 0x14B
REASONS = {
    POLICY_FAIL: KeyReason.TPM_REFUSED,
    PCR_CHANGED: KeyReason.TPM_REFUSED,
    INTEGRITY: KeyReason.NOT_OURS,
    HANDLE: KeyReason.KEY_LOST,
    AUTH_FAIL: KeyReason.TPM_OWNED,
    BAD_AUTH: KeyReason.TPM_OWNED,
    NV_SPACE: KeyReason.TPM_FULL,
}
WARNING_FIRST, WARNING_LAST = 0x900, 0x97F
"""Warnings of the TPM: out of slots, testing itself, locked out, asked too often."""
CODE = re.compile(r"\(0x([0-9A-Fa-f]{1,8})\)")
NO_CONNECTION = "Could not load tcti"


class TpmTools:
    """Runs tools against the TPM that `tcti` names (`device:/dev/tpmrm0`, `swtpm:port=2321`)."""

    def __init__(self, tcti: str) -> None:
        self.tcti = tcti

    def run(self, tool: str, *arguments: str | Path, given: bytes = b"") -> bytes:
        """What a tool puts out. Raises KeyFailure with what the TPM's error means."""
        command = [f"tpm2_{tool}", *(str(one) for one in arguments), "-T", self.tcti]
        # The libraries below explain every error in their own lines; the tool's do.
        done = run(command, given, {"TSS2_LOG": "all+NONE"})
        if done.status != 0:
            raise _failure(tool, self.tcti, done.status, done.complaint)
        return done.output

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder in memory for the contexts of keys and sessions; the TPM's slots are freed.

        Session contexts hold the key that protects the bus; so they touch no disk.
        """
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="tongban-tpm-", dir=memory) as folder:
            try:
                yield Path(folder)
            finally:
                self.flush()

    @contextlib.contextmanager
    def session(self, work: Path, kind: str, key: str, protect: str) -> Iterator[Path]:
        """A session whose parameters are encrypted on the bus, salted to the TPM's own `key`.

        `kind` is `hmac` or `policy`; `protect` is what is encrypted, `decrypt` for what goes to
        the TPM, `encrypt` for what it answers.
        """
        with self._started(
            work / f"{kind}.session", f"--{kind}-session", "--tpmkey-context", key
        ) as session:
            self.run("sessionconfig", session, f"--enable-{protect}")
            yield session

    @contextlib.contextmanager
    def trial(self, work: Path) -> Iterator[Path]:
        """A session that only works out what a policy comes to."""
        with self._started(work / "trial.session") as session:
            yield session

    @contextlib.contextmanager
    def _started(self, session: Path, *arguments: str) -> Iterator[Path]:
        self.run("startauthsession", *arguments, "-S", session)
        try:
            yield session
        finally:
            self.run("flushcontext", session)

    def flush(self) -> None:
        """Free the TPM's slots for keys: without a resource manager it has three."""
        self.run("flushcontext", "-t")


def _failure(tool: str, tcti: str, status: int, complaint: str) -> KeyFailure:
    if NO_CONNECTION in complaint:
        return KeyFailure(KeyReason.NO_TPM, f"no TPM answers at {tcti}")
    codes = CODE.findall(complaint)
    if not codes:
        lines = complaint.strip().splitlines()
        why = lines[0] if lines else f"exit status {status}"
        return KeyFailure(KeyReason.TPM_FAULT, f"tpm2_{tool}: {why}")
    code = int(codes[-1], 16)
    return KeyFailure(_reason(code), f"tpm2_{tool}: TPM error 0x{code:03x}")


def _reason(code: int) -> KeyReason:
    if WARNING_FIRST <= code <= WARNING_LAST:
        return KeyReason.TPM_BUSY
    plain = code & FORMAT_ONE_CODE if code & FORMAT_ONE else code
    return REASONS.get(plain, KeyReason.TPM_FAULT)
