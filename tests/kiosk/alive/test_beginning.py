"""A terminal comes up, or says why not, tries again, and is never a bare exit."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kiosk.alive import entropy
from kiosk.alive.beginning import Beginning
from kiosk.alive.clock import SEEN, TrustedClock
from kiosk.alive.disk import Disk, Room
from kiosk.alive.machine import Machine
from kiosk.alive.starts import MOST_STARTS, Starts, Word
from kiosk.config import BadConfiguration
from kiosk.errors import Failure
from kiosk.reasons import Reason

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SMALL = Room(1, 4096)


class Stage:
    """A beginning whose clock can be set, and what it showed."""

    def __init__(self, folder):
        self.folder, self.wall, self.shown = folder, NOW, []
        clock = TrustedClock(folder, lambda: self.wall, time.monotonic)
        self.machine = Machine(Disk(folder, SMALL), clock)
        self.starts = Starts(folder, lambda: self.wall)
        self.beginning = Beginning(self.machine, self.starts, time.monotonic, 0.01, 0.01)

    async def bring_up(self, make=lambda: "a terminal"):
        async with asyncio.timeout(20):
            return await self.beginning.bring_up(
                make, lambda obstacle: self.shown.append(obstacle.reason)
            )


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_with_nothing_in_the_way_it_comes_up_at_once(stage):
    assert await stage.bring_up() == "a terminal"
    assert stage.shown == []
    assert stage.starts.failed() == 1


async def test_a_wrong_clock_is_shown_and_waited_for(stage):
    stage.wall = NOW.replace(year=2000)
    coming = asyncio.create_task(stage.bring_up())
    await until(lambda: stage.shown)
    assert stage.shown == [Reason.CLOCK_WRONG]
    stage.wall = NOW
    assert await coming == "a terminal"
    assert stage.shown == [Reason.CLOCK_WRONG]


async def test_a_terminal_that_remembers_a_later_time_comes_up_and_can_hear_the_platform(stage):
    (stage.folder / SEEN).write_text((NOW + timedelta(days=40)).isoformat())
    assert await stage.bring_up() == "a terminal"
    assert stage.machine.look().reason is Reason.CLOCK_WRONG
    stage.machine.clock.heard(format_datetime(NOW, usegmt=True))
    assert stage.machine.look() is None


async def test_a_state_that_cannot_be_read_is_shown_and_waited_for(tmp_path):
    stage = Stage(tmp_path / "state")
    (tmp_path / "state").write_text("in the way")
    coming = asyncio.create_task(stage.bring_up())
    await until(lambda: stage.shown)
    (tmp_path / "state").unlink()
    assert await coming == "a terminal"
    assert stage.shown == [Reason.STATE_UNREADABLE]


async def test_a_configuration_that_is_wrong_is_shown_once_and_tried_again(stage, caplog):
    tries = []

    def make():
        tries.append(1)
        if len(tries) < 4:
            raise BadConfiguration("terminal.key: no such file")
        return "a terminal"

    assert await stage.bring_up(make) == "a terminal"
    assert stage.shown == [Reason.BAD_CONFIGURATION]
    assert caplog.text.count("terminal.key: no such file") == 1
    assert stage.starts.failed() == 1


async def test_a_configuration_that_is_wrong_in_another_place_is_told_anew(stage, caplog):
    wrong = ["terminal.key: no such file", "terminal.key: no such file", "terminal.key: no key"]

    def make():
        if wrong:
            raise BadConfiguration(wrong.pop(0))
        return "a terminal"

    assert await stage.bring_up(make) == "a terminal"
    assert caplog.text.count("does not come up") == 2
    assert caplog.text.count("terminal.key: no key") == 1


async def test_an_obstacle_whose_detail_changes_is_logged_once(stage, caplog):
    tries = []

    def make():
        tries.append(1)
        if len(tries) < 4:
            raise Failure(Reason.DISK_READ_ONLY, f"try {len(tries)}")
        return "a terminal"

    assert await stage.bring_up(make) == "a terminal"
    assert stage.shown == [Reason.DISK_READ_ONLY]
    assert caplog.text.count("does not come up") == 1


async def test_after_too_many_failed_starts_nothing_is_made_until_a_technician_says_so(stage):
    for _ in range(MOST_STARTS):
        stage.starts.note(Word.START)
    made = []
    coming = asyncio.create_task(stage.bring_up(lambda: made.append(1)))
    await until(lambda: stage.shown)
    await asyncio.sleep(0.1)
    assert (stage.shown, made) == ([Reason.RESTARTING_TOO_OFTEN], [])
    stage.starts.note(Word.PARDONED)
    await coming
    assert made == [1]


async def test_after_its_time_a_rest_is_over(stage):
    for _ in range(MOST_STARTS):
        stage.starts.note(Word.START)
    stage.wall += timedelta(minutes=9, seconds=59.9)
    assert await stage.bring_up() == "a terminal"
    assert stage.shown == [Reason.RESTARTING_TOO_OFTEN]


async def test_a_stop_in_order_is_no_failed_start(stage):
    for _ in range(MOST_STARTS + 2):
        await stage.bring_up()
        stage.beginning.stop()
    assert stage.shown == []


def test_a_kernel_without_random_numbers_is_told_and_never_waited_for():
    def draw(size, flags):
        raise BlockingIOError

    assert entropy.look(draw).reason is Reason.NO_ENTROPY
    assert entropy.look() is None
