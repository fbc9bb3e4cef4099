"""What a certificate's file says of itself, in one model, however its writer spells it.

Which spelling means what is data (`metadata.toml`). Dates come as digits, with separators or
Chinese words, as milliseconds, as "for ever", or as free text: what cannot be read is kept.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

ELEMENTS_FILE = Path(__file__).with_name("metadata.toml")
DIGITS = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})(?!\d)")
PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
MILLISECONDS = re.compile(r"\d{12,13}$")
CHINA = timezone(timedelta(hours=8))
"""The time of writers, whose milliseconds are those of a midnight."""
FOR_EVER = ("长期", "永久", "permanent")
LAST_YEAR = "9999"
RANGE = re.compile(r"\s*(?:至|到|~|—|--|－)\s*")
RANGE_PARTS = ("valid_from", "valid_to")
"""The elements that a range of dates is read as."""
EXTENSION = "KZ_"
"""What the names of a business's own elements begin with."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it was written; `day` is None for ever, and where it cannot be read."""

    written: str
    day: date | None = None
    for_ever: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Metadata:
    """The elements of a file, by our names; a holder is personal."""

    texts: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, Day] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    """What is not in the table, as it was written."""

    @property
    def identifier(self) -> str:
        """The certificate's identifier (GB/T 36904); empty where the file does not say."""
        return self.texts.get("identifier", "")

    @property
    def is_silent(self) -> bool:
        """Whether the file says nothing that is in the table."""
        return not self.texts and not self.days

    def elements(self) -> dict[str, str]:
        """What is in the table, by our names, as plain text; `read_elements` reads it again."""
        return {**self.texts, **{name: day.written for name, day in self.days.items()}}


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    kind: str


@cache
def element_names() -> dict[str, str]:
    """Our names of the elements, and of each its kind: text or day."""
    names: dict[str, str] = {}
    for element in _spellings().values():
        parts = RANGE_PARTS if element.kind == "days" else (element.name,)
        names |= dict.fromkeys(parts, "text" if element.kind == "text" else "day")
    return names


@cache
def _spellings() -> dict[str, _Element]:
    elements = tomllib.loads(ELEMENTS_FILE.read_text(encoding="utf-8"))["elements"]
    return {
        spelling.casefold(): _Element(name, entry["kind"])
        for name, entry in elements.items()
        for spelling in entry["spellings"]
    }


def read_metadata(written: Mapping[str, str]) -> Metadata:
    """The elements among names and values that somebody wrote; of two the first counts."""
    texts: dict[str, str] = {}
    days: dict[str, Day] = {}
    extensions: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, raw in written.items():
        value = raw.strip()
        element = _spellings().get(name.strip().casefold())
        if element is None:
            own = name.upper().startswith(EXTENSION)
            (extensions if own else others)[name.removeprefix(EXTENSION)] = value
        elif not value:
            continue
        elif element.kind == "text":
            texts.setdefault(element.name, value)
        elif element.kind == "day":
            days.setdefault(element.name, read_day(value))
        else:
            for part, day in zip(RANGE_PARTS, read_range(value), strict=False):
                days.setdefault(part, day)
    return Metadata(texts, days, extensions, others)


def read_elements(elements: Mapping[str, str]) -> Metadata:
    """Elements that are called by our names already; others are left out."""
    texts, days = {}, {}
    for name, value in elements.items():
        match element_names().get(name):
            case "text":
                texts[name] = value
            case "day":
                days[name] = read_day(value)
    return Metadata(texts, days)


def read_day(written: str) -> Day:
    """A date, however it is written."""
    text = written.strip()
    if text.startswith(LAST_YEAR) or any(word in text for word in FOR_EVER):
        return Day(written, for_ever=True)
    if MILLISECONDS.match(text):
        return Day(written, _of_milliseconds(int(text)))
    found = PLAIN.match(text) or DIGITS.search(text)
    if found is None:
        return Day(written)
    try:
        return Day(written, date(*(int(part) for part in found.groups()[:3])))
    except ValueError:
        return Day(written)


def _of_milliseconds(number: int) -> date | None:
    try:
        return datetime.fromtimestamp(number / 1000, CHINA).date()
    except (ValueError, OverflowError, OSError):
        return None


def read_range(written: str) -> list[Day]:
    """Two dates with a word or a dash between them; one where there is no second."""
    return [read_day(part) for part in RANGE.split(written.strip(), maxsplit=1) if part]
