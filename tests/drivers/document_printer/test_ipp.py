"""IPP messages: bytes to attributes and back."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from drivers.document_printer.ipp import (
    Group,
    Operation,
    StatusCode,
    Tag,
    decode_message,
    encode_answer,
    encode_request,
)
from drivers.document_printer.port import JobOptions, MediaSize, Sides
from drivers.document_printer.protocol import job_attributes


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


def test_a_job_with_a_tray_is_sent_with_its_size_and_source():
    options = JobOptions(MediaSize.A5, Sides.LONG_EDGE, "tray-2")
    raw = encode_request(
        Operation.PRINT_JOB, 3, "ipp://printer/ipp/print",
        [(Group.OPERATION, {"job-name": (Tag.NAME, "one")}), (Group.JOB, job_attributes(options))],
        b"%PDF",
    )
    message = decode_message(raw)
    assert (message.code, message.data) == (Operation.PRINT_JOB, b"%PDF")
    assert message.first("printer-uri") == "ipp://printer/ipp/print"
    assert message.groups[1][1] == {
        "sides": ["two-sided-long-edge"],
        "print-scaling": ["none"],
        "media-col": [
            {
                "media-size": [{"x-dimension": [14800], "y-dimension": [21000]}],
                "media-source": ["tray-2"],
            }
        ],
    }


def test_the_size_alone_goes_as_a_keyword_that_every_queue_passes_on():
    assert job_attributes(JobOptions())["media"] == (Tag.KEYWORD, "iso_a4_210x297mm")
    assert "print-scaling" not in job_attributes(JobOptions(exact_size=False))


def test_collections_nested_without_end_are_refused():
    deep = {"a": (Tag.INTEGER, 1)}
    for _ in range(20):
        deep = {"a": (Tag.BEGIN_COLLECTION, deep)}
    raw = encode_answer(StatusCode.OK, 1, [(Group.JOB, deep)])
    with contextlib.suppress(ValueError):
        decode_message(raw)
        raise AssertionError("it was taken")
