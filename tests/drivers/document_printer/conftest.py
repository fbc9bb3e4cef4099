"""Programs that none of us wrote: ippeveprinter with Avahi, and cupsd with a queue to it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

BUS = "/run/dbus/system_bus_socket"
AVAHI = "/run/avahi-daemon/socket"
DOCUMENT = ROOT / "tests/drivers/document_printer/one-page.pdf"
PRINTER = ROOT / "tests/drivers/document_printer/printer.conf"
CUPS_FILES = """\
ServerRoot {d}/etc
StateDir {d}/state
CacheDir {d}/cache
RequestRoot {d}/spool
TempDir {d}/tmp
DocumentRoot {d}/docs
ServerBin {d}/lib
ServerKeychain {d}/etc/ssl
ErrorLog {d}/log/error_log
AccessLog {d}/log/access_log
PageLog {d}/log/page_log
Printcap
SystemGroup root lpadmin
User lp
Group lp
"""
CUPSD = """\
Listen 127.0.0.1:{port}
ServerName localhost
ServerAlias *
Browsing Off
DefaultShared No
WebInterface No
DefaultEncryption Never
IdleExitTimeout 0
LogLevel debug
MaxLogSize 0
PreserveJobHistory Yes
JobRetryInterval 5
DirtyCleanInterval 0
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  <Limit All>
    AuthType None
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
JAMMING_BACKEND = """\
#!/bin/sh
[ $# -eq 0 ] && exit 0
cat "${6:-/dev/stdin}" >/dev/null 2>&1
echo "STATE: +media-jam-error" >&2
sleep 0.3
exit 4
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(path) == 0


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come up"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def dns_sd() -> Iterator[None]:
    """A system bus and Avahi, which ippeveprinter insists on; started where missing."""
    started = []
    if not answers(BUS):
        os.makedirs("/run/dbus", exist_ok=True)
        for stale in ("/run/dbus/pid", BUS):
            if os.path.exists(stale):
                os.unlink(stale)
        started.append(subprocess.Popen(["dbus-daemon", "--system", "--nofork", "--nopidfile"]))
        wait_until(lambda: answers(BUS))
    if not answers(AVAHI):
        shutil.rmtree("/run/avahi-daemon", ignore_errors=True)
        started.append(
            subprocess.Popen(
                ["avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits"],
                stderr=subprocess.DEVNULL,
            )
        )
        wait_until(lambda: answers(AVAHI))
    yield
    for process in reversed(started):
        process.terminate()
        process.wait(timeout=10)


@dataclass
class PrinterProgram:
    """A running ippeveprinter."""

    name: str
    port: int
    spool: Path
    process: subprocess.Popen

    @property
    def address(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    def papers(self) -> list[bytes]:
        return [path.read_bytes() for path in self.spool.rglob("*.pdf")]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture
def start_printer(dns_sd, tmp_path):
    """Start ippeveprinter: `start_printer()`, or with supplies and trays, or a port."""
    started: list[PrinterProgram] = []

    def start(
        *, with_trays: bool = False, port: int | None = None, command: str | None = None
    ) -> PrinterProgram:
        port = port or free_port()
        spool = tmp_path / f"spool-{len(started)}"
        spool.mkdir()
        kind = ["-f", "application/pdf"]
        if with_trays:
            kind = ["-a", str(PRINTER)]
        if command:
            kind += ["-c", command]
        name = f"tongban-{port}"
        process = subprocess.Popen(
            ["ippeveprinter", "-k", "-d", str(spool), *kind, "-p", str(port), "-n", "localhost",
             name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

        def up() -> bool:
            assert process.poll() is None, "ippeveprinter ended"
            return listens(port)

        wait_until(up)
        started.append(PrinterProgram(name, port, spool, process))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


class Cups:
    """A cupsd of our own, on loopback, with its own folders and open to all who ask."""

    def __init__(self, settings: str = "") -> None:
        """`settings`: more lines of its configuration."""
        self.folder = Path(tempfile.mkdtemp(prefix="tongban-cups-", dir="/tmp"))
        self.folder.chmod(0o755)
        for name in ("etc", "state", "cache", "spool", "tmp", "log", "docs", "lib"):
            (self.folder / name).mkdir()
        self.port = free_port()
        self._make_programs()
        # What a queue made with `-m everywhere` asks for, without any filter installed.
        (self.folder / "etc/local.convs").write_text(
            "application/pdf application/vnd.cups-pdf 0 -\n"
        )
        (self.folder / "cups-files.conf").write_text(CUPS_FILES.format(d=self.folder))
        (self.folder / "cupsd.conf").write_text(CUPSD.format(port=self.port) + settings)
        self.process = subprocess.Popen(
            ["cupsd", "-f", "-c", f"{self.folder}/cupsd.conf", "-s",
             f"{self.folder}/cups-files.conf"],
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: listens(self.port))

    def queue(self, name: str, device: str, *options: str) -> str:
        """Make a queue; its address."""
        self._admin("-p", name, "-E", "-v", device, *options)
        # lpadmin makes a raw queue, without a word, where the printer did not answer in time.
        deadline = time.monotonic() + 20
        while "everywhere" in options and not (self.folder / f"etc/ppd/{name}.ppd").exists():
            assert time.monotonic() < deadline, "the queue does not learn of its printer"
            time.sleep(0.3)
            self._admin("-x", name, sure=False)
            self._admin("-p", name, "-E", "-v", device, *options, sure=False)
        return f"ipp://127.0.0.1:{self.port}/printers/{name}"

    def _admin(self, *options: str, sure: bool = True) -> None:
        subprocess.run(
            ["lpadmin", "-h", f"127.0.0.1:{self.port}", *options],
            check=sure, timeout=30, capture_output=True,
        )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_programs(self) -> None:
        """The programs of the real cupsd, and one back-end that jams."""
        lib = self.folder / "lib"
        (lib / "backend").mkdir()
        (lib / "filter").mkdir()
        for name in ("daemon", "notifier"):
            (lib / name).symlink_to(f"/usr/lib/cups/{name}")
        (lib / "backend/ipp").symlink_to("/usr/lib/cups/backend/ipp")
        (lib / "backend/jam").write_text(JAMMING_BACKEND)
        (lib / "backend/jam").chmod(0o755)


@pytest.fixture
def cups() -> Iterator[Cups]:
    made = Cups()
    yield made
    made.stop()
