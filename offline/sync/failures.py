"""Why something was not refreshed: a closed list, and whether trying again can help."""

from enum import StrEnum


class SyncReason(StrEnum):
    """Every way in which a refresh fails; what was kept before stays in use."""

    NO_LINE = "no_line"
    """The platform was not reached, or the line broke off."""
    BAD_ANSWER = "bad_answer"
    """The platform answered with an error, or with what it should not."""
    UNTRUSTED = "untrusted"
    """Not signed by whom this terminal trusts, or no such object at all."""
    STALE = "stale"
    """It has run out, or is older than what is kept."""
    WRONG_CONTENT = "wrong_content"
    """A file is not the one that was signed for."""
    NOT_UNDERSTOOD = "not_understood"
    """It is signed, but does not say what it should."""
    DISK = "disk"
    """The disk did not take it, or does not give it back."""
    BROKEN = "broken"
    """The software's own fault; the log has it."""


TRANSIENT = frozenset(
    {SyncReason.NO_LINE, SyncReason.BAD_ANSWER, SyncReason.WRONG_CONTENT, SyncReason.DISK}
)
"""Reasons that may pass without anybody touching the terminal or the platform."""


class SyncFailure(Exception):
    """Nothing was taken over; `detail` is for people who look after terminals."""

    def __init__(self, reason: SyncReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether trying again can help."""
        return self.reason in TRANSIENT
