"""DER elements as they lie in the bytes: for structures of which several forms are in use.

What was signed must be checked as it was written: an element keeps its own bytes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import core, parser

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 1, 2, 3, 4, 6
UTF8, SEQUENCE, SET, PRINTABLE, IA5 = 12, 16, 17, 19, 22
UTC_TIME, GENERALIZED_TIME, BMP = 23, 24, 30
UNIVERSAL, CONTEXT = 0, 2
CONSTRUCTED = 1
TIMES = re.compile(r"(\d{12,14})(?:\.\d+)?(Z|[+-]\d{4})?")
CENTURY_PIVOT = 50
LARGEST_SHORT_TAG = 30


class BadDer(ValueError):
    """Not the structure that was expected; the message says what was."""


@dataclass(frozen=True, slots=True, repr=False)
class Node:
    """One element: its class, tag, contents, and all its bytes as written."""

    kind: int
    tag: int
    constructed: bool
    contents: bytes
    raw: bytes

    def is_a(self, *tags: int) -> bool:
        """Whether it is of the universal class and one of the tags."""
        return self.kind == UNIVERSAL and self.tag in tags

    def is_tagged(self, number: int) -> bool:
        """Whether it carries a context's tag, as `[0]`."""
        return self.kind == CONTEXT and self.tag == number

    @property
    def children(self) -> tuple["Node", ...]:
        """The elements inside. Raises BadDer."""
        found: list[Node] = []
        rest = self.contents
        while rest:
            one = read(rest)
            found.append(one)
            rest = rest[len(one.raw) :]
        return tuple(found)

    def sequence(self, what: str, least: int) -> tuple["Node", ...]:
        """The elements of a SEQUENCE of at least so many. Raises BadDer."""
        if not self.is_a(SEQUENCE):
            raise BadDer(f"{what} is no sequence")
        found = self.children
        if len(found) < least:
            raise BadDer(f"{what} has {len(found)} elements, not {least}")
        return found

    @property
    def number(self) -> int:
        """An INTEGER. Raises BadDer."""
        if not self.is_a(INTEGER):
            raise BadDer(f"tag {self.tag} where a number was expected")
        return int.from_bytes(self.contents, "big", signed=True)

    @property
    def octets(self) -> bytes:
        """The bytes of an OCTET STRING or BIT STRING, or of one inside the other. Raises BadDer."""
        if self.is_a(BIT_STRING):
            return self.contents[1:]
        if self.is_a(OCTET_STRING):
            return self.contents
        raise BadDer(f"tag {self.tag} where bytes were expected")

    @property
    def oid(self) -> str:
        """An OBJECT IDENTIFIER in dots, also the first of an AlgorithmIdentifier. Raises BadDer."""
        if self.is_a(SEQUENCE):
            return self.sequence("an algorithm", 1)[0].oid
        if not self.is_a(OID):
            raise BadDer(f"tag {self.tag} where an object identifier was expected")
        try:
            return str(core.ObjectIdentifier.load(self.raw).dotted)
        except ValueError as error:
            raise BadDer(str(error)) from error

    @property
    def text(self) -> str:
        """Characters of any string type, GBK where they are no UTF-8."""
        if self.is_a(BMP):
            return self.contents.decode("utf-16-be", "replace")
        try:
            return self.contents.decode()
        except UnicodeDecodeError:
            return self.contents.decode("gb18030", "replace")

    @property
    def time(self) -> datetime | None:
        """A time of either type, or one written as text; None where it cannot be read."""
        return to_time(self.text)


def read(data: bytes) -> Node:
    """The first element of some bytes. Raises BadDer."""
    try:
        kind, method, tag, header, contents, trailer = parser.parse(data)
    except (ValueError, IndexError) as error:
        raise BadDer(f"not DER: {error}") from error
    return Node(kind, tag, method == CONSTRUCTED, contents, header + contents + trailer)


def to_time(text: str) -> datetime | None:
    """`YYYYMMDDHHMMSS` with or without century and zone; None where it is no time."""
    found = TIMES.search(text)
    if found is None:
        return None
    digits, zone = found.group(1), found.group(2) or "Z"
    if len(digits) == 12:
        century = "20" if int(digits[:2]) < CENTURY_PIVOT else "19"
        digits = century + digits
    if len(digits) != 14:
        return None
    try:
        return datetime.strptime(
            digits + zone.replace("Z", "+0000"), "%Y%m%d%H%M%S%z"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def element(tag: int, *parts: bytes, kind: int = UNIVERSAL, constructed: bool = False) -> bytes:
    """The encoding of an element around its contents."""
    contents = b"".join(parts)
    method = CONSTRUCTED if constructed or tag in (SEQUENCE, SET) else 0
    encoded: bytes = parser.emit(kind, method, tag, contents)
    return encoded


def explicit(number: int, inner: bytes) -> bytes:
    """`[number] EXPLICIT` around an element."""
    return element(number, inner, kind=CONTEXT, constructed=True)


def oddity(raw: bytes) -> str | None:
    """What in an encoding is not the one way of DER to write it (X.690, clause 10), or None.

    Looks at lengths, numbers, truth values, unused bits and the order of sets, to the leaves.
    """
    try:
        waiting = [read(raw)]
        while waiting:
            one = waiting.pop()
            problem = _odd_header(one) or _odd_value(one)
            if problem:
                return f"{problem} (tag {one.tag})"
            if one.constructed:
                waiting.extend(one.children)
    except BadDer as error:
        return str(error)
    return None


def _odd_header(one: Node) -> str | None:
    shortest = one.kind << 6 | one.constructed << 5 | one.tag
    if one.tag > LARGEST_SHORT_TAG:
        return None
    size = len(one.contents)
    length = bytes([size]) if size < 0x80 else _long_length(size)
    written = one.raw[: len(one.raw) - size]
    return None if written == bytes([shortest]) + length else "not the shortest header"


def _long_length(size: int) -> bytes:
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def _odd_value(one: Node) -> str | None:
    if one.kind != UNIVERSAL:
        return None
    if one.constructed is not (one.tag in (SEQUENCE, SET)):
        return "a value in parts, or parts as a value"
    value = one.contents
    match one.tag:
        case 0:
            return "an end of nothing"
        case 1 if value not in (b"\x00", b"\xff"):
            return "neither true nor false"
        case 2 if not value or (len(value) > 1 and value[0] in (0, 0xFF)
                                and (value[0] ^ value[1]) < 0x80):
            return "not the shortest number"
        case 3 if not value or value[0] > 7 or (value[0] and value[-1] & (1 << value[0]) - 1):
            return "unused bits that say something"
        case 5 if value:
            return "something in nothing"
        case 17:
            parts = [child.raw for child in one.children]
            return None if parts == sorted(parts) else "a set out of order"
    return None
