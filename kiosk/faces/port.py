"""What the comparison of faces takes and gives."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from kiosk.faces.liveness import Doubt

Picture = npt.NDArray[np.uint8]
"""Rows, columns, and blue-green-red."""


class Hint(StrEnum):
    """What the person before the camera should do, or that all is well."""

    NO_FACE = "no_face"
    SEVERAL = "several"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    TOO_DARK = "too_dark"
    GOOD = "good"
    HOLD_STILL = "hold_still"
    SHUT_EYES = "shut_eyes"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a face is, in pixels of the picture in which it was found."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    def scaled(self, factor: float) -> "Box":
        """The same box in a picture that is so much larger."""
        return Box(*(round(v * factor) for v in (self.top, self.right, self.bottom, self.left)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the person before the camera."""

    same: bool
    """Whether the face is the reference's."""
    distance: float
    """How far it is from the reference; below `faces.threshold` is the same."""
    reference: str
    """`chip_photo` or `platform`."""
    live: bool = False
    """Whether the person moved as asked."""
    doubt: Doubt | None = None
    """Why the person does not count as living; None for who does."""
