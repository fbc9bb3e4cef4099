"""IPP messages (RFC 8010) and what a printer's state reasons mean.

The driver sends through pyipp; encoding and decoding here serve the simulator, which
reads real requests and writes real answers. Which reason stops a job, and what it is
called here, is data.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from drivers.device import FailureReason
from drivers.document_printer.port import JobState, Media, Supply

AttributeValue = int | bool | str | list[int] | list[str]


class Operation(IntEnum):
    """Operations in use (RFC 8011, 5.4.15)."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


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
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


JOB_STATES = {
    3: JobState.PENDING,
    4: JobState.PENDING_HELD,
    5: JobState.PROCESSING,
    6: JobState.PROCESSING_STOPPED,
    7: JobState.CANCELED,
    8: JobState.ABORTED,
    9: JobState.COMPLETED,
}

REASONS: dict[str, FailureReason] = {
    "media-empty": FailureReason.PRINTER_NO_PAPER,
    "media-needed": FailureReason.PRINTER_NO_PAPER,
    "input-tray-missing": FailureReason.PRINTER_NO_PAPER,
    "media-jam": FailureReason.PRINTER_JAMMED,
    "cover-open": FailureReason.PRINTER_COVER_OPEN,
    "door-open": FailureReason.PRINTER_COVER_OPEN,
    "interlock-open": FailureReason.PRINTER_COVER_OPEN,
    "toner-empty": FailureReason.PRINTER_NO_TONER,
    "marker-supply-empty": FailureReason.PRINTER_NO_TONER,
    "marker-waste-full": FailureReason.PRINTER_FAULT,
    "output-area-full": FailureReason.PRINTER_STOPPED,
    "fuser-over-temp": FailureReason.PRINTER_FAULT,
    "paused": FailureReason.PRINTER_STOPPED,
    "stopping": FailureReason.PRINTER_STOPPED,
    "shutdown": FailureReason.PRINTER_STOPPED,
    "offline": FailureReason.PRINTER_STOPPED,
    "connecting-to-device": FailureReason.PRINTER_UNREACHABLE,
}
"""What a keyword of printer-state-reasons means where it stops the printer."""

_SEVERITIES = ("-report", "-warning", "-error")


def strip_severity(reason: str) -> tuple[str, str]:
    """A reason and its severity: report, warning or error (error where not said)."""
    for suffix in _SEVERITIES:
        if reason.endswith(suffix):
            return reason.removesuffix(suffix), suffix[1:]
    return reason, "error"


def failure_in(reasons: tuple[str, ...], stopped: bool) -> FailureReason | None:
    """Why the printer cannot print, or None.

    Known reasons of severity error count at once; warnings and unknown reasons only
    where the printer says that it has stopped.
    """
    for reason in reasons:
        word, severity = strip_severity(reason)
        if word in REASONS and (severity == "error" or (stopped and severity == "warning")):
            return REASONS[word]
    return FailureReason.PRINTER_STOPPED if stopped else None


def media_in(reasons: tuple[str, ...]) -> Media:
    """Where the paper is, as far as the reasons tell."""
    words = {strip_severity(reason)[0] for reason in reasons}
    if "media-jam" in words:
        return Media.JAMMED
    return Media.ABSENT if words & {"media-empty", "media-needed"} else Media.PRESENT


def toner_in(reasons: tuple[str, ...]) -> Supply:
    """How much toner there is, as far as the reasons tell."""
    words = {strip_severity(reason)[0] for reason in reasons}
    if words & {"toner-empty", "marker-supply-empty"}:
        return Supply.OUT
    return Supply.LOW if words & {"toner-low", "marker-supply-low"} else Supply.UNKNOWN


@dataclass(slots=True)
class Message:
    """A request or an answer: `code` is the operation or the status."""

    code: int
    request_id: int
    groups: list[tuple[int, dict[str, list[AttributeValue]]]] = field(default_factory=list)
    data: bytes = b""

    def first(self, name: str) -> AttributeValue | None:
        """The first value of an attribute in any group, or None."""
        for _, attributes in self.groups:
            if name in attributes:
                return attributes[name][0]
        return None


def decode_message(raw: bytes) -> Message:
    """A message from its bytes. Raises ValueError for what is none."""
    if len(raw) < 9:
        raise ValueError("an IPP message has at least nine bytes")
    message = Message(
        int.from_bytes(raw[2:4], "big"), int.from_bytes(raw[4:8], "big")
    )
    at, name = 8, ""
    while at < len(raw):
        tag = raw[at]
        at += 1
        if tag == Group.END:
            message.data = raw[at:]
            return message
        if tag < 0x10:
            message.groups.append((tag, {}))
            continue
        given, at = _counted(raw, at)
        value, at = _counted(raw, at)
        name = given.decode("utf-8", "replace") or name
        if not message.groups or not name:
            raise ValueError("an IPP attribute outside a group or without a name")
        message.groups[-1][1].setdefault(name, []).append(_decode_value(tag, value))
    raise ValueError("an IPP message without an end")


def _counted(raw: bytes, at: int) -> tuple[bytes, int]:
    size = int.from_bytes(raw[at : at + 2], "big")
    end = at + 2 + size
    if end > len(raw):
        raise ValueError("an IPP attribute is longer than the message")
    return raw[at + 2 : end], end


def _decode_value(tag: int, value: bytes) -> AttributeValue:
    if tag in (Tag.INTEGER, Tag.ENUM):
        return int.from_bytes(value, "big", signed=True)
    if tag == Tag.BOOLEAN:
        return value == b"\x01"
    return value.decode("utf-8", "replace")


Attributes = dict[str, tuple[Tag, AttributeValue]]


def encode_answer(
    status: StatusCode, request_id: int, groups: list[tuple[Group, Attributes]]
) -> bytes:
    """An answer in IPP 2.0 with its operation attributes and these groups."""
    operation: Attributes = {
        "attributes-charset": (Tag.CHARSET, "utf-8"),
        "attributes-natural-language": (Tag.LANGUAGE, "en"),
    }
    raw = b"\x02\x00" + status.to_bytes(2, "big") + request_id.to_bytes(4, "big")
    for group, attributes in [(Group.OPERATION, operation), *groups]:
        raw += bytes([group])
        for name, (tag, value) in attributes.items():
            raw += _encode_attribute(name, tag, value)
    return raw + bytes([Group.END])


def _encode_attribute(name: str, tag: Tag, value: AttributeValue) -> bytes:
    values = value if isinstance(value, list) else [value]
    raw = b""
    for index, one in enumerate(values):
        label = name.encode() if index == 0 else b""
        body = _encode_value(tag, one)
        raw += bytes([tag]) + len(label).to_bytes(2, "big") + label
        raw += len(body).to_bytes(2, "big") + body
    return raw


def _encode_value(tag: Tag, value: int | bool | str) -> bytes:
    if tag is Tag.BOOLEAN:
        return b"\x01" if value else b"\x00"
    if isinstance(value, int):
        return value.to_bytes(4, "big", signed=True)
    return value.encode()
