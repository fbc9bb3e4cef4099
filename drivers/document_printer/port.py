"""What a document printer offers: preflight, submit, settle, cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.device import Observable, Status

PDF = "application/pdf"


class Media(StrEnum):
    """Where the paper is."""

    PRESENT = "present"
    ABSENT = "absent"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class Supply(StrEnum):
    """How much there is of something; unknown unless proved."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


class JobState(StrEnum):
    """IPP's job states, in IPP's words (RFC 8011, 5.3.7)."""

    PENDING = "pending"
    PENDING_HELD = "pending-held"
    PROCESSING = "processing"
    PROCESSING_STOPPED = "processing-stopped"
    CANCELED = "canceled"
    ABORTED = "aborted"
    COMPLETED = "completed"

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self in (JobState.CANCELED, JobState.ABORTED, JobState.COMPLETED)


@dataclass(frozen=True, slots=True)
class PrinterCondition:
    """What the printer says of itself at one moment."""

    media: Media
    toner: Supply
    accepting: bool
    formats: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a job stands; `pages` is None where the printer does not count."""

    job_id: int
    state: JobState
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a document printer can do at all."""

    duplex: bool = False
    media: tuple[str, ...] = ("iso_a4_210x297mm",)


class DocumentPrinter(Protocol):
    """A document printer. All methods are for the event loop and raise DeviceFailure."""

    capabilities: Capabilities
    status: Observable[Status]

    async def preflight(self) -> PrinterCondition:
        """Ask whether a job could be printed now; fails with the reason if not."""

    async def submit(self, pdf: bytes, job_name: str) -> int:
        """Hand over a document; returns the job's id. Never tries twice by itself."""

    async def settle(self, job_id: int, progress: Callable[[JobProgress], None]) -> JobProgress:
        """Follow a job until it is completed; on failure the job is cancelled first."""

    async def cancel(self, job_id: int) -> JobProgress:
        """Cancel a job and say in which state it ended."""

    async def close(self) -> None:
        """Release the connection."""
