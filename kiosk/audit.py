"""The audit: one line for each event of `audit_events.toml`, never a payload.

Lines are JSON, appended by one thread and forced to the disk before the next; the
visit does not wait for that.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from kiosk.audit_events import FIELDS, AuditEvent

log = logging.getLogger(__name__)

Fields = Mapping[str, str | int]


class Audit(Protocol):
    """Where events are recorded."""

    def record(self, event: AuditEvent, fields: Fields, visit: int | None) -> None:
        """Record an event with exactly its fields."""


def check_fields(event: AuditEvent, fields: Fields) -> None:
    """Raise ValueError where an event carries other fields than it may."""
    if frozenset(fields) != FIELDS[event]:
        raise ValueError(f"{event} carries {sorted(fields)}, not {sorted(FIELDS[event])}")


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class FileAudit:
    """An audit in a file of JSON lines."""

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._now = now
        self._number = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit")

    def record(self, event: AuditEvent, fields: Fields, visit: int | None) -> None:
        """Record an event; the writing happens in the audit's thread."""
        check_fields(event, fields)
        self._number += 1
        entry = {
            "number": self._number,
            "at": self._now().isoformat(timespec="milliseconds"),
            "event": str(event),
            "visit": visit,
            **fields,
        }
        line = json.dumps(entry, ensure_ascii=False)
        self._writer.submit(self._write, line).add_done_callback(_report)

    def close(self) -> None:
        """Write what is waiting and close the file."""
        self._writer.shutdown(wait=True)
        self._file.close()

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()
        os.fdatasync(self._file.fileno())


def _report(writing: Future[None]) -> None:
    error = writing.exception()
    if error is not None:
        log.error("the audit could not be written: %s", error)
