"""The data key as a credential of systemd, encrypted with the machine's own secret.

`systemd-creds` (systemd.io/CREDENTIALS) binds what it encrypts to a secret of this
installation, /var/lib/systemd/credential.secret, which only root reads: so this keeper
works where the terminal's process may read it. It runs without systemd as process 1. The
secret is the machine's and serves others too; so there is nothing here to destroy.
"""

from pathlib import Path

from offline.keys.commands import run
from offline.keys.envelope import read_own, write_envelope
from offline.keys.port import KeyFailure, KeyReason, Protection

TOOL = "systemd-creds"


class CredentialKeeper:
    """Encrypts under `name`, which is bound into the credential.

    `secret` is where the machine's secret lies, if not at systemd's own place.
    """

    protection = Protection.SYSTEMD_CREDS

    def __init__(self, name: str, secret: Path | None = None) -> None:
        self._name = name
        # An environment variable that systemd documents for its services and tools.
        self._environment = {"SYSTEMD_CREDENTIAL_SECRET": str(secret)} if secret else {}

    def wrap(self, key: bytes) -> bytes:
        """The credential; makes the machine's secret where there is none. Raises KeyFailure."""
        # Beyond the machine's secret, `auto` would take a TPM without our policy.
        credential = self._run("encrypt", "--with-key=host", given=key)
        return write_envelope(self.protection, {"name": self._name, "credential": credential})

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again. Raises KeyFailure."""
        envelope = read_own(wrapped, self.protection)
        if envelope.text("name") != self._name:
            why = f"a credential {envelope.text('name')!r}, not {self._name!r}"
            raise KeyFailure(KeyReason.NOT_OURS, why)
        return self._run("decrypt", given=envelope.binary("credential"))

    def forget(self) -> None:
        """Nothing: the vault drops the credential, which is all there is of the key."""

    def describe(self) -> str:
        """For an operator."""
        return f"systemd-creds with the machine's secret ({self._name})"

    def _run(self, verb: str, *options: str, given: bytes) -> bytes:
        command = [TOOL, verb, *options, f"--name={self._name}", "-", "-"]
        done = run(command, given, self._environment)
        if done.status != 0:
            lines = done.complaint.strip().splitlines()
            why = lines[-1] if lines else f"exit status {done.status}"
            raise KeyFailure(KeyReason.CREDENTIALS_REFUSED, f"{TOOL} {verb}: {why}")
        return done.output
