"""IPP messages and what state reasons mean."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device import FailureReason
from drivers.document_printer.port import Media, Supply
from drivers.document_printer.protocol import (
    Group,
    Operation,
    StatusCode,
    Tag,
    decode_message,
    encode_answer,
    failure_in,
    media_in,
    toner_in,
)


def test_an_answer_comes_back_as_it_was():
    attributes = {
        "job-id": (Tag.INTEGER, 7),
        "ok": (Tag.BOOLEAN, True),
        "job-state-reasons": (Tag.KEYWORD, ["none", "other"]),
    }
    message = decode_message(encode_answer(StatusCode.OK, 42, [(Group.JOB, attributes)]))
    assert (message.code, message.request_id) == (0, 42)
    assert message.groups[1] == (
        Group.JOB,
        {"job-id": [7], "ok": [True], "job-state-reasons": ["none", "other"]},
    )


def test_a_request_of_pyipp_is_understood():
    from pyipp.enums import IppOperation
    from pyipp.serializer import encode_dict

    raw = encode_dict(
        {
            "version": (2, 0),
            "operation": IppOperation.PRINT_JOB,
            "request-id": 5,
            "operation-attributes-tag": {"document-format": "application/pdf"},
            "data": b"%PDF",
        }
    )
    message = decode_message(raw)
    assert message.code == Operation.PRINT_JOB
    assert message.first("document-format") == "application/pdf"
    assert message.data == b"%PDF"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_value_error(raw):
    with contextlib.suppress(ValueError):
        decode_message(raw)


@pytest.mark.parametrize(
    ("reasons", "stopped", "failure"),
    [
        ((), False, None),
        (("none",), False, None),
        (("toner-low-warning",), False, None),
        (("media-empty-error",), False, FailureReason.PRINTER_NO_PAPER),
        (("media-empty-warning",), False, None),
        (("media-empty-warning",), True, FailureReason.PRINTER_NO_PAPER),
        (("media-jam",), True, FailureReason.PRINTER_JAMMED),
        (("cover-open-error",), True, FailureReason.PRINTER_COVER_OPEN),
        (("toner-empty-error",), True, FailureReason.PRINTER_NO_TONER),
        (("something-new-error",), True, FailureReason.PRINTER_STOPPED),
        (("something-new-error",), False, None),
    ],
)
def test_what_stops_a_printer_is_told_from_what_does_not(reasons, stopped, failure):
    assert failure_in(reasons, stopped) is failure


def test_supplies_are_unknown_unless_said():
    assert toner_in(()) is Supply.UNKNOWN
    assert toner_in(("toner-low-warning",)) is Supply.LOW
    assert media_in(("media-jam-error",)) is Media.JAMMED
