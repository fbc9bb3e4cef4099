"""ESC/POS: published bytes, honest status, and an interpreter that nothing upsets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from drivers.receipt_printer.interpreter import Interpreter
from drivers.receipt_printer.port import Condition, Paper
from drivers.receipt_printer.protocol import (
    REPORT_WHEN_DONE,
    decode_condition,
    encode_raster,
    encode_receipt,
    is_done_answer,
    is_realtime_answer,
)

rasters = hn.arrays(np.bool_, st.tuples(st.integers(1, 600), st.integers(1, 80)))


def test_a_raster_has_the_published_bytes():
    raster = np.array([[1, 0, 0, 0, 0, 0, 0, 1, 1], [0, 1, 1, 1, 1, 1, 1, 0, 0]], np.bool_)
    assert encode_raster(raster) == bytes.fromhex("1d763000 0200 0200 8180 7e00")


@given(rasters)
def test_what_is_sent_is_what_the_printer_prints(raster):
    rows = []
    for operation in Interpreter().feed(encode_receipt(raster, cutter=True)):
        if operation.name == "raster":
            width = int.from_bytes(operation.arguments[2:4], "little")
            packed = np.frombuffer(operation.data, np.uint8).reshape(-1, width)
            rows.append(np.unpackbits(packed, axis=1)[:, : raster.shape[1]])
    assert np.array_equal(np.vstack(rows), raster)


@given(rasters, st.data())
def test_operations_do_not_depend_on_how_the_bytes_are_split(raster, data):
    stream = encode_receipt(raster, cutter=True)
    whole = [op.name for op in Interpreter().feed(stream)]
    cut = data.draw(st.integers(0, len(stream)))
    split = Interpreter()
    names = [op.name for op in split.feed(stream[:cut])]
    names += [op.name for op in split.feed(stream[cut:])]
    assert names == whole


@given(st.binary(max_size=500))
def test_any_bytes_can_be_sent_to_the_interpreter(stream):
    list(Interpreter().feed(stream))


def test_a_receipt_ends_with_the_question_that_settles_it():
    assert encode_receipt(np.zeros((1, 8), np.bool_), cutter=True).endswith(REPORT_WHEN_DONE)


def test_paper_out_cover_open_and_error_are_read_from_the_published_bits():
    assert decode_condition(0x12, 0x12) == Condition(Paper.FULL, False, False)
    assert decode_condition(0x12, 0x1E) == Condition(Paper.LOW, False, False)
    assert decode_condition(0x32, 0x7E) == Condition(Paper.OUT, False, False)
    assert decode_condition(0x16, 0x12) == Condition(Paper.FULL, True, False)
    assert decode_condition(0x52, 0x12) == Condition(Paper.FULL, False, True)


def test_a_printer_that_does_not_answer_is_unknown_not_fine():
    assert decode_condition(None, None) == Condition(Paper.UNKNOWN, None, None)
    assert decode_condition(0xFF, 0x00) == Condition(Paper.UNKNOWN, None, None)


@given(st.integers(0, 255))
def test_no_byte_answers_both_questions(byte):
    assert not (is_realtime_answer(byte) and is_done_answer(byte))
