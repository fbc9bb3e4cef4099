"""The driver against ippeveprinter, an IPP printer that none of us wrote."""

import os
import shutil
import socket
import subprocess
import time

import pytest

from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobState
from tests.conftest import ROOT

BUS = "/run/dbus/system_bus_socket"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(path) == 0


@pytest.fixture(scope="module")
def dns_sd():
    """A system bus and Avahi, which ippeveprinter insists on; started where missing."""
    started = []
    if not answers(BUS):
        os.makedirs("/run/dbus", exist_ok=True)
        for stale in ("/run/dbus/pid", BUS):
            if os.path.exists(stale):
                os.unlink(stale)
        started.append(subprocess.Popen(["dbus-daemon", "--system", "--nofork", "--nopidfile"]))
        wait_until(lambda: answers(BUS))
    if subprocess.run(["pgrep", "-x", "avahi-daemon"], capture_output=True, check=False).returncode:
        shutil.rmtree("/run/avahi-daemon", ignore_errors=True)
        started.append(
            subprocess.Popen(
                ["avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits"],
                stderr=subprocess.DEVNULL,
            )
        )
        wait_until(lambda: os.path.exists("/run/avahi-daemon/socket"))
    yield
    for process in reversed(started):
        process.terminate()
        process.wait(timeout=10)


def wait_until(ready, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come up"
        time.sleep(0.05)


@pytest.fixture
def printer_program(dns_sd, tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [
            "ippeveprinter", "-k", "-d", str(tmp_path), "-f", "application/pdf",
            "-p", str(port), "-n", "localhost", f"tongban-{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def listens() -> bool:
        assert process.poll() is None, "ippeveprinter ended"
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens)
    yield f"ipp://localhost:{port}/ipp/print", tmp_path
    process.terminate()
    process.wait(timeout=10)


async def test_a_document_is_printed_by_a_foreign_program_and_settles(printer_program):
    address, spool = printer_program
    document = (ROOT / "tests/drivers/document_printer/one-page.pdf").read_bytes()
    printer, states = IppPrinter(address), []
    await printer.preflight()
    job = await printer.submit(document, "tongban-test")
    settled = await printer.settle(job, lambda one: states.append(one.state))
    await printer.close()
    assert settled.state is JobState.COMPLETED
    assert states[-1] is JobState.COMPLETED
    assert [path.read_bytes() for path in spool.rglob("*.pdf")] == [document]


async def test_a_job_of_a_foreign_program_can_be_cancelled(printer_program):
    address, _ = printer_program
    document = (ROOT / "tests/drivers/document_printer/one-page.pdf").read_bytes()
    printer = IppPrinter(address)
    job = await printer.submit(document, "tongban-test")
    assert (await printer.cancel(job)).state is JobState.CANCELED
    await printer.close()
