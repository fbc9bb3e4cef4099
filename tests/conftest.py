"""What all tests share: simulators in processes of their own, ended with the test."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("tongban", deadline=None)
settings.load_profile("tongban")

ROOT = Path(__file__).parent.parent


class Process:
    """A simulator: where it serves, what it reports, and a way to command it."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, "simulate", "--control", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.reports: queue.Queue[dict[str, Any]] = queue.Queue()
        self.address = self._process.stdout.readline().strip()
        assert self.address, f"{module} did not start"
        threading.Thread(target=self._listen, daemon=True).start()

    def order(self, do: str, **fields: object) -> None:
        """Give it a command, and a moment to carry it out."""
        self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self._process.stdin.flush()
        time.sleep(0.05)

    def report(self, event: str, seconds: float = 10) -> dict[str, Any]:
        """Wait for an event."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.reports.get(timeout=max(0.01, deadline - time.monotonic()))
            if found["event"] == event:
                return found

    def close(self) -> None:
        """End it by ending its input; ended twice is ended."""
        if self._process.stdin.closed:
            return
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _listen(self) -> None:
        try:
            for line in self._process.stdout:
                self.reports.put(json.loads(line))
        except ValueError:
            pass  # closed while it was read: the test is over


@pytest.fixture
def simulate() -> Iterator[Callable[..., Process]]:
    """Start simulators: `simulate("drivers.idcard", "--person", "li-xiulan")`."""
    started: list[Process] = []

    def start(module: str, *arguments: str) -> Process:
        started.append(Process(module, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A display of its own for tests that open windows."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1640x2140x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait(timeout=10)
    server.stdout.close()


def run_module(module: str, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess:
    """Run `python -m module` and wait for it."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )


def last_json(output: str) -> dict[str, Any]:
    """The JSON object on the last line."""
    return json.loads(output.strip().splitlines()[-1])
