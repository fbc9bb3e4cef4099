"""The device process itself: what it loads, what it leaves behind, and when it ends."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.apart.host import place_of
from tests.conftest import ROOT, run_module
from tests.kiosk.apart.conftest import until

TERMINAL = """
import asyncio
from tests.kiosk.apart.conftest import Apart

async def stay():
    apart = Apart()
    reader = apart.reader("/dev/nowhere")
    try:
        await reader.check()
    except Exception:
        print(apart.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(stay())
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_it_ends_with_a_terminal_that_is_killed():
    terminal = subprocess.Popen(
        [sys.executable, "-c", TERMINAL], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with terminal:
        pid = int(await asyncio.to_thread(terminal.stdout.readline))
        assert alive(pid)
        terminal.kill()
    await until(lambda: not alive(pid))


async def test_it_loads_what_its_own_device_needs(apart):
    reader = apart.reader("/dev/nowhere")
    with pytest.raises(Exception, match="nowhere"):
        await reader.open()
    loaded = Path(f"/proc/{apart.pid}/maps").read_text()
    assert "cv2" not in loaded
    assert "numpy" not in loaded


async def test_what_it_held_is_not_left_in_a_core_file(apart):
    camera = apart.camera("/nowhere")
    await camera.check()
    limits = Path(f"/proc/{apart.pid}/limits").read_text().splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]


async def test_an_interrupt_at_the_keyboard_is_left_to_the_terminal(apart):
    camera = apart.camera("/nowhere")
    await camera.check()
    before = apart.pid
    os.kill(before, signal.SIGINT)
    await asyncio.sleep(0.2)
    await camera.check()
    assert apart.pid == before


async def test_what_the_configuration_cannot_mean_is_said_once_it_runs(apart):
    camera = apart.camera("")
    with pytest.raises(Exception, match="camera_fault"):
        await camera.check()


def test_an_error_is_told_by_its_kind_and_place_only():
    try:
        b"a secret!".decode("utf-16")
    except UnicodeDecodeError as error:
        said = place_of(error)
    assert said.startswith("UnicodeDecodeError in test_host.py:")
    assert "secret" not in said


def test_it_serves_nothing_that_has_no_process_of_its_own():
    refused = run_module("kiosk.apart.host", "document_printer", "3")
    assert refused.returncode == 2
    assert "invalid choice" in refused.stderr
