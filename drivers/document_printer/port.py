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


class Sides(StrEnum):
    """On which sides a job is printed, in IPP's words."""

    ONE = "one-sided"
    LONG_EDGE = "two-sided-long-edge"
    SHORT_EDGE = "two-sided-short-edge"


class MediaSize(StrEnum):
    """Sizes of paper, in IPP's words (PWG 5101.1)."""

    A4 = "iso_a4_210x297mm"
    A5 = "iso_a5_148x210mm"

    @property
    def dimensions(self) -> tuple[int, int]:
        """Across and down, in hundredths of a millimetre."""
        return {MediaSize.A4: (21000, 29700), MediaSize.A5: (14800, 21000)}[self]


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a document is to be printed. Certificates are never scaled."""

    media: MediaSize = MediaSize.A4
    sides: Sides = Sides.ONE
    tray: str | None = None
    exact_size: bool = True


@dataclass(frozen=True, slots=True)
class SupplyLevel:
    """One supply; `percent` is None where the printer does not count."""

    name: str
    kind: str
    state: Supply
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Tray:
    """One tray: what size lies in it, if known, and how much."""

    name: str
    media: str | None
    state: Supply
    sheets: int | None = None


@dataclass(frozen=True, slots=True)
class PrinterCondition:
    """What the printer says of itself at one moment."""

    media: Media
    toner: Supply
    accepting: bool
    formats: tuple[str, ...]
    reasons: tuple[str, ...]
    supplies: tuple[SupplyLevel, ...] = ()
    trays: tuple[Tray, ...] = ()


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Where a job stands; `pages` is None where the printer does not count."""

    job_id: int
    state: JobState
    pages: int | None = None


class DocumentPrinter(Protocol):
    """A document printer. All methods are for the event loop and raise DeviceFailure."""

    @property
    def status(self) -> Observable[Status]:
        """How it is; tells its observers of changes."""

    async def preflight(self) -> PrinterCondition:
        """Ask whether a job could be printed now; fails with the reason if not."""

    async def submit(
        self, pdf: bytes, job_name: str, options: JobOptions | None = None
    ) -> int:
        """Hand over a document; returns the job's id. Never tries twice by itself."""

    async def settle(self, job_id: int, progress: Callable[[JobProgress], None]) -> JobProgress:
        """Follow a job until it is completed; on failure the job is cancelled first."""

    async def cancel(self, job_id: int) -> JobProgress:
        """Cancel a job and say in which state it ended."""

    async def find(self, job_name: str) -> int | None:
        """The id of the job of this name, whatever became of it; None where none is known."""

    async def progress(self, job_id: int, job_name: str) -> JobProgress | None:
        """Where a job of this name stands; None where the printer does not know it any more."""

    async def remembers(self) -> bool:
        """Whether the printer still knows jobs that ended before now."""

    async def resume(self) -> None:
        """Let a paused queue go on, after what was waiting in it has been thrown away."""

    async def close(self) -> None:
        """Release the connection."""
