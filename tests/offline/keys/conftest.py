"""A TPM that none of us wrote (swtpm), a process of its own; it can be switched off and on."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


class SoftwareTpm:
    """A TPM 2.0 whose state lies in a folder."""

    def __init__(self) -> None:
        # A socket's path may have 107 bytes; pytest's own folders are longer.
        self._folder = Path(tempfile.mkdtemp(prefix="tpm-"))
        (self._folder / "state").mkdir()
        self.tcti = f"swtpm:path={self._folder / 'tpm'}"
        self._process: subprocess.Popen | None = None
        self.switch_on()

    def switch_on(self) -> None:
        """As a machine does: the registers start anew."""
        socket = self._folder / "tpm"
        self._process = subprocess.Popen(
            [
                "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self._folder / 'state'}",
                "--server", f"type=unixio,path={socket}",
                "--ctrl", f"type=unixio,path={socket}.ctrl",
                "--flags", "not-need-init,startup-clear",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not (socket.exists() and Path(f"{socket}.ctrl").exists()):
            assert self._process.poll() is None, "swtpm did not start"
            assert time.monotonic() < deadline, "swtpm did not start in its time"
            time.sleep(0.02)

    def switch_off(self) -> None:
        """Cut its power."""
        self._process.terminate()
        self._process.wait(timeout=10)
        for socket in self._folder.glob("tpm*"):
            socket.unlink(missing_ok=True)

    def run(self, tool: str, *arguments: str) -> str:
        """One of tpm2-tools, by hand."""
        done = subprocess.run(
            [f"tpm2_{tool}", *arguments, "-T", self.tcti],
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        return done.stdout

    def extend(self, register: int) -> None:
        """As a changed firmware does."""
        self.run("pcrextend", f"{register}:sha256={'5a' * 32}")

    def close(self) -> None:
        """End it and its state."""
        self.switch_off()
        shutil.rmtree(self._folder)


@pytest.fixture
def tpm() -> Iterator[SoftwareTpm]:
    """A TPM as it comes from the factory."""
    made = SoftwareTpm()
    yield made
    made.close()
