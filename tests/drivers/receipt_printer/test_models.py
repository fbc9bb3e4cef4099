"""Models that differ: paper, cutter, font, and the way they tell how they are."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.device import DeviceFailure, FailureReason
from drivers.receipt_printer.driver import EscposPrinter
from drivers.receipt_printer.models import model_called, models
from drivers.receipt_printer.port import Align, Condition, Line, Paper, Settlement, StatusWay
from drivers.receipt_printer.protocol import (
    AnswerKind,
    AnswerReader,
    decode_status_back,
    encode_lines,
    in_font,
)
from tests.conftest import last_json, run_module

LINES = [Line("通办", Align.CENTRE, 2), Line("证照打印凭条"), Line("12345", Align.RIGHT)]
QUICK = ("--mm-per-second", "400")


@pytest.fixture
def printer_of(simulate, tmp_path):
    """A printer of a model and its simulator."""
    made = []

    def make(model: str, *arguments: str):
        can = model_called(model)
        simulator = simulate(
            "drivers.receipt_printer", "--out", str(tmp_path), "--dots", str(can.dots),
            *QUICK, *arguments,
        )
        made.append(EscposPrinter(simulator.address, can))
        return made[-1], simulator

    yield make
    for printer in made:
        printer.close()


@pytest.mark.parametrize("model", models())
async def test_every_model_prints_a_picture_as_wide_as_its_paper(printer_of, model):
    printer, simulator = printer_of(model)
    dots = printer.capabilities.dots
    receipt = np.tile(np.arange(dots) % 7 == 0, (80, 1))
    settled = await printer.print(receipt)
    silent = printer.capabilities.status is StatusWay.NONE
    assert settled is (Settlement.UNPROVEN if silent else Settlement.PRINTED)
    if printer.capabilities.cutter:
        printed = np.array(Image.open(simulator.report("receipt")["path"])) < 128
        assert np.array_equal(printed[:80], receipt)


@pytest.mark.parametrize("model", ["chinese80", "chinese58", "asb80"])
async def test_a_model_with_a_chinese_font_prints_lines(printer_of, model):
    printer, simulator = printer_of(model)
    assert await printer.print(LINES) is Settlement.PRINTED
    if printer.capabilities.cutter:
        printed = np.array(Image.open(simulator.report("receipt")["path"])) < 128
        assert printed[: 34 * 4].any(axis=1).sum() > 50


async def test_lines_for_a_printer_without_a_font_are_refused(printer_of):
    printer, _ = printer_of("raster80")
    with pytest.raises(ValueError, match="no font"):
        await printer.print(LINES)


def test_a_character_that_no_font_has_is_named():
    with pytest.raises(ValueError, match="𡨽"):
        encode_lines([Line("张𡨽")])


@pytest.mark.parametrize("way", ["raster80", "asb80"])
@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        ("", Condition(Paper.FULL, False, False)),
        ("paper_low", Condition(Paper.LOW, False, False)),
        ("paper_out", Condition(Paper.OUT, False, False)),
        ("cover_open", Condition(Paper.FULL, True, False)),
        ("error", Condition(Paper.FULL, False, True)),
    ],
)
async def test_both_ways_of_telling_say_the_same(printer_of, way, fault, condition):
    printer, _ = printer_of(way, *(("--fault", fault) if fault else ()))
    assert await printer.condition() == condition


async def test_what_a_printer_does_not_say_is_unknown(printer_of):
    for model, fault in (("raster80", "no_realtime"), ("asb80", "mute")):
        printer, _ = printer_of(model, "--fault", fault)
        assert await printer.condition() == Condition(Paper.UNKNOWN, None, None)


async def test_late_answers_are_waited_for(printer_of):
    printer, _ = printer_of("raster80", "--fault", "late")
    assert await printer.print(np.ones((40, 576), bool)) is Settlement.PRINTED


@pytest.mark.parametrize("model", ["raster80", "asb80"])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("paper_out_midway", FailureReason.RECEIPT_PRINTER_NO_PAPER),
        ("stuck", FailureReason.RECEIPT_PRINTER_FAULT),
        ("power_cut", FailureReason.RECEIPT_PRINTER_FAULT),
        ("gone", FailureReason.RECEIPT_PRINTER_FAULT),
    ],
)
async def test_a_receipt_that_does_not_come_out_is_never_called_printed(
    printer_of, model, fault, reason
):
    printer, simulator = printer_of(model)
    simulator.order("fault", name=fault)
    with pytest.raises(DeviceFailure) as caught:
        await asyncio.wait_for(printer.print(np.ones((600, 576), bool)), 20)
    assert caught.value.reason is reason


async def test_a_printer_that_was_unplugged_prints_again_when_it_is_back(printer_of):
    printer, simulator = printer_of("raster80")
    simulator.order("unplug")
    with pytest.raises(DeviceFailure):
        await printer.check()
    simulator.order("plug")
    await printer.check()
    assert await printer.print(np.ones((40, 576), bool)) is Settlement.PRINTED


def test_a_model_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="known: raster80"):
        model_called("laser")


@given(st.binary(max_size=200))
def test_any_bytes_of_a_printer_are_answers_or_noise(raw):
    reader = AnswerReader()
    for answer in reader.feed(raw):
        assert len(answer.data) == (4 if answer.kind is AnswerKind.STATUS_BACK else 1)
        if answer.kind is AnswerKind.STATUS_BACK:
            decode_status_back(answer.data)


@given(st.text(max_size=30))
def test_lines_are_encoded_or_a_character_is_refused(text):
    known = all(in_font(one) for one in text)
    if known:
        assert text.encode("gb18030") in encode_lines([Line(text)])
    else:
        with pytest.raises(ValueError, match="no printer's font"):
            encode_lines([Line(text)])


def test_the_command_line_prints_a_test_page_in_the_printers_font(simulate, tmp_path):
    simulator = simulate("drivers.receipt_printer", "--out", str(tmp_path), *QUICK)
    target = ("--target", simulator.address, "--text", "--json")
    done = run_module("drivers.receipt_printer", "test", *target, "--model", "chinese80")
    assert last_json(done.stdout) == {"state": "printed"}
    done = run_module("drivers.receipt_printer", "test", *target)
    assert (done.returncode, "no font" in done.stderr) == (2, True)
