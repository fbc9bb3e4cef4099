"""What stands on a strip that a citizen takes along: a guide, or the code of what was left.

Nothing of a complaint and no phone number: strips are lost and left lying.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from drivers.receipt_printer.port import Align, Line
from kiosk.content.port import Guide
from kiosk.services.code import grouped
from kiosk.services.port import Kind
from kiosk.words import CHINESE, ENGLISH, say

CENTRE = Align.CENTRE
TIME_FORMAT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a strip is printed."""

    name: str
    terminal: str
    now: datetime


def guide_slip(guide: Guide, place: Place) -> Iterator[Line]:
    """What to bring and where to go, to take home."""
    yield from _head(place)
    yield Line(guide.title_zh, CENTRE, 2)
    yield Line(guide.title_en, CENTRE)
    yield Line("")
    yield from _fact("who", guide.who_zh, guide.who_en)
    yield from _list("bring", guide.bring_zh, guide.bring_en)
    yield from _fact("days", *days(guide))
    yield from _fact("fee", guide.fee_zh, guide.fee_en)
    yield from _fact("result", guide.result_zh, guide.result_en)
    yield from _fact("where", guide.where_zh, guide.where_en)
    yield from _foot(place)


def request_slip(code: str, kind: Kind, place: Place) -> Iterator[Line]:
    """The code, and that it is received here and not yet at the office."""
    yield from _head(place)
    yield Line(say(f"request.{kind}"), CENTRE, 2)
    yield Line(say(f"request.{kind}", ENGLISH), CENTRE)
    yield Line("")
    yield Line(say("request_kept.received"), CENTRE)
    yield Line(say("request_kept.received", ENGLISH), CENTRE)
    yield Line("")
    yield Line(grouped(code), CENTRE, 2)
    yield Line("")
    yield Line(say("request_kept.follow"), CENTRE)
    yield Line(say("request_kept.follow", ENGLISH), CENTRE)
    yield from _foot(place)


def days(guide: Guide) -> tuple[str, str]:
    """How long it takes, in both languages."""
    if guide.days is None:
        key = "guide.no_promise"
    else:
        key = "guide.in_days" if guide.days else "guide.at_once"
    return say(key, CHINESE, days=guide.days), say(key, ENGLISH, days=guide.days)


def _head(place: Place) -> Iterator[Line]:
    yield Line("通办 自助服务", CENTRE, 2)
    yield Line(place.name, CENTRE)
    yield Line("")


def _foot(place: Place) -> Iterator[Line]:
    yield Line("")
    yield Line(f"{say('slip.time')} {say('slip.time', ENGLISH)}: {place.now:{TIME_FORMAT}}")
    yield Line(f"{say('slip.terminal')} {say('slip.terminal', ENGLISH)}: {place.terminal}")
    yield Line(say("slip.help"), CENTRE)


def _fact(key: str, chinese: str, english: str) -> Iterator[Line]:
    yield Line(f"{say(f'guide.{key}')} {say(f'guide.{key}', ENGLISH)}")
    yield Line(chinese)
    yield Line(english)
    yield Line("")


def _list(key: str, chinese: Sequence[str], english: Sequence[str]) -> Iterator[Line]:
    yield Line(f"{say(f'guide.{key}')} {say(f'guide.{key}', ENGLISH)}")
    if not chinese:
        yield Line(f"{say('guide.nothing')} {say('guide.nothing', ENGLISH)}")
    for number, (one, other) in enumerate(zip(chinese, english, strict=True), 1):
        yield Line(f"{number}. {one}")
        yield Line(f"   {other}")
    yield Line("")
