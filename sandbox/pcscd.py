"""The real pcscd with the virtual reader vpcd, on a socket of its own.

Programs that are to use it find the socket in PCSCLITE_CSOCK_NAME; libpcsclite reads
that variable once in a process. Cards are put in by `python -m drivers.smartcard simulate`.
"""

import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
START_SECONDS = 10
PROGRAM = "/usr/sbin/pcscd"
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
NAME = "Tongban Virtual"
CONFIG = """\
FRIENDLYNAME "{name}"
DEVICENAME   /dev/null:{port:#06x}
LIBPATH      {driver}
CHANNELID    {port:#06x}
"""
# Debian's pcscd takes its socket from systemd: file descriptor 3, announced to its own pid.
BOOT = """\
import os, sys
if int(sys.argv[1]) != 3:
    os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv("/usr/sbin/pcscd", ["pcscd", "-f", "-c", sys.argv[2]])
"""


def installed() -> bool:
    """Whether this machine has pcscd and the virtual reader."""
    return Path(DRIVER).exists() and Path(PROGRAM).exists()


class Pcscd:
    """pcscd with one virtual reader, which can be killed and started again."""

    reader = f"{NAME} 00 00"

    def __init__(self, folder: Path, place: Path) -> None:
        """`folder` takes the configuration; `place` becomes the socket."""
        self._place = place
        self._config = folder / "readers"
        self._config.mkdir(parents=True)
        self.port = two_free_ports()
        text = CONFIG.format(name=NAME, port=self.port, driver=DRIVER)
        (self._config / "vpcd").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when the reader is open. Raises RuntimeError if it does not open."""
        self._place.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self._place))
            listener.listen(16)
            self._process = subprocess.Popen(
                [sys.executable, "-c", BOOT, str(listener.fileno()), str(self._config)],
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("pcscd does not open the virtual reader")
            time.sleep(0.01)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it, without warning unless another signal is asked for."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None

    def _listens(self) -> bool:
        """Whether the virtual reader waits for cards; connecting would insert one."""
        lines = Path("/proc/net/tcp").read_text().splitlines()
        return any(f":{self.port:04X} " in line and " 0A " in line for line in lines)


def two_free_ports() -> int:
    """A port that is free, as is the next: vpcd takes both."""
    while True:
        port = random.randrange(20000, 31000)
        try:
            with socket.create_server(("", port)), socket.create_server(("", port + 1)):
                return port
        except OSError:
            continue
