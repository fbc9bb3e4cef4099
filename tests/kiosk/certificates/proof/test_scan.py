"""From a picture of a printed copy to a verdict."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Pdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kiosk.certificates.annotate import annotate
from kiosk.certificates.proof.draw import draw_code, find_room
from kiosk.certificates.proof.judge import PaperVerdict
from kiosk.certificates.proof.marks import length_in, mark_of, numbers_of, page_marks, split_marks
from kiosk.certificates.proof.scan import PageMatch, find_code, judge_numbers, scan
from kiosk.certificates.render import render_page
from kiosk.ofd.fonts import SERIF
from sandbox.ofd.stamp import seal_picture
from tests.conftest import last_json, run_module
from tests.kiosk.certificates.proof.conftest import NOTE, picture_of

MM = 200 / 25.4


@pytest.fixture(scope="module")
def paper(office):
    return office.paper()


@pytest.fixture(scope="module")
def picture(paper):
    return picture_of(paper[0])


@pytest.fixture
def look(office):
    def at(picture):
        found = scan(picture, office.lists(), datetime.now(UTC))
        return found.judgement.verdict, found.page, found.judgement.why

    return at


def worn(picture, degrees=0.0, blur=0.0, noise=0.0, contrast=1.0):
    """A picture as bad scanners make it."""
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    dots = np.asarray(turned.filter(ImageFilter.GaussianBlur(blur)), float)
    grain = np.random.default_rng(1).normal(0, noise, dots.shape)
    return Image.fromarray((dots * contrast + 20 + grain).clip(0, 255).astype(np.uint8))


def number_on(picture, box_mm, text):
    """Paint over a place and write something there."""
    changed = picture.copy()
    left, top, right, bottom = (round(one * MM) for one in box_mm)
    pen = ImageDraw.Draw(changed)
    pen.rectangle((left, top, right, bottom), fill=255)
    font = ImageFont.truetype(str(SERIF[0]), round(3.9 * MM), index=SERIF[2])
    pen.text((left, top - 0.9 * MM), text, font=font, fill=0)
    return changed


def test_a_plain_picture_is_genuine_and_its_page_is_the_codes_page(look, picture):
    assert look(picture) == (PaperVerdict.GENUINE, PageMatch.MATCHES, "")


def test_a_scan_of_150_dpi_turned_with_noise_and_blur_is_genuine(look, paper):
    for degrees in (-7, 7):
        bad = worn(picture_of(paper[0], 150), degrees, blur=0.8, noise=12, contrast=0.8)
        assert look(bad)[0] is PaperVerdict.GENUINE


def test_a_camera_that_is_held_close_finds_the_code(look, paper):
    page = picture_of(paper[0], 300)
    found = find_code(page)
    xs, ys = zip(*found.corners, strict=True)
    close = page.crop((round(min(xs)) - 250, round(min(ys)) - 150, round(max(xs)) + 500,
                       round(max(ys)) + 150))
    frame = Image.new("L", (1280, 720), 150)
    close.thumbnail((1200, 700))
    frame.paste(close, (40, 10))
    assert look(worn(frame, 4, blur=0.7, noise=6))[0] is PaperVerdict.GENUINE


def test_a_number_that_was_changed_on_the_page_is_named(look, picture):
    changed = number_on(picture, (56, 82, 100, 87.5), "119900196803120627")
    verdict, page, why = look(changed)
    assert (verdict, page) == (PaperVerdict.ALTERED, PageMatch.DIFFERS)
    assert "119900196803120627" in why


def test_a_code_on_another_page_is_told(look, office, picture):
    code = find_code(picture)
    other = picture_of(office.paper("wang-jianguo", "housing_fund")[0])
    place = find_code(other)
    cut = picture.crop(tuple(round(one) for one in (*code.corners[0], *code.corners[2])))
    left, top = (round(one) for one in place.corners[0])
    right, bottom = (round(one) for one in place.corners[2])
    ImageDraw.Draw(other).rectangle((left - 9, top - 9, right + 9, bottom + 9), fill=255)
    other.paste(cut, (left, top))
    verdict, page, _ = look(other)
    assert (verdict, page) == (PaperVerdict.ALTERED, PageMatch.ANOTHER_PAGE)


def test_a_picture_without_a_code_has_none(look):
    assert look(Image.new("L", (600, 800), 255))[0] is PaperVerdict.NO_CODE
    seal = Image.open(io.BytesIO(seal_picture("样本局"))).convert("RGB")
    assert look(seal)[0] is PaperVerdict.NO_CODE


def test_without_a_list_of_keys_nobody_is_trusted(picture):
    found = scan(picture, None, datetime.now(UTC))
    assert found.judgement.verdict is PaperVerdict.UNTRUSTED
    assert found.as_json()["claims"]["holder"] == "李**"
    empty = scan(Image.new("L", (600, 800), 255), None, datetime.now(UTC))
    assert empty.as_json()["verdict"] == "no_code"


def test_the_command_line_tells_a_picture_without_a_code(tmp_path):
    Image.new("L", (300, 300), 255).save(tmp_path / "white.png")
    told = run_module("kiosk.certificates", "scan", str(tmp_path / "white.png"), "--json")
    fields = last_json(told.stdout)
    assert (fields["verdict"], fields["claims"], told.returncode) == ("no_code", None, 1)


@pytest.mark.parametrize("wrong", [("--dpi", "0"), ("--dpi", "x"), ("--page", "0")])
def test_a_page_or_resolution_that_is_none_is_told(tmp_path, wrong):
    told = run_module(
        "kiosk.certificates", "render", "x.ofd", *wrong, "--out", str(tmp_path / "x.png")
    )
    assert told.returncode == 2
    assert wrong[0] in told.stderr


def test_a_page_that_is_full_gets_a_sheet_for_its_code(office):
    pdf, out = Pdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(b"0.5 g 0 0 595 842 re f")
    pdf.save(out)
    document, pages = annotate(out.getvalue(), replace(NOTE, codes=(office.code(),)))
    assert pages == 2
    sheet = render_page(document, 2, 150)
    grey = Image.frombytes("RGB", (sheet.width, sheet.height), sheet.colours)
    assert find_code(grey) is not None


def test_the_original_keeps_its_size_and_place_below_the_code(paper, office):
    original = render_page(office.library.file(office.issued()), 1, 60)
    printed = render_page(paper[0], 1, 60)
    assert (original.width, original.height) == (printed.width, printed.height)
    before = np.frombuffer(original.colours, np.uint8).reshape(original.height, -1).astype(int)
    after = np.frombuffer(printed.colours, np.uint8).reshape(printed.height, -1).astype(int)
    dark = before < 110
    assert (after[dark] < 190).mean() > 0.98


def test_a_code_has_five_dots_to_a_module(office):
    code = draw_code(office.code(marks=bytes(40)))
    assert 25 < code.side_mm < 42
    assert code.svg.startswith("<svg")


def test_room_is_found_low_and_left_and_never_over_ink():
    ink = np.full((297, 210), 255, np.uint8)
    assert find_room(ink, 30) == (10.0, 297 - 14 - 38 + 2.0)
    ink[200:, :120] = 0
    x, y = find_room(ink, 30)
    assert x >= 120
    assert (ink[int(y) : int(y) + 30, int(x) : int(x) + 30] == 255).all()
    assert find_room(np.zeros((297, 210), np.uint8), 30) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2026 年 10 月 620.00", ["202610", "62000"]),
        ("出具日期：2026年11月06日", ["20261106"]),
        ("1.\u200b2.\u200b156.3005", ["121563005"]),
        ("63,218.44 元 12", ["6321844"]),
        ("12:05 2026-11-24", ["1205", "20261124"]),
        ("无", []),
    ],
)
def test_numbers_are_read_alike_from_text_and_from_paper(text, numbers):
    assert numbers_of(text) == numbers


@given(st.integers(min_value=100, max_value=10**17))
def test_a_mark_says_how_long_its_number_is(number):
    assert length_in(mark_of(str(number))) == min(len(str(number)) - 3, 15)


class TestJudging:
    """What is concluded from numbers that were read."""

    MARKS = split_marks(page_marks("119900195803120627 20261106 62000 124000 6321844 990000012345"))

    def judge(self, *passes):
        return judge_numbers([lambda one=one: set(one.split()) for one in passes], self.MARKS)[0]

    ALL = "119900195803120627 20261106 62000 124000 6321844 990000012345"

    def test_reading_ends_when_all_was_found(self):
        def never():
            raise AssertionError("read again without need")

        assert judge_numbers([lambda: set(self.ALL.split()), never], self.MARKS)[0] is (
            PageMatch.MATCHES
        )

    def test_what_is_found_in_any_pass_is_found(self):
        half = self.ALL.split()
        assert self.judge(" ".join(half[:3]), " ".join(half[3:]), "") is PageMatch.MATCHES

    def test_a_misread_number_alone_proves_nothing(self):
        once = self.ALL.replace("62000", "62009")
        twice = self.ALL.replace("62000", "62008")
        assert self.judge(once, twice, "") is PageMatch.MATCHES

    def test_the_same_other_number_twice_in_place_of_one_proves_it(self):
        changed = self.ALL.replace("62000", "92000")
        assert self.judge(changed, changed, changed) is PageMatch.DIFFERS

    def test_noise_of_another_length_proves_nothing(self):
        noisy = self.ALL.replace("62000", "2026111")
        assert self.judge(noisy, noisy, "") is PageMatch.MATCHES

    def test_a_page_that_is_hardly_read_is_not_judged(self):
        assert self.judge("20261106 5555", "5555", "5555") is PageMatch.NOT_READ

    def test_another_page_has_other_long_numbers(self):
        other = "11990019490821051 20250101 880000012345 77770000 20250102"
        assert self.judge(other, other, other) is PageMatch.ANOTHER_PAGE
