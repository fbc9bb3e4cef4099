"""The session with a card, without a reader: published bytes, and whatever a card may say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device import DeviceFailure, FailureReason
from drivers.smartcard.port import Moment, Response
from drivers.smartcard.protocol import (
    SSSE,
    parse_record,
    read_record,
    read_social_security,
    select_by_name,
    transceive,
)
from drivers.smartcard.sam import is_sam, read_resident

MOMENT = Moment(date(2026, 11, 24))
RECORDED = [
    ("00a404000f7378312e73682ec9e7bbe1b1a3d5cf", "6f009000"),
    ("00b2032c00", "0304312e30309000"),
    ("00b2052c00", "0504202001059000"),
    ("00b2062c00", "0604203501059000"),
    ("00b2072c00", "07094131323334353637389000"),
    ("00b2013400", "0812" + b"119900195803120627".hex() + "9000"),
    ("00b2023400", "091e" + "李秀兰".encode("gbk").ljust(30, b"\0").hex() + "9000"),
    ("00b2033400", "0a01329000"),
    ("00b2063400", "0d04195803129000"),
]
"""A conversation with a card of version 1, as the published tables have it."""


def respond(raw: bytes) -> Response:
    return Response(raw[:-2], raw[-2], raw[-1])


def test_a_recorded_conversation_is_led_byte_for_byte():
    session = read_social_security(MOMENT)
    apdu = next(session)
    for asked, answered in RECORDED[:-1]:
        assert apdu.hex() == asked
        apdu = session.send(respond(bytes.fromhex(answered)))
    assert apdu.hex() == RECORDED[-1][0]
    with pytest.raises(StopIteration) as end:
        session.send(respond(bytes.fromhex(RECORDED[-1][1])))
    assert end.value.value.number == "119900195803120627"
    assert end.value.value.birth_date == date(1958, 3, 12)


def test_the_environment_is_selected_by_its_published_name():
    assert select_by_name(SSSE).hex() == RECORDED[0][0]
    assert read_record(1, 0x2C).hex() == "00b2012c00"


@given(st.binary(max_size=60))
def test_a_record_is_its_value_or_none(data):
    value = parse_record(data)
    assert value is None or data[2 : 2 + data[1]] == value


responses = st.builds(
    Response, st.binary(max_size=260), st.sampled_from([0x90, 0x61, 0x6C, 0x6A, 0x69, 0x00]),
    st.integers(0, 255),
)


@given(st.lists(responses, min_size=60, max_size=60), st.booleans())
def test_whatever_a_card_says_a_session_ends_in_a_document_or_a_listed_reason(said, sam):
    with pytest.raises((StopIteration, DeviceFailure)) as ended:
        lead((read_resident if sam else read_social_security)(MOMENT), said)
    if isinstance(ended.value, DeviceFailure):
        listed = (FailureReason.UNREADABLE, FailureReason.WRONG_CARD_TYPE)
        assert ended.value.reason in listed
    else:
        assert ended.value.value.number


def lead(session, said) -> None:
    next(session)
    for response in said:
        session.send(response)


def test_a_card_that_says_for_ever_that_there_is_more_is_given_up():
    with pytest.raises(DeviceFailure):
        lead(transceive(b"\0\0\0\0"), [Response(b"x", 0x61, 1)] * 40)


@given(st.binary(max_size=40))
def test_any_atr_is_a_sam_or_not(atr):
    assert is_sam(atr) == (len(atr) >= 15 and atr[13:15] == b"\x90\x00")
