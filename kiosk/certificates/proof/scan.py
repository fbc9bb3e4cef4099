"""From a picture of a printed copy to a verdict: finds the code, judges it, reads the page.

The code says what is vouched for; the page is compared with it as far as it can be read. A
number that is read alike twice and is not vouched for, while one of as many digits that is
vouched for is nowhere, was put in its place. What cannot be read is said, and changes no verdict.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import cast

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from kiosk.certificates.proof.claims import is_proof
from kiosk.certificates.proof.draw import MODULE_MM
from kiosk.certificates.proof.judge import Judgement, PaperVerdict, judge_code
from kiosk.certificates.proof.lists import Lists
from kiosk.certificates.proof.marks import length_in, length_of, mark_of, split_marks
from kiosk.certificates.proof.reading import PASSES, CannotRead, read_numbers

LEAST_DPI = 120.0
"""Below this, figures of 9 points are read wrongly too often."""
LONG, ENOUGH_LONG = 8, 4
"""Numbers of so many digits are hardly ever noise: so many of them, unknown, and more than
are known, are those of another page."""
FEW, FEW_SHARE = 2, 0.25
"""So many numbers may be missing of a page that was read well."""
CONVINCING = 4
"""Digits that a number must have to prove a forgery: shorter ones are often noise."""
MM_PER_INCH = 25.4
MODULES_OF_V1, MODULES_A_VERSION = 17, 4


class PageMatch(StrEnum):
    """How what stands on the page agrees with the code."""

    MATCHES = "matches"
    DIFFERS = "differs"
    ANOTHER_PAGE = "another_page"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class Found:
    """A code in a picture: its text, corners, and how it is turned."""

    text: str
    corners: tuple[tuple[float, float], ...]
    degrees: float
    dpi: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of a printed copy from a picture of it."""

    judgement: Judgement
    page: PageMatch = PageMatch.NOT_READ

    def as_json(self) -> dict[str, object]:
        """The promised JSON fields."""
        one = self.judgement
        return {
            "verdict": str(one.verdict),
            "claims": one.claims.as_json() if one.claims else None,
            "checked_as_of": one.as_of.isoformat() if one.as_of else None,
            "signer": one.signer,
            "page": str(self.page),
            "why": one.why,
        }


def find_code(
    picture: Image.Image, wanted: Callable[[str], bool] = is_proof
) -> Found | None:
    """The first code in a picture whose text is wanted, turned and blurred as it may be."""
    grey = picture.convert("L")
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for scale in (1.0, 2.0, 0.5):
        size = round(grey.width * scale), round(grey.height * scale)
        looked_at = grey if scale == 1.0 else grey.resize(size, Image.Resampling.BICUBIC)
        found = zxingcpp.read_barcodes(np.asarray(looked_at), formats=formats)
        for one in found:
            if wanted(one.text):
                return _located(one, scale)
    return None


def code_in(picture: np.ndarray, wanted: Callable[[str], bool] = is_proof) -> str | None:
    """The text of a wanted code in a camera's picture (rows, columns, blue-green-red), or None."""
    found = find_code(Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])), wanted)
    return found.text if found else None


def _located(code: zxingcpp.Barcode, scale: float) -> Found:
    place = code.position
    corners = tuple(
        (corner.x / scale, corner.y / scale)
        for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
    across = corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]
    extra = cast(dict[str, str], code.extra)
    modules = MODULES_OF_V1 + MODULES_A_VERSION * int(extra["Version"])
    dots = math.hypot(*across)
    dpi = dots / (modules * MODULE_MM) * MM_PER_INCH
    return Found(code.text, corners, math.degrees(math.atan2(across[1], across[0])), dpi)


def scan(picture: Image.Image, lists: Lists | None, now: datetime) -> Scan:
    """Judge a printed copy; without lists nobody is trusted."""
    found = find_code(picture)
    if found is None:
        why = "there is no code of a printed copy in the picture"
        as_of = lists.as_of if lists else None
        return Scan(Judgement(PaperVerdict.NO_CODE, why=why, as_of=as_of))
    judgement = judge_code(found.text, lists, now)
    vouched = judgement.verdict not in (PaperVerdict.ALTERED, PaperVerdict.UNTRUSTED)
    if judgement.claims is None or not vouched:
        return Scan(judgement)
    page, why = compare_page(picture, found, judgement.claims.page_marks)
    if page in (PageMatch.DIFFERS, PageMatch.ANOTHER_PAGE):
        judgement = replace(judgement, verdict=PaperVerdict.ALTERED, why=why)
    elif why and not judgement.why:
        judgement = replace(judgement, why=why)
    return Scan(judgement, page)


def compare_page(picture: Image.Image, found: Found, marks: bytes) -> tuple[PageMatch, str]:
    """Whether the numbers on the page are those that the code knows, and why not."""
    if found.dpi < LEAST_DPI:
        return PageMatch.NOT_READ, f"the page was not read: {found.dpi:.0f} dots to the inch"
    upright = straighten(picture, found)
    try:
        return judge_numbers(
            [partial(read_numbers, upright, found.dpi, *one) for one in PASSES], split_marks(marks)
        )
    except CannotRead as error:
        return PageMatch.NOT_READ, f"the page was not read: {error}"


def straighten(picture: Image.Image, found: Found) -> Image.Image:
    """The page upright and grey, its code painted over: it would be read as text."""
    plain = picture.convert("L")
    ImageDraw.Draw(plain).polygon([*found.corners], fill=255)
    if abs(found.degrees) < 0.3:
        return plain
    return plain.rotate(found.degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def judge_numbers(
    passes: Iterable[Callable[[], set[str]]], marks: set[bytes]
) -> tuple[PageMatch, str]:
    """Read again and again until all numbers were found, or there is no pass left."""
    readings: list[set[str]] = []
    missing = set(marks)
    for read in passes:
        numbers = read()
        readings.append(numbers)
        missing -= {mark_of(one) for one in numbers}
        if not missing:
            return PageMatch.MATCHES, ""
    sure = {
        one for numbers in readings for one in numbers
        if len(one) >= CONVINCING and sum(one in other for other in readings) >= 2
    }
    unknown = {one for one in sure if mark_of(one) not in marks}
    long = {one for one in sure if len(one) >= LONG}
    if len(long & unknown) >= max(ENOUGH_LONG, len(long - unknown) + 1):
        return PageMatch.ANOTHER_PAGE, "the code belongs to another page"
    if len(missing) > max(FEW, len(marks) * FEW_SHARE):
        return PageMatch.NOT_READ, "the page could not be read well enough"
    lengths = {length_in(mark) for mark in missing}
    instead = sorted(one for one in unknown if length_of(one) in lengths)
    if instead:
        return PageMatch.DIFFERS, f"not on the certified page: {', '.join(instead)}"
    return PageMatch.MATCHES, ""
