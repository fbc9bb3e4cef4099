"""What is taken along: all that is needed, and nothing that must not lie about."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from drivers.receipt_printer.port import Align, Line
from kiosk.printing.receipt import draw_lines
from kiosk.services.port import Kind
from kiosk.services.slips import Place, days, guide_slip, request_slip
from screens.samples import sample_guides

PLACE = Place("柳塘村便民服务中心", "DEMO-0001", datetime(2026, 11, 24, 14, 5))


def words(lines) -> str:
    return "\n".join(line.text for line in lines)


def test_a_guide_says_all_in_both_languages():
    guide = sample_guides()[0]
    text = words(guide_slip(guide, PLACE))
    for wanted in (
        guide.title_zh, guide.title_en, guide.who_zh, guide.who_en, *guide.bring_zh,
        *guide.bring_en, guide.fee_zh, guide.result_en, guide.where_zh, "5 个工作日",
        "5 working days", "2026-11-24 14:05", "DEMO-0001",
    ):
        assert wanted in text


@pytest.mark.parametrize(
    ("number", "chinese"), [(0, "当场办好"), (3, "3 个工作日"), (None, "没有承诺时限")]
)
def test_how_long_it_takes_is_a_promise_or_none(number, chinese):
    assert days(replace(sample_guides()[0], days=number))[0] == chinese


def test_where_nothing_is_to_be_brought_that_is_said():
    guide = replace(sample_guides()[0], bring_zh=(), bring_en=())
    assert "什么都不用带" in words(guide_slip(guide, PLACE))


def test_a_receipt_says_that_it_is_here_and_not_yet_at_the_office_with_the_code():
    text = words(request_slip("482913705616", Kind.COMPLAINT, PLACE))
    assert "本机已收下，还没有送到单位" in text
    assert "Received here, not yet at the office" in text
    assert "4829 1370 5616" in text


@pytest.mark.parametrize("dots", [384, 576])
def test_drawn_lines_fit_the_paper_and_larger_ones_take_more_of_it(dots):
    small = draw_lines([Line("查询号码", Align.CENTRE)], dots)
    large = draw_lines([Line("查询号码", Align.CENTRE, 2)], dots)
    assert small.shape[1] == large.shape[1] == dots
    assert np.count_nonzero(large) > np.count_nonzero(small) > 0
    long = draw_lines([Line("很长的一行字" * 20)], dots)
    assert not long[:, -8:].any()
