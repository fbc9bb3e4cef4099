"""A bad line loses nothing while it holds, is as late and narrow as asked, and ends connections."""

import asyncio
import contextlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bad_line import BadLine, Channel, Weather
from sandbox.stage import Platform

CALM = Weather(delay_seconds=0.02, jitter_seconds=0.02, bytes_per_second=200_000, reset_seconds=0)


@pytest.fixture
async def echo():
    """A line to who says everything again until the end."""
    async def answer(reader, writer):
        try:
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    line = BadLine("127.0.0.1", server.sockets[0].getsockname()[1])
    line.at = await line.serve()
    yield line
    line.close()
    server.close()
    await asyncio.sleep(0.05)


async def ask(line, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.at)
    try:
        writer.write(data)
        return await asyncio.wait_for(reader.readexactly(len(data)), 20)
    except (ConnectionError, asyncio.IncompleteReadError):
        return b""
    finally:
        writer.close()


async def test_everything_arrives_whole_and_in_order(echo):
    echo.worsen(CALM, Random(1))
    data = Random(2).randbytes(30_000)
    assert await asyncio.gather(ask(echo, data), ask(echo, data)) == [data, data]


async def test_connections_that_are_open_get_worse_and_better_too(echo):
    reader, writer = await asyncio.open_connection("127.0.0.1", echo.at)
    for change in (lambda: echo.worsen(CALM, Random(1)), echo.mend, lambda: None):
        writer.write(b"hello")
        assert await asyncio.wait_for(reader.readexactly(5), 5) == b"hello"
        change()
    writer.close()


async def test_a_line_that_resets_ends_what_is_open(echo):
    echo.worsen(Weather(reset_seconds=0.05), Random(1))
    reader, writer = await asyncio.open_connection("127.0.0.1", echo.at)
    ended = b""
    with contextlib.suppress(ConnectionError):
        ended = await asyncio.wait_for(reader.read(1), 10)
    assert ended == b""
    writer.close()


async def test_a_line_that_is_cut_while_it_is_bad_lets_nothing_through(echo):
    echo.worsen(CALM, Random(1))
    echo.cut()
    assert await ask(echo, b"hello") == b""
    echo.mend()
    assert await ask(echo, b"hello") == b"hello"


SENT = st.lists(
    st.tuples(st.integers(1, 1024), st.floats(0, 30, allow_nan=False)), min_size=1, max_size=40
)


@given(SENT, st.integers())
def test_a_channel_is_never_quicker_than_its_width_and_delay(sent, seed):
    weather = Weather(delay_seconds=0.3, jitter_seconds=0.1, bytes_per_second=1000)
    channel = Channel(weather, Random(seed), 0.0)
    now, total, begun = 0.0, 0, None
    for size, wait in sent:
        now += wait
        gone, arrives = channel.send(size, now)
        begun = now if begun is None else begun
        total += size
        assert gone >= begun + total / 1000 - 1e-6
        assert 0.2 - 1e-6 <= arrives - gone <= 0.4 + 1e-6


@given(SENT, st.integers())
def test_nothing_arrives_in_a_blackout_and_all_of_it_later(sent, seed):
    weather = Weather(blackout_after=5, blackout_seconds=60)
    channel = Channel(weather, Random(seed), 0.0)
    now = 0.0
    for size, wait in sent:
        now += wait
        _, arrives = channel.send(size, now)
        assert arrives >= now
        assert not 5 <= arrives < 65


@pytest.mark.parametrize("wrong", [
    {"delay_seconds": -1}, {"bytes_per_second": 0}, {"reset_seconds": "often"},
    {"delay_seconds": 0.1, "jitter_seconds": 0.2},
])
def test_weather_that_no_line_has_is_refused(wrong):
    with pytest.raises(ValueError, match="a line"):
        Weather(**wrong)


async def test_the_stage_worsens_and_mends_the_platforms_line(tmp_path):
    stage = Platform(tmp_path)
    await stage.start()
    stage.order({"to": "platform", "do": "worsen", "delay_seconds": 1, "seed": 1})
    with pytest.raises(TypeError, match="colour"):
        stage.order({"to": "platform", "do": "worsen", "colour": "grey"})
    stage.order({"to": "platform", "do": "worsen", "region": "980000", "reset_seconds": 1})
    stage.order({"to": "platform", "do": "mend"})
    stage.order({"to": "platform", "do": "clear"})
    await stage.stop()
