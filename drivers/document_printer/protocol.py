"""What a printer's words mean: state reasons, supplies, trays, options of a job. No I/O.

Which reason stops a job, and what it is called here, is data. Words are those of RFC
8011, PWG 5100.9 (printer-input-tray, printer-supply) and, where it says so, of CUPS.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from drivers.device import FailureReason
from drivers.document_printer.ipp import Attributes, Tag
from drivers.document_printer.port import (
    JobOptions,
    JobState,
    Media,
    MediaSize,
    Supply,
    SupplyLevel,
    Tray,
)

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


CUPS_LOST_TRACK = "cups-ipp-missing-job-history"
"""CUPS calls a job completed, but the printer did not know it any more when it was asked."""

CUPS_MESSAGES: dict[str, FailureReason] = {
    "may not exist or is unavailable": FailureReason.PRINTER_UNREACHABLE,
    "is not responding": FailureReason.PRINTER_UNREACHABLE,
    "Printer cannot print with supplied options": FailureReason.PRINTER_REFUSED,
}
"""Parts of printer-state-message by which a CUPS queue tells what no state reason says."""

LOW_PERCENT = 10
WASTE = frozenset({"waste-toner", "waste-ink", "waste-water", "waste-wax"})
TONER = frozenset({"toner", "toner-cartridge", "ink", "ink-cartridge"})


def failure_in_message(message: str) -> FailureReason | None:
    """What a queue's message says is wrong, or None."""
    return next((why for part, why in CUPS_MESSAGES.items() if part in message), None)


def supplies_in(attributes: Mapping[str, Any]) -> tuple[SupplyLevel, ...]:
    """Toner, waste boxes and the like, from the marker attributes (CUPS, PWG 5100.13)."""
    names, kinds, levels = (
        listed(attributes, f"marker-{what}") for what in ("names", "types", "levels")
    )
    return tuple(
        SupplyLevel(str(name), str(kind), _supply_state(str(kind), level), _percent(level))
        for name, kind, level in zip(names, kinds, levels, strict=False)
    )


def _percent(level: object) -> int | None:
    return level if isinstance(level, int) and 0 <= level <= 100 else None


def _supply_state(kind: str, level: object) -> Supply:
    percent = _percent(level)
    if percent is None:
        return Supply.UNKNOWN
    left = 100 - percent if kind in WASTE else percent
    if left == 0:
        return Supply.OUT
    return Supply.LOW if left <= LOW_PERCENT else Supply.FULL


def toner_left(supplies: Sequence[SupplyLevel], reasons: tuple[str, ...]) -> Supply:
    """How much toner there is: what the reasons say, else the least of the levels."""
    told = toner_in(reasons)
    states = [one.state for one in supplies if one.kind in TONER]
    if told is not Supply.UNKNOWN or not states:
        return told
    order = (Supply.OUT, Supply.LOW, Supply.UNKNOWN, Supply.FULL)
    return min(states, key=order.index)


def trays_in(attributes: Mapping[str, Any]) -> tuple[Tray, ...]:
    """The trays with what lies in them, from printer-input-tray and media-col-ready."""
    sizes = {
        str(one.get("media-source")): _size_of(one)
        for one in listed(attributes, "media-col-ready")
        if isinstance(one, Mapping)
    }
    trays = []
    for entry in listed(attributes, "printer-input-tray"):
        fields = _pairs(entry)
        name = fields.get("name", "")
        if name and name != "auto":
            level = _number(fields.get("level"))
            trays.append(Tray(name, sizes.get(name), _tray_state(level, fields), level))
    return tuple(trays)


def _pairs(entry: object) -> dict[str, str]:
    """`a=1;b=2;` as a dictionary."""
    text = entry.decode("utf-8", "replace") if isinstance(entry, bytes) else str(entry)
    return {key: value for key, sep, value in (p.partition("=") for p in text.split(";")) if sep}


def _number(text: str | None) -> int | None:
    """A level that is one; -2 and -3 say that it is not known, or that there is some."""
    number = int(text) if text is not None and text.lstrip("-").isdigit() else None
    return number if number is not None and number >= 0 else None


def _tray_state(level: int | None, fields: Mapping[str, str]) -> Supply:
    capacity = _number(fields.get("maxcapacity"))
    if level is None:
        return Supply.FULL if fields.get("level") == "-3" else Supply.UNKNOWN
    if level == 0:
        return Supply.OUT
    low = capacity and level * 100 <= capacity * LOW_PERCENT
    return Supply.LOW if low else Supply.FULL


def _size_of(media: Mapping[str, Any]) -> str | None:
    size = media.get("media-size")
    if not isinstance(size, Mapping):
        return None
    wanted = (size.get("x-dimension"), size.get("y-dimension"))
    return next((str(one) for one in MediaSize if one.dimensions == wanted), None)


def paper_is_out(trays: Sequence[Tray], media: str) -> bool:
    """Whether every tray that could hold a size is known to be empty."""
    fitting = [tray for tray in trays if tray.media in (media, None)]
    return bool(fitting) and all(tray.state is Supply.OUT for tray in fitting)


def listed(attributes: Mapping[str, Any], name: str) -> list[Any]:
    """The values of an attribute; empty where it is absent."""
    value = attributes.get(name, [])
    return value if isinstance(value, list) else [value]


def unsupported(options: JobOptions, attributes: Mapping[str, Any]) -> str | None:
    """The first option that the printer says it does not have, in words; None if all are there.

    What a printer says nothing of is not held against it.
    """
    wanted = {
        "media-supported": str(options.media),
        "sides-supported": str(options.sides),
        "media-source-supported": options.tray,
    }
    for name, value in wanted.items():
        known = listed(attributes, name)
        if value is not None and known and value not in known:
            return f"{name.removesuffix('-supported')} {value}"
    return None


def job_attributes(options: JobOptions) -> Attributes:
    """The attributes of a job (RFC 8011, PWG 5100.7 and 5100.13)."""
    attributes: Attributes = {"sides": (Tag.KEYWORD, str(options.sides))}
    if options.exact_size:
        attributes["print-scaling"] = (Tag.KEYWORD, "none")
    if options.tray is None:
        return attributes | {"media": (Tag.KEYWORD, str(options.media))}
    across, down = options.media.dimensions
    size: Attributes = {
        "x-dimension": (Tag.INTEGER, across),
        "y-dimension": (Tag.INTEGER, down),
    }
    column: Attributes = {
        "media-size": (Tag.BEGIN_COLLECTION, size),
        "media-source": (Tag.KEYWORD, options.tray),
    }
    return attributes | {"media-col": (Tag.BEGIN_COLLECTION, column)}
