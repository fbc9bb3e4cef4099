"""Why a sealed package is not used: a closed list, and whether trying again can help."""

from enum import StrEnum


class SealedReason(StrEnum):
    """Every way in which a package refuses."""

    NONE_KEPT = "none_kept"
    """Nothing is kept here for this card."""
    NOT_OPENED = "not_opened"
    """It was changed, is another terminal's, or is another card's."""
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    USED_UP = "used_up"
    """Fewer copies are left than are asked for."""
    CLOCK = "clock"
    """The terminal does not know what time it is."""
    TOO_LARGE = "too_large"
    FULL = "full"
    """As many packages are kept as may be."""
    CONTRADICTS = "contradicts"
    """What the library signed is not what stands in the terminal's list."""


TRANSIENT = frozenset({SealedReason.FULL, SealedReason.CLOCK, SealedReason.NOT_BEGUN})
"""Reasons that may pass without anybody making a new package."""


class SealedFailure(Exception):
    """A package was not kept, opened or counted; nothing was changed.

    `detail` is for operators and never holds personal data.
    """

    def __init__(self, reason: SealedReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether trying again can help."""
        return self.reason in TRANSIENT
