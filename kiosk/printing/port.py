"""The data of printing: purposes, receipts, and how a job ended."""

from dataclasses import dataclass
from enum import StrEnum

PURPOSES = ("school", "work", "social_security", "bank", "housing", "other")
"""What a copy can be for; words for each are in the locales."""


class JobOutcome(StrEnum):
    """What the ledger knows of a job."""

    PREPARED = "prepared"
    SUBMITTED = "submitted"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on a receipt. The name is masked."""

    place: str
    terminal: str
    number: str
    holder: str
    certificate: str
    certificate_en: str
    purpose: str
    copies: int
    pages: int
    printed_at: str
    kept: bool = False
    """Whether it was kept here and printed without a line: the platform is told later."""
