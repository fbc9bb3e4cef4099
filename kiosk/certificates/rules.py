"""How the values of a profile's fields are read.

Each reader takes what TOML gives and returns what the field holds; it raises ValueError, which
says what the value must be.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from typing import Any

Reader = Callable[[object], Any]


def rule(help: str, read: Reader) -> Any:
    """A field of a profile: its meaning, and how its value is read."""
    return field(metadata={"help": help, "read": read}, kw_only=True)


def text(value: object) -> str:
    """Words, at least one."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be text")
    return value


def yes_or_no(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def whole(least: int, most: int) -> Reader:
    """A whole number of a range."""

    def read(value: object) -> int:
        right = isinstance(value, int) and not isinstance(value, bool)
        if not right or not least <= value <= most:  # type: ignore[operator]
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value  # type: ignore[return-value]

    return read


def choice(words: Mapping[str, Any]) -> Reader:
    """One word of several."""

    def read(value: object) -> Any:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return words[value]

    return read


def several(words: Collection[str], least: int = 0) -> Reader:
    """Words out of several, none twice."""

    def read(value: object) -> tuple[str, ...]:
        listed = _list_of_text(value)
        for one in listed:
            if one not in words:
                raise ValueError(f"{one!r} is none of {', '.join(words)}")
        if len(listed) < least:
            raise ValueError(f"must have at least {least}")
        return listed

    return read


def several_like(pattern: re.Pattern[str], what: str) -> Reader:
    """Words of one form, none twice."""

    def read(value: object) -> tuple[str, ...]:
        listed = _list_of_text(value)
        for one in listed:
            if not pattern.fullmatch(one):
                raise ValueError(f"{one!r} is not {what}")
        return listed

    return read


def _list_of_text(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of text")
    if len(set(value)) != len(value):
        raise ValueError("has something twice")
    return tuple(value)
