"""A receipt as lines, where the printer has a font for it."""

from dataclasses import replace

from bench.raster import SAMPLE, measure
from drivers.receipt_printer.models import model_called
from drivers.receipt_printer.port import Line
from kiosk.printing.receipt_text import wrap, write_receipt

WIDE, NARROW = model_called("chinese80"), model_called("chinese58")


def width(line: Line) -> int:
    return line.size * sum(1 if one < "\x80" else 2 for one in line.text)


def test_every_line_fits_the_paper_and_nothing_is_lost():
    for printer in (WIDE, NARROW):
        lines = write_receipt(SAMPLE, printer)
        assert max(width(line) for line in lines) <= printer.columns
        text = "".join(line.text for line in lines)
        for value in (SAMPLE.certificate, SAMPLE.number, SAMPLE.holder, SAMPLE.printed_at):
            assert value in text


def test_a_rare_character_has_to_be_drawn():
    assert write_receipt(replace(SAMPLE, holder="张𡨽"), WIDE) is None


def test_a_printer_without_a_font_has_to_draw():
    assert write_receipt(SAMPLE, model_called("raster80")) is None


def test_words_stay_whole_and_a_word_longer_than_the_paper_is_cut():
    pieces = [one.text for one in wrap(Line("Please take your card"), 12)]
    assert pieces == ["Please take", "your card"]
    assert [one.text for one in wrap(Line("a" * 30), 12)] == ["a" * 12, "a" * 12, "a" * 6]


def test_an_empty_line_stays_a_line():
    assert list(wrap(Line(""), 48)) == [Line("")]


def test_the_bytes_of_a_picture_print_the_same_dots_as_those_of_escpos():
    assert measure()["same_dots"] is True
