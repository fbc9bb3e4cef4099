"""Typed values of the ports as JSON and byte strings, and back, checked against their types.

What comes out of a device process is not trusted: a driver in it may have been damaged. A
value that does not have the form of its type is refused, and the refusal says where, never
what stood there.
"""

import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

PLAIN = (bool, int, float, str)


class BadForm(ValueError):
    """A value does not have the form of its type; the message says where."""


def pack(value: object, blobs: list[bytes]) -> Any:
    """A value as JSON; its byte strings are appended to `blobs` and stand as their place there.

    Takes None, plain values, enums, dates, byte strings, sequences and dataclasses of these.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, PLAIN):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        blobs.append(value)
        return len(blobs) - 1
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: pack(getattr(value, one.name), blobs) for one in fields(value)}
    if isinstance(value, Sequence):
        return [pack(one, blobs) for one in value]
    raise TypeError(f"{type(value).__name__} does not cross the border of a process")


def unpack(kind: Any, form: object, blobs: Sequence[bytes], place: str = "value") -> Any:
    """The value of a type that `pack` has made. Raises BadForm."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), form, blobs, place)
    if origin is Literal:
        return _checked(form, form in get_args(kind), place)
    if origin is tuple:
        item = get_args(kind)[0]
        _checked(form, isinstance(form, list), place)
        assert isinstance(form, list)
        return tuple(unpack(item, one, blobs, f"{place}[{n}]") for n, one in enumerate(form))
    if kind in (None, types.NoneType):
        return _checked(form, form is None, place)
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind, form, blobs, place)
    return _single(kind, form, blobs, place)


def _single(kind: type, form: object, blobs: Sequence[bytes], place: str) -> object:
    """A value that has no parts. Raises BadForm."""
    if kind is bytes:
        if isinstance(form, int) and form in range(len(blobs)):
            return blobs[form]
        return _checked(form, False, place)
    if kind is float:
        return _checked(form, type(form) in (int, float), place)
    if kind in PLAIN:
        return _checked(form, type(form) is kind, place)
    try:
        if issubclass(kind, Enum):
            return kind(form)
        if kind is date and isinstance(form, str):
            return date.fromisoformat(form)
    except ValueError:
        raise BadForm(f"{place} is no {kind.__name__}") from None
    return _checked(form, False, place)


def _record(kind: type, form: object, blobs: Sequence[bytes], place: str) -> object:
    """A dataclass, with exactly its fields. Raises BadForm."""
    hints = _hints(kind)
    if not isinstance(form, dict) or form.keys() != hints.keys():
        raise BadForm(f"{place} does not have the fields of {kind.__name__}")
    return kind(
        **{name: unpack(hint, form[name], blobs, f"{place}.{name}") for name, hint in hints.items()}
    )


def _one_of(kinds: Sequence[Any], form: object, blobs: Sequence[bytes], place: str) -> object:
    """A value of the first type that it fits. Raises BadForm."""
    for kind in kinds:
        try:
            return unpack(kind, form, blobs, place)
        except BadForm:
            continue
    raise BadForm(f"{place} is of none of its types")


def _checked(form: object, fits: bool, place: str) -> object:
    if not fits:
        raise BadForm(f"{place} has another form")
    return form


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}
