"""The breaker: which starts count, what a torn file says, how long a rest is."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.alive.starts import (
    FILE,
    MOST_STARTS,
    REST,
    Line,
    Starts,
    Word,
    decode,
    failed_starts,
    rest_left,
)
from tests.conftest import ROOT, run_module
from tests.kiosk.test_config import GOOD

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
LINES = st.builds(Line, st.sampled_from(Word), TIMES.map(lambda at: at.replace(microsecond=0)))


def lines(*words, at=NOON):
    return [Line(Word(word), at) for word in words]


def test_starts_without_a_healthy_while_are_counted():
    assert failed_starts(lines("start", "start", "start")) == 3
    assert failed_starts(lines("start", "start", "healthy", "start")) == 1


def test_a_start_that_ended_in_order_has_not_failed():
    assert failed_starts(lines("start", "start", "stopped")) == 1
    assert failed_starts(lines("stopped", "start", "stopped", "start")) == 1


def test_after_so_many_failed_starts_the_terminal_rests_for_a_declared_time():
    tried = lines(*["start"] * MOST_STARTS)
    assert rest_left(tried[:-1], NOON) is None
    assert rest_left(tried, NOON + timedelta(minutes=1)) == REST - timedelta(minutes=1)
    assert rest_left(tried, NOON + REST) is None


def test_one_more_failed_start_after_a_rest_is_another_rest():
    tried = [*lines(*["start"] * MOST_STARTS), *lines("start", at=NOON + REST)]
    assert rest_left(tried, NOON + REST) == REST


def test_a_technicians_word_ends_the_rest():
    assert rest_left(lines(*["start"] * 9, "pardoned"), NOON) is None


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_was_set_makes_no_rest_longer(years):
    tried = lines(*["start"] * MOST_STARTS)
    left = rest_left(tried, NOON.replace(year=NOON.year + years))
    assert left is None or left <= REST


@given(st.lists(LINES))
def test_what_is_written_is_read(kept):
    assert decode(b"".join(line.encode() for line in kept)) == kept


@given(st.lists(LINES, min_size=1), st.data())
def test_a_torn_end_takes_no_line_before_it_along(kept, data):
    whole = b"".join(line.encode() for line in kept)
    torn = len(kept[-1].encode()) - data.draw(st.integers(2, len(kept[-1].encode())))
    assert decode(whole[: len(whole) - len(kept[-1].encode()) + torn]) == kept[:-1]


@given(st.binary(max_size=300))
def test_no_content_breaks_the_reading(content):
    decode(content)


def test_a_line_after_a_torn_one_is_read(tmp_path):
    starts = Starts(tmp_path, lambda: NOON)
    starts.note(Word.START)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"start 2026-11")
    starts.note(Word.START)
    assert starts.failed() == 2


def test_a_healthy_while_makes_the_file_short_again(tmp_path):
    starts = Starts(tmp_path, lambda: NOON)
    for _ in range(50):
        starts.note(Word.START)
    starts.note(Word.HEALTHY)
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 1
    assert starts.failed() == 0


def test_where_nothing_can_be_remembered_the_terminal_may_start(tmp_path, caplog):
    starts = Starts(tmp_path / "nowhere", lambda: NOON)
    starts.note(Word.START)
    assert starts.rest_left() is None
    assert "cannot be remembered" in caplog.text


def test_a_process_that_dies_again_and_again_comes_to_rest(tmp_path):
    code = (
        "import os, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from kiosk.alive.starts import Starts, Word\n"
        "starts = Starts(Path(sys.argv[1]), lambda: datetime.now(UTC))\n"
        "if starts.rest_left(): sys.exit(3)\n"
        "starts.note(Word.START)\n"
        "os.kill(os.getpid(), 9)"
    )
    ends = [
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False,
                       timeout=60).returncode
        for _ in range(MOST_STARTS + 1)
    ]
    assert ends == [-9] * MOST_STARTS + [3]


def test_a_technician_sees_the_rest_and_ends_it(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text(GOOD, encoding="utf-8")
    told = run_module("kiosk.alive", "starts", "--config", str(config))
    assert (told.returncode, "no terminal has run here" in told.stderr) == (2, True)
    (tmp_path / "state").mkdir()
    starts = Starts(tmp_path / "state", lambda: datetime.now(UTC))
    for _ in range(MOST_STARTS):
        starts.note(Word.START)
    told = run_module("kiosk.alive", "starts", "--config", str(config))
    assert told.stdout.startswith("5 starts in a row failed; the terminal rests for")
    told = run_module("kiosk.alive", "pardon", "--config", str(config))
    assert told.stdout == "0 starts in a row failed; the terminal may start\n"
    assert starts.rest_left() is None
