"""The watchdog: signs of life while the loop turns and pictures are drawn, and only then."""

import asyncio
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

from kiosk.alive import heart
from kiosk.alive.notify import Notifier
from tests.conftest import ROOT
from tests.kiosk.alive.test_notify import listen


class Managed:
    """A service under the tests' own service manager, and what that tells."""

    def __init__(self, seconds, *command, env=None):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.alive.manager", str(seconds), *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | (env or {}),
        )
        self.told = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def wait_for(self, event, seconds=60, **fields):
        deadline = time.monotonic() + seconds
        while True:
            told = self.told.get(timeout=max(0.01, deadline - time.monotonic()))
            if told["event"] == event and fields.items() <= told.items():
                return told

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self.process.stdout.close()


@pytest.fixture
def managed():
    with contextlib.ExitStack() as stack:

        def start(*arguments, **options):
            made = Managed(*arguments, **options)
            stack.callback(made.close)
            return made

        yield start


HANGS = """
import asyncio, sys, time
from pathlib import Path
from kiosk.alive import heart
from kiosk.alive.notify import READY, Notifier

async def main():
    notifier = Notifier.of_process()
    notifier.tell(READY)
    beating = asyncio.create_task(heart.beat(notifier, None))
    await asyncio.sleep(1.2)
    hung = Path(sys.argv[1])
    if not hung.exists():
        hung.touch()
        time.sleep(600)
    await beating

asyncio.run(main())
"""


def test_a_terminal_whose_loop_hangs_is_ended_and_started_again(managed, tmp_path):
    service = managed(1, sys.executable, "-c", HANGS, str(tmp_path / "hung"))
    first = service.wait_for("started")["pid"]
    service.wait_for("notice", line="READY=1")
    service.wait_for("notice", line="WATCHDOG=1")
    assert service.wait_for("watchdog")["pid"] == first
    assert service.wait_for("ended")["status"] == -signal.SIGABRT
    assert service.wait_for("started")["pid"] != first
    service.wait_for("notice", line="READY=1")
    for _ in range(4):
        service.wait_for("notice", line="WATCHDOG=1")


def test_a_real_window_gives_signs_of_life_until_it_stands_still(managed, display, tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text("[terminal]\nid = 1\n")
    service = managed(
        3, sys.executable, "run_kiosk.py", "--config", str(config), env={"DISPLAY": display}
    )
    first = service.wait_for("started")["pid"]
    service.wait_for("notice", line="READY=1")
    service.wait_for("notice", line="STATUS=out of service: bad_configuration")
    for _ in range(3):
        service.wait_for("notice", line="WATCHDOG=1")
    os.kill(first, signal.SIGSTOP)
    assert service.wait_for("watchdog")["pid"] == first
    assert service.wait_for("ended")["status"] == -signal.SIGABRT
    assert service.wait_for("started")["pid"] != first
    service.wait_for("notice", line="READY=1")


class Picture:
    """A screen that draws, or does not."""

    def __init__(self):
        self.draws, self.count = True, 0

    def ask(self):
        self.count += self.draws

    def drawn(self):
        return self.count


def take_all(end):
    taken = []
    with contextlib.suppress(BlockingIOError):
        while True:
            taken.append(end.recv(1000))
    return taken


async def test_a_screen_that_draws_nothing_gives_no_sign_though_the_loop_turns(tmp_path, caplog):
    place, picture = str(tmp_path / "notify"), Picture()
    with listen(place) as end:
        end.setblocking(False)
        beating = asyncio.create_task(heart.beat(Notifier(place, 0.1), picture))
        await asyncio.sleep(0.4)
        assert len(take_all(end)) >= 2
        picture.draws = False
        await asyncio.sleep(0.2)
        take_all(end)
        await asyncio.sleep(0.3)
        assert take_all(end) == []
        assert caplog.text.count("no picture was drawn") == 1
        picture.draws = True
        await asyncio.sleep(0.4)
        assert set(take_all(end)) == {b"WATCHDOG=1"}
        beating.cancel()


async def test_where_nobody_waits_for_a_sign_the_heart_does_not_beat(tmp_path):
    await heart.beat(Notifier(None, None), Picture())
