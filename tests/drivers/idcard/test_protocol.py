"""The SDT frames: known bytes, and staying in step whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.idcard.protocol import (
    FAILURES,
    PREAMBLE,
    Command,
    FrameFault,
    Framer,
    Reply,
    Sw3,
    checksum,
    encode_command,
    encode_frame,
    encode_reply,
    format_sam_id,
    join_parts,
    parse_reply,
    split_added_addresses,
    split_parts,
)

KNOWN_REQUESTS = {
    Command.RESET_SAM: "aaaaaa9669 0003 10ff ec",
    Command.SAM_STATUS: "aaaaaa9669 0003 11ff ed",
    Command.SAM_ID: "aaaaaa9669 0003 12ff ee",
    Command.FIND_CARD: "aaaaaa9669 0003 2001 22",
    Command.SELECT_CARD: "aaaaaa9669 0003 2002 21",
    Command.READ_TEXT_PHOTO: "aaaaaa9669 0003 3001 32",
    Command.READ_TEXT_PHOTO_FINGERPRINT: "aaaaaa9669 0003 3010 23",
    Command.READ_ADDED_ADDRESS: "aaaaaa9669 0003 3003 30",
    Command.READ_MANAGEMENT_NUMBER: "aaaaaa9669 0003 3005 36",
}

bodies = st.binary(min_size=1, max_size=400)


@pytest.mark.parametrize("command", KNOWN_REQUESTS)
def test_a_request_has_the_published_bytes(command):
    assert encode_command(command) == bytes.fromhex(KNOWN_REQUESTS[command])


@pytest.mark.parametrize(
    ("reply", "size"),
    [
        (encode_reply(Sw3.OK), 11),
        (encode_reply(Sw3.CARD_FOUND, bytes(4)), 15),
        (encode_reply(Sw3.OK, bytes(8)), 19),
        (encode_reply(Sw3.OK, bytes(16)), 27),
        (encode_reply(Sw3.OK, join_parts(bytes(256), bytes(1024))), 1295),
    ],
)
def test_replies_have_the_published_sizes(reply, size):
    assert len(reply) == size


@given(bodies)
def test_checksum_over_length_body_and_checksum_is_zero(body):
    assert checksum(encode_frame(body)[len(PREAMBLE) :]) == 0


@given(st.lists(bodies, max_size=6), st.data())
def test_frames_are_found_however_the_bytes_are_split(frames, data):
    stream = b"".join(encode_frame(body) for body in frames)
    framer, found = Framer(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    assert found == frames
    assert framer.pending == 0


@given(st.binary(max_size=60).filter(lambda noise: PREAMBLE[:1] not in noise), bodies)
def test_a_frame_after_noise_is_found(noise, body):
    found = list(Framer().feed(noise + encode_frame(body)))
    assert found[-1] == body
    assert found[:-1] == ([FrameFault.NOISE] if noise else [])


def test_a_preamble_inside_noise_does_not_hide_the_frame():
    noise = b"\x00\xaa\xaa\x13\x37\xaa\xaa\xaa\x96"
    assert list(Framer().feed(noise + encode_reply(Sw3.OK)))[-1] == b"\x00\x00\x90"


def test_a_true_frame_inside_a_false_one_is_found():
    inner = encode_reply(Sw3.OK)
    false = PREAMBLE + (len(inner) + 1).to_bytes(2, "big") + inner + b"\x00"
    found = list(Framer().feed(false))
    assert FrameFault.BAD_CHECKSUM in found
    assert b"\x00\x00\x90" in found


@given(bodies, st.data())
def test_one_changed_byte_never_yields_the_same_frame(body, data):
    frame = bytearray(encode_frame(body))
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= data.draw(st.integers(1, 255))
    assert body not in [item for item in Framer().feed(bytes(frame)) if isinstance(item, bytes)]


@given(st.binary(max_size=3000))
def test_garbage_raises_nothing_and_is_not_kept_for_ever(garbage):
    framer = Framer()
    list(framer.feed(garbage))
    assert framer.pending <= 7 + 4096


@given(st.binary(max_size=40))
def test_a_body_is_a_reply_or_none(body):
    reply = parse_reply(body)
    assert reply is None if len(body) < 3 else reply == Reply(body[0], body[1], body[2], body[3:])


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_text_and_photo_come_back_by_their_own_lengths(text, photo):
    assert split_parts(join_parts(text, photo), 2) == (text, photo)


@given(st.binary(max_size=80))
def test_lengths_that_do_not_fit_give_none(data):
    parts = split_parts(data, 2)
    assert parts is None or len(parts[0]) + len(parts[1]) + 4 == len(data)


@given(st.integers(0, 255))
def test_every_status_is_good_or_has_a_reason(sw3):
    good = sw3 in (Sw3.OK, Sw3.CARD_FOUND, Sw3.NO_SUCH_ITEM)
    assert (Reply(0, 0, sw3, b"").meaning is None) == good


def test_every_published_status_code_is_known():
    good = {Sw3.OK, Sw3.CARD_FOUND, Sw3.NO_SUCH_ITEM}
    assert set(FAILURES) | good == set(Sw3)


def test_the_sam_id_reads_as_it_is_printed_on_readers():
    raw = bytes.fromhex("05000300 7c7a3301 39300000 b168de3a")
    assert format_sam_id(raw) == "05.03-20150908-0000012345-0987654321"
    assert format_sam_id(raw[:-1]) is None


@given(st.lists(st.binary(max_size=40), min_size=3, max_size=3))
def test_text_photo_and_fingerprint_come_back_by_their_own_lengths(parts):
    assert split_parts(join_parts(*parts), 3) == tuple(parts)


def test_added_addresses_are_cut_at_35_characters_and_lose_their_padding():
    one, two = "柳塘村一组7号".ljust(35), "柳塘村新区3栋201室".ljust(35)
    data = (one + two + " " * 70).encode("utf-16-le")
    assert split_added_addresses(data) == ("柳塘村一组7号", "柳塘村新区3栋201室")


@given(st.binary(max_size=300))
def test_any_bytes_are_added_addresses_or_none(data):
    assert all(text.strip() for text in split_added_addresses(data))
