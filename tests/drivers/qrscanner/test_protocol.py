"""Codes come whole out of torn lines and key strokes."""

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers.inputs import KEY, EventReader, InputEvent, encode_event
from drivers.qrscanner.protocol import (
    KEYS,
    LONGEST_CODE,
    KeyDecoder,
    LineSplitter,
    decode_text,
    strokes,
)

TYPEABLE = "".join(sorted({one for pair in KEYS.values() for one in pair} - {"\t"}))
codes = st.binary(min_size=1, max_size=80).filter(lambda raw: not set(raw) & set(b"\r\n"))


@given(st.lists(codes, max_size=5), st.sampled_from([b"\r", b"\n", b"\r\n"]), st.data())
def test_codes_come_whole_however_the_line_tears_them(sent, end, data):
    stream = b"".join(code + end for code in sent)
    splitter, found = LineSplitter(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += splitter.feed(stream[:size])
        stream = stream[size:]
    assert found == sent


def test_a_line_longer_than_any_code_is_passed_over_and_the_next_is_read():
    splitter = LineSplitter()
    assert list(splitter.feed(b"x" * (LONGEST_CODE * 4 + 10) + b"\rgood\r")) == [b"good"]


@given(st.binary(max_size=200))
def test_any_bytes_are_some_text(raw):
    assert isinstance(decode_text(raw), str)


def test_chinese_is_read_in_both_encodings():
    assert decode_text("通办".encode()) == "通办"
    assert decode_text("通办".encode("gb18030")) == "通办"


@given(st.text(TYPEABLE, min_size=1, max_size=60))
def test_what_a_keyboard_scanner_types_is_what_it_read(text):
    decoder, reader = KeyDecoder(), EventReader()
    stream = b"".join(encode_event(event) for event in strokes(text))
    found = [one for event in reader.feed(stream) if (one := decoder.feed(event)) is not None]
    assert found == [text]


@given(st.binary(max_size=1000))
def test_any_bytes_of_an_input_device_raise_nothing(raw):
    decoder = KeyDecoder()
    for event in EventReader().feed(raw):
        decoder.feed(event)


def test_a_key_that_no_scanner_presses_is_passed_over():
    decoder = KeyDecoder()
    assert decoder.feed(InputEvent(KEY, ecodes.KEY_F5, 1)) is None
    assert decoder.feed(InputEvent(KEY, ecodes.KEY_ENTER, 1)) is None


def test_a_text_that_no_key_types_is_refused():
    with pytest.raises(ValueError, match="通"):
        list(strokes("通"))
