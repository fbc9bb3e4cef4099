"""A wrong clock is told; only what the platform has confirmed is believed and remembered."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kiosk.alive.clock import SEEN, TRUSTED_SECONDS, TrustedClock
from kiosk.platform import Platform
from kiosk.reasons import Reason

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Time:
    """A clock of the wall, and one that counts since the start."""

    def __init__(self, wall=NOON):
        self.wall, self.seconds = wall, 1000.0

    def passes(self, seconds):
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


def make(folder, time):
    clock = TrustedClock(folder, lambda: time.wall, lambda: time.seconds, BUILT)
    clock.prepare()
    return clock


def header(at):
    return format_datetime(at.astimezone(UTC), usegmt=True)


def test_a_clock_before_the_day_of_the_software_is_wrong(tmp_path):
    obstacle = make(tmp_path, Time(datetime(2000, 1, 1, tzinfo=UTC))).look()
    assert obstacle.reason is Reason.CLOCK_WRONG
    assert "2000-01-01" in obstacle.detail


def test_a_clock_that_nothing_speaks_against_serves_but_is_not_trusted(tmp_path):
    clock = make(tmp_path, Time())
    assert clock.look() is None
    assert not clock.trusted()


def test_the_platforms_date_makes_a_clock_trusted_for_a_day(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON + timedelta(seconds=40)))
    assert clock.trusted()
    time.passes(TRUSTED_SECONDS)
    assert clock.trusted()
    time.passes(1)
    assert not clock.trusted()


def test_setting_the_clock_does_not_prolong_its_trust(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON))
    time.seconds += TRUSTED_SECONDS + 1
    assert not clock.trusted()


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_the_platform_contradicts_is_wrong_until_it_agrees_again(tmp_path, hours):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON + timedelta(hours=hours)))
    assert clock.look().reason is Reason.CLOCK_WRONG
    assert not clock.trusted()
    time.wall += timedelta(hours=hours)
    clock.heard(header(time.wall))
    assert clock.look() is None
    assert clock.trusted()


def test_a_clock_behind_a_time_that_was_confirmed_is_wrong_at_the_next_start(tmp_path):
    clock = make(tmp_path, Time())
    clock.heard(header(NOON))
    clock.remember()
    later = make(tmp_path, Time(NOON - timedelta(hours=1)))
    assert later.look().reason is Reason.CLOCK_WRONG
    assert make(tmp_path, Time(NOON + timedelta(hours=1))).look() is None


def test_a_time_that_nobody_confirmed_is_not_remembered(tmp_path):
    ahead = make(tmp_path, Time(NOON.replace(year=2036)))
    ahead.remember()
    assert not (tmp_path / SEEN).exists()
    assert make(tmp_path, Time()).look() is None


@pytest.mark.parametrize("set_by", [timedelta(days=40), timedelta(hours=-2)])
def test_a_clock_that_is_set_after_it_was_confirmed_is_neither_trusted_nor_remembered(
    tmp_path, set_by
):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON))
    clock.remember()
    first = (tmp_path / SEEN).read_text()
    time.passes(7200)
    time.wall += set_by
    assert not clock.trusted()
    clock.remember()
    assert (tmp_path / SEEN).read_text() == first


def test_a_clock_that_was_set_ahead_without_a_line_serves_when_it_is_put_right(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON))
    time.wall += timedelta(days=40)
    clock.remember()
    time.wall -= timedelta(days=40)
    assert clock.look() is None
    assert make(tmp_path, time).look() is None


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_put_right_after_the_line_fell_is_wrong_no_longer(tmp_path, hours):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON + timedelta(hours=hours)))
    time.passes(60)
    assert clock.look().reason is Reason.CLOCK_WRONG
    time.wall += timedelta(hours=hours)
    assert clock.look() is None
    assert not clock.trusted()


def test_a_clock_that_is_put_right_by_a_few_minutes_is_wrong_no_longer(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON + timedelta(minutes=6)))
    time.wall += timedelta(minutes=4)
    assert clock.look() is None


def test_small_steps_of_the_clock_do_not_add_up_to_trust(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON + timedelta(minutes=4)))
    time.wall -= timedelta(minutes=4)
    assert clock.look().reason is Reason.CLOCK_WRONG
    assert not clock.trusted()


def test_a_time_that_the_platform_confirms_takes_the_place_of_a_remembered_later_one(tmp_path):
    (tmp_path / SEEN).write_text((NOON + timedelta(days=40)).isoformat())
    time = Time()
    clock = make(tmp_path, time)
    assert clock.look().reason is Reason.CLOCK_WRONG
    clock.heard(header(NOON))
    assert clock.look() is None
    assert clock.trusted()
    clock.remember()
    assert make(tmp_path, time).look() is None


def test_a_start_waits_for_a_clock_before_the_software_not_for_one_before_the_memory(tmp_path):
    (tmp_path / SEEN).write_text((NOON + timedelta(days=40)).isoformat())
    assert make(tmp_path, Time()).look_at_start() is None
    long_ago = make(tmp_path, Time(datetime(2000, 1, 1, tzinfo=UTC)))
    assert long_ago.look_at_start().reason is Reason.CLOCK_WRONG


def test_the_time_is_written_down_once_an_hour(tmp_path):
    time = Time()
    clock = make(tmp_path, time)
    clock.heard(header(NOON))
    clock.remember()
    first = (tmp_path / SEEN).read_text()
    time.passes(1800)
    clock.remember()
    assert (tmp_path / SEEN).read_text() == first
    time.passes(1801)
    clock.remember()
    assert (tmp_path / SEEN).read_text() != first


@pytest.mark.parametrize("content", ["", "yesterday", "2026-11-24T12:00:00", "\x00" * 32])
def test_a_memory_that_was_torn_says_nothing(tmp_path, content):
    (tmp_path / SEEN).write_text(content)
    assert make(tmp_path, Time()).look() is None


@pytest.mark.parametrize(
    "date",
    [
        None, "", "soon", "Tue, 99 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 99999999999 12:00:00 GMT",
        "Tue, 24 Nov 2026 12:00:00 +99999999999999", "Tue, 24 Nov 2026 12:00:00 +9999",
    ],
)
def test_a_header_that_is_no_date_says_nothing(tmp_path, date):
    clock = make(tmp_path, Time())
    clock.heard(date)
    assert clock.look() is None
    assert not clock.trusted()


@given(st.text(max_size=60))
def test_no_header_breaks_the_clock(tmp_path_factory, date):
    clock = make(tmp_path_factory.mktemp("clock"), Time())
    clock.heard(date)
    clock.look()


def test_a_date_of_another_zone_is_the_same_time(tmp_path):
    clock = make(tmp_path, Time())
    clock.heard(format_datetime(NOON.astimezone(timezone(timedelta(hours=8)))))
    assert clock.trusted()


async def test_an_answer_of_the_platform_is_an_answer_whatever_its_date_says(tmp_path):
    async def answer(request):
        return web.Response(text="{}", headers={"Date": "Tue, 24 Nov 99999999999 12:00:00 GMT"})

    clock = make(tmp_path, Time())
    runner = web.AppRunner(app := web.Application())
    app.router.add_get("/lists", answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    platform = Platform(address, 5.0, hear_date=clock.heard)
    try:
        assert await platform.get(f"{address}/lists") == b"{}"
        assert not clock.trusted()
    finally:
        await platform.close()
        await runner.cleanup()
