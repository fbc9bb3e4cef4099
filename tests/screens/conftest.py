"""A display of its own for tests that open windows."""

import subprocess

import pytest


@pytest.fixture(scope="session")
def display():
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
