"""Messages over a pair of sockets: whole, bounded, and the end told as the end."""

import asyncio
import contextlib
import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.apart.line import LONGEST_BLOBS, LONGEST_HEADER, Garbled, Line
from kiosk.worker import HEADER


async def heard(sent: bytes):
    """What a line makes of bytes that come, and of the end after them."""
    ours, theirs = socket.socketpair()
    line = await Line.over(ours)
    theirs.sendall(sent)
    theirs.close()
    try:
        return await line.receive()
    finally:
        line.close()


def header(value) -> bytes:
    raw = json.dumps(value).encode()
    return HEADER.pack(len(raw)) + raw


async def test_messages_arrive_whole_and_in_order():
    ends = socket.socketpair()
    here, there = await Line.over(ends[0]), await Line.over(ends[1])
    blobs = [bytes(200_000), b"", b"x"]
    here.send({"first": 1}, blobs)
    here.send({"second": "二"})
    assert await there.receive() == ({"first": 1}, blobs)
    assert await there.receive() == ({"second": "二"}, [])
    here.close()
    assert await there.receive() is None
    there.close()
    there.send({"nobody": "hears it"})


@pytest.mark.parametrize(
    "sent",
    [
        HEADER.pack(LONGEST_HEADER + 1),
        HEADER.pack(3) + b"\xff\xfe{",
        HEADER.pack(2) + b"{]",
        header([]),
        header({"fields": {}}),
        header({"fields": [], "blobs": []}),
        header({"fields": {}, "blobs": [-1]}),
        header({"fields": {}, "blobs": [True]}),
        header({"fields": {}, "blobs": [LONGEST_BLOBS, 1]}),
        HEADER.pack(60_000) + b"[" * 60_000,
    ],
)
async def test_what_is_no_message_is_garbled(sent):
    with pytest.raises(Garbled):
        await heard(sent)


@pytest.mark.parametrize(
    "sent", [b"", b"\0", HEADER.pack(10) + b"{", header({"fields": {}, "blobs": [5]}) + b"abc"]
)
async def test_a_message_that_breaks_off_is_the_end(sent):
    assert await heard(sent) is None


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_the_end_or_garbled(sent):
    with contextlib.suppress(Garbled):
        asyncio.run(heard(sent))
