"""The real pcscd with the virtual reader vpcd, on a socket of its own."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.pcscd import SOCKET_VARIABLE, Pcscd


@pytest.fixture(scope="session")
def place_of_pcscd(tmp_path_factory) -> Path:
    """libpcsclite reads this variable once in a process: one place for all tests."""
    place = tmp_path_factory.mktemp("pcsc") / "comm"
    os.environ[SOCKET_VARIABLE] = str(place)
    return place


@pytest.fixture
def pcscd(tmp_path, place_of_pcscd) -> Iterator[Pcscd]:
    made = Pcscd(tmp_path, place_of_pcscd)
    made.start()
    yield made
    made.kill(signal.SIGTERM)
