"""IPP messages (RFC 8010): bytes to attributes and back.

The driver asks through pyipp, which knows neither collections nor some attributes of a
job: a job with options is encoded here. The simulator decodes real requests and encodes
real answers with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

DEEPEST = 8
"""How deep collections may be nested before that counts as nonsense."""


class Operation(IntEnum):
    """Operations in use (RFC 8011, 5.4.15)."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    PAUSE_PRINTER = 0x0010
    RESUME_PRINTER = 0x0011
    PURGE_JOBS = 0x0012


class StatusCode(IntEnum):
    """Status codes in use (RFC 8011, appendix B)."""

    OK = 0x0000
    BAD_REQUEST = 0x0400
    NOT_POSSIBLE = 0x0404
    NOT_FOUND = 0x0406
    FORMAT_NOT_SUPPORTED = 0x040A
    INTERNAL_ERROR = 0x0500
    OPERATION_NOT_SUPPORTED = 0x0501
    NOT_ACCEPTING_JOBS = 0x0506


class Group(IntEnum):
    """Attribute group tags."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """Value tags in use."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    BEGIN_COLLECTION = 0x34
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49
    MEMBER_NAME = 0x4A


LAST_GROUP = 0x0F

Decoded = int | bool | str | dict[str, list[Any]]
"""A value as it was read; a collection is a dictionary of lists."""

Attributes = dict[str, tuple[Tag, Any]]
"""Attributes to be written: tag and value, a list of values, or members of a collection."""

CHARSET: Attributes = {
    "attributes-charset": (Tag.CHARSET, "utf-8"),
    "attributes-natural-language": (Tag.LANGUAGE, "en"),
}


@dataclass(slots=True)
class Message:
    """A request or an answer: `code` is the operation or the status."""

    code: int
    request_id: int
    groups: list[tuple[int, dict[str, list[Decoded]]]] = field(default_factory=list)
    data: bytes = b""

    def first(self, name: str) -> Decoded | None:
        """The first value of an attribute in any group, or None."""
        for _, attributes in self.groups:
            if name in attributes:
                return attributes[name][0]
        return None


def decode_message(raw: bytes) -> Message:
    """A message from its bytes. Raises ValueError for what is none."""
    if len(raw) < 9:
        raise ValueError("an IPP message has at least nine bytes")
    message = Message(int.from_bytes(raw[2:4], "big"), int.from_bytes(raw[4:8], "big"))
    values = _Values(raw, 8)
    name = ""
    for tag, given, value in values:
        if tag == Group.END:
            message.data = raw[values.at :]
            return message
        if tag <= LAST_GROUP:
            message.groups.append((tag, {}))
            continue
        name = given or name
        if not message.groups or not name:
            raise ValueError("an IPP attribute outside a group or without a name")
        decoded = values.collection(0) if tag == Tag.BEGIN_COLLECTION else decode_value(tag, value)
        message.groups[-1][1].setdefault(name, []).append(decoded)
    raise ValueError("an IPP message without an end")


class _Values:
    """Walks over tags, names and values. Raises ValueError where they do not fit."""

    def __init__(self, raw: bytes, at: int) -> None:
        self._raw = raw
        self.at = at

    def __iter__(self) -> Iterator[tuple[int, str, bytes]]:
        while self.at < len(self._raw):
            tag = self._raw[self.at]
            self.at += 1
            if tag <= LAST_GROUP:
                yield tag, "", b""
                continue
            name = self._counted().decode("utf-8", "replace")
            yield tag, name, self._counted()

    def collection(self, depth: int) -> dict[str, list[Decoded]]:
        """The members of a collection whose beginning has just been read."""
        if depth > DEEPEST:
            raise ValueError("IPP collections nested too deep")
        members: dict[str, list[Decoded]] = {}
        name = ""
        for tag, _, value in self:
            if tag == Tag.END_COLLECTION:
                return members
            if tag == Tag.MEMBER_NAME:
                name = value.decode("utf-8", "replace")
                continue
            if tag <= LAST_GROUP or not name:
                raise ValueError("an IPP collection without an end or a name")
            nested = tag == Tag.BEGIN_COLLECTION
            decoded = self.collection(depth + 1) if nested else decode_value(tag, value)
            members.setdefault(name, []).append(decoded)
        raise ValueError("an IPP collection without an end")

    def _counted(self) -> bytes:
        size = int.from_bytes(self._raw[self.at : self.at + 2], "big")
        start, self.at = self.at + 2, self.at + 2 + size
        if self.at > len(self._raw):
            raise ValueError("an IPP attribute is longer than the message")
        return self._raw[start : self.at]


def decode_value(tag: int, value: bytes) -> Decoded:
    """One plain value."""
    if tag in (Tag.INTEGER, Tag.ENUM):
        return int.from_bytes(value, "big", signed=True)
    if tag == Tag.BOOLEAN:
        return value == b"\x01"
    return value.decode("utf-8", "replace")


def encode_request(
    operation: Operation,
    request_id: int,
    target: str,
    groups: list[tuple[Group, Attributes]],
    data: bytes = b"",
) -> bytes:
    """A request in IPP 2.0; operation attributes beyond the usual come first in `groups`."""
    usual: Attributes = {**CHARSET, "printer-uri": (Tag.URI, target)}
    own = dict(groups[:1]).get(Group.OPERATION, {})
    rest = groups[1:] if groups[:1] and groups[0][0] is Group.OPERATION else groups
    return _encode(operation, request_id, [(Group.OPERATION, usual | own), *rest]) + data


def encode_answer(
    status: StatusCode, request_id: int, groups: list[tuple[Group, Attributes]]
) -> bytes:
    """An answer in IPP 2.0 with its operation attributes and these groups."""
    return _encode(status, request_id, [(Group.OPERATION, CHARSET), *groups])


def _encode(code: int, request_id: int, groups: list[tuple[Group, Attributes]]) -> bytes:
    raw = b"\x02\x00" + code.to_bytes(2, "big") + request_id.to_bytes(4, "big")
    for group, attributes in groups:
        raw += bytes([group])
        for name, (tag, value) in attributes.items():
            raw += _encode_attribute(name, tag, value)
    return raw + bytes([Group.END])


def _encode_attribute(name: str, tag: Tag, value: Any) -> bytes:
    if isinstance(value, dict):
        return _counted_value(Tag.BEGIN_COLLECTION, name, b"") + _encode_members(value)
    values = value if isinstance(value, list) else [value]
    return b"".join(
        _counted_value(tag, name if index == 0 else "", _encode_value(tag, one))
        for index, one in enumerate(values)
    )


def _encode_members(members: Attributes) -> bytes:
    raw = b""
    for name, (tag, value) in members.items():
        raw += _counted_value(Tag.MEMBER_NAME, "", name.encode())
        raw += _encode_attribute("", tag, value)
    return raw + _counted_value(Tag.END_COLLECTION, "", b"")


def _counted_value(tag: Tag, name: str, value: bytes) -> bytes:
    label = name.encode()
    sizes = len(label).to_bytes(2, "big"), len(value).to_bytes(2, "big")
    return bytes([tag]) + sizes[0] + label + sizes[1] + value


def _encode_value(tag: Tag, value: int | bool | str) -> bytes:
    if tag is Tag.BOOLEAN:
        return b"\x01" if value else b"\x00"
    if isinstance(value, int):
        return value.to_bytes(4, "big", signed=True)
    return value.encode()
