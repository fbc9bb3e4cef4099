"""Reads published TOML into the types of `port.py`, strictly: every field, of its kind, no other.

What is published is signed, but may be wrong all the same; it is then refused with the place, and
what was kept before stays in use.
"""

import tomllib
from dataclasses import MISSING, fields
from enum import StrEnum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from offline.sync.failures import SyncFailure, SyncReason

T = TypeVar("T")
LONGEST_TEXT = 300
MOST_LINES = 20
MOST_DAYS = 366


def not_understood(why: str) -> SyncFailure:
    """The failure of what does not say what it should."""
    return SyncFailure(SyncReason.NOT_UNDERSTOOD, why)


def load_toml(name: str, content: bytes) -> dict[str, Any]:
    """The tables of a file. Raises SyncFailure."""
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise not_understood(f"{name}: {error}") from error


def typed(kind: type[T], entries: object, where: str) -> T:
    """A table as a dataclass whose fields are texts, lists of texts, words or days.

    A field that may be None may be absent. Raises SyncFailure, with the place.
    """
    if not isinstance(entries, dict):
        raise not_understood(f"{where}: not a table")
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    for name in entries:
        if name not in known:
            raise not_understood(f"{where}: unknown field {name}")
    values = {}
    for name, one in known.items():
        if name in entries:
            values[name] = _value(hints[name], entries[name], f"{where}: {name}")
        elif isinstance(hints[name], UnionType):
            values[name] = None
        elif one.default is MISSING:
            raise not_understood(f"{where}: {name} is missing")
    return kind(**values)


def _value(kind: Any, value: object, where: str) -> object:
    if kind is str:
        return text(value, where)
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or len(value) > MOST_LINES:
            raise not_understood(f"{where} is no list of at most {MOST_LINES}")
        return tuple(text(one, where) for one in value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if not isinstance(value, str) or value not in list(kind):
            raise not_understood(f"{where} is none of {', '.join(kind)}")
        return kind(value)
    assert int in get_args(kind)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_DAYS:
        raise not_understood(f"{where} is no number from 0 to {MOST_DAYS}")
    return value


def text(value: object, where: str) -> str:
    """A text that a screen can show. Raises SyncFailure."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise not_understood(f"{where} is no text of at most {LONGEST_TEXT} characters")
    if not value.isprintable():
        raise not_understood(f"{where} holds what no screen shows")
    return value
