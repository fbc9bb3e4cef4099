"""Calls to the platform: each kind its own pace, citizens first, pauses that are honoured."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kiosk.agent import PATH as CHECK_IN
from kiosk.certificates.http import HttpLibrary
from kiosk.content.http import PlatformFiles
from kiosk.errors import Failure
from kiosk.limits.calls import (
    CITIZEN,
    LONGEST_ASKED,
    LONGEST_PAUSE,
    Bucket,
    Gate,
    Rule,
    asked_seconds,
    shipped_rules,
)
from kiosk.packages.http import HttpPackages
from kiosk.platform import Platform
from kiosk.reasons import Reason

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULE = Rule(("",), 2.0, 3, 10.0, 0.0)
RULES = {
    "background": Rule(("/lists",), 2.0, 2, 300.0, 5.0), CITIZEN: Rule(("",), 10.0, 5, 4.0, 0.0),
}


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self):
        self.seconds, self.drawn = 100.0, 0.5

    async def sleep(self, seconds):
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def gate(time):
    return Gate(lambda: time.seconds, lambda: time.drawn, lambda: NOON, time.sleep, RULES)


async def call(gate, path, status=200, retry_after=None):
    async with gate.turn(f"https://platform.example{path}") as turn:
        turn.answered(status, retry_after)


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate():
    bucket = Bucket(RULE, 3, 0.0)
    assert [bucket.take(0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert bucket.take(10.0) == 0.0


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_pattern_of_calls_gets_more_than_burst_and_rate(pauses):
    bucket, now, turns = Bucket(RULE, 3, 0.0), 0.0, []
    for pause in pauses:
        now += pause
        turns.append(now + bucket.take(now))
    for first, _ in enumerate(turns):
        for last in range(first, len(turns)):
            allowed = 3 + (turns[last] - turns[first]) * 2 + 1e-6
            assert last - first + 1 <= allowed + 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0), (" 5 ", 5.0), ("0", 0.0), (None, 0.0), ("soon", 0.0), ("-5", 0.0),
        ("Tue, 24 Nov 99999999999 12:00:00 GMT", 0.0),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOON - timedelta(seconds=90), usegmt=True), 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert asked_seconds(header, NOON) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(header):
    assert asked_seconds(header, NOON) >= 0


@given(st.floats(0, 1), st.integers(0, 30), st.floats(0, 1e9))
def test_a_pause_is_what_was_asked_and_a_drawn_part_of_a_bound(drawn, refusals, asked):
    bucket = Bucket(RULE, 3, 0.0, refusals=refusals)
    pause = bucket.turned_away(50.0, asked, drawn)
    assert min(asked, LONGEST_ASKED) <= pause <= min(asked, LONGEST_ASKED) + LONGEST_PAUSE
    assert bucket.take(50.0) == pytest.approx(pause)


async def test_a_kind_that_is_turned_away_waits_and_the_others_do_not(gate, time):
    await call(gate, "/lists", 503, "20")
    await call(gate, "/sign-in", 503, "60")
    begun = time.seconds
    await call(gate, "/certificates/7")
    assert time.seconds == begun
    await call(gate, "/lists")
    assert time.seconds == pytest.approx(begun + 20.5)


async def test_a_citizen_is_told_at_once_where_the_wait_is_long(gate, time):
    await call(gate, "/sign-in", 429, "60")
    with pytest.raises(Failure) as caught:
        await call(gate, "/sign-in")
    assert caught.value.reason is Reason.PLATFORM_ERROR
    time.seconds += 61
    await call(gate, "/sign-in")


async def test_refusals_in_a_row_make_the_drawn_part_longer_until_one_is_taken(gate, time):
    waits = []
    for _ in range(3):
        await call(gate, "/lists", 503)
        before = time.seconds
        await call(gate, "/lists", 503)
        waits.append(time.seconds - before)
    assert waits[1] > waits[0]
    await call(gate, "/lists")
    await call(gate, "/lists", 503)
    before = time.seconds
    await call(gate, "/lists")
    assert time.seconds - before < waits[0] + 1


async def test_a_flood_in_the_background_takes_no_citizens_turn(gate, time):
    background = [asyncio.create_task(call(gate, "/lists")) for _ in range(30)]
    await asyncio.sleep(0)
    for _ in range(5):
        before = time.seconds
        async with gate.turn("https://platform.example/sign-in"):
            assert time.seconds == before
    for task in background:
        task.cancel()
    await asyncio.gather(*background, return_exceptions=True)


async def test_the_background_lets_a_citizens_call_go_first(gate):
    async with gate.turn("https://platform.example/sign-in"):
        waiting = asyncio.create_task(call(gate, "/lists"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 10)


def test_each_call_has_its_kind_and_what_nobody_knows_is_a_citizens():
    gate = Gate(lambda: 0.0, lambda: 0.0, lambda: NOON)
    kinds = {
        "/health": "probe", "/terminals/check-in": "contact", "/library/directory": "background",
        "/library/certificates/7": CITIZEN, "/token": CITIZEN, "": CITIZEN,
    }
    for path, kind in kinds.items():
        assert gate.kind_of(f"https://platform.example{path}?lists=1") == kind
    assert list(shipped_rules())[-1] == CITIZEN


class Recorder:
    """A platform that keeps the addresses it is asked for."""

    address = "https://platform.example"

    def __init__(self):
        self.asked = []

    async def get(self, url, headers=None):
        self.asked.append(url)
        return b"{}"

    async def get_json(self, url, headers=None):
        self.asked.append(url)
        return {"packages": []}

    @asynccontextmanager
    async def stream(self, url, headers):
        self.asked.append(url)
        yield SimpleNamespace(status=200, headers={}, pieces=no_pieces())


async def no_pieces():
    """A body without content."""
    for piece in ():
        yield piece


async def test_whatever_the_terminal_asks_for_by_itself_has_its_kind_and_each_path_is_used():
    platform, kinds = Recorder(), Gate(lambda: 0.0, lambda: 0.0, lambda: NOON)
    library = HttpLibrary(platform, f"{platform.address}/library")
    await library.directory()
    await library.paper_lists()
    packages = HttpPackages(platform, lambda address, body: {})
    await packages.list()
    await packages.fetch("0" * 32)
    for path in ("guides/manifest", f"guides/files/{'0' * 64}"):
        async with PlatformFiles(platform, "T1").get(path, {}):
            pass
    assert len(platform.asked) == 7
    assert {kinds.kind_of(url) for url in platform.asked} == {"background"}
    paths = [urlsplit(url).path for url in platform.asked]
    for begins in shipped_rules()["background"].paths:
        assert any(path.startswith(begins) for path in paths), f"nothing asks for {begins}"
    assert kinds.kind_of(f"{platform.address}{CHECK_IN}") == "contact"


async def test_a_real_server_that_says_later_is_left_alone_so_long(time):
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(status=503, headers={"Retry-After": "40"}) if len(asked) == 1 \
            else web.Response(text="{}")

    runner = web.AppRunner(app := web.Application())
    app.router.add_get("/{any:.*}", answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    gate = Gate(lambda: time.seconds, lambda: time.drawn, lambda: NOON, time.sleep, RULES)
    platform = Platform(address, 5.0, gate=gate)
    try:
        with pytest.raises(Failure):
            await platform.get(f"{address}/sign-in")
        with pytest.raises(Failure, match="wait 4"):
            await platform.get(f"{address}/sign-in")
        assert len(asked) == 1
        time.seconds += 41
        assert await platform.get(f"{address}/sign-in") == b"{}"
    finally:
        await platform.close()
        await runner.cleanup()
