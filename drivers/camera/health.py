"""What a camera's pictures say of the camera: black, frozen, too dark, too bright, out of focus.

Only a thinned picture is looked at, a few times a second, in the camera's own thread. No I/O.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from drivers.camera.port import Picture

THIN = 8
"""Every so many-th row and column is looked at."""
EVERY_SECONDS = 0.2
FROZEN_SECONDS = 2.0
"""The same picture for so long: a live sensor has noise in every one."""
BLACK_MEAN, BLACK_SPREAD = 6.0, 3.0
DARK_MEAN, BRIGHT_MEAN = 40.0, 225.0
SHARP = 12.0
"""Variance of the Laplacian of the thinned picture, below which nothing has an edge."""


class Sight(StrEnum):
    """How good a camera's pictures are."""

    GOOD = "good"
    BLACK = "black"
    FROZEN = "frozen"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"

    @property
    def broken(self) -> bool:
        """Whether the camera itself is at fault: covered, dead, or stuck."""
        return self in (Sight.BLACK, Sight.FROZEN)


@dataclass(slots=True)
class PictureHealth:
    """Looks at pictures as they come."""

    sight: Sight = Sight.GOOD
    _last: npt.NDArray[np.uint8] | None = field(default=None, repr=False)
    _looked: float = -1.0
    _changed: float = 0.0

    def feed(self, picture: Picture, at: float) -> Sight:
        """Take a picture and its time in seconds; how good the pictures are now."""
        if at - self._looked < EVERY_SECONDS:
            return self.sight
        self._looked = at
        thin = picture[::THIN, ::THIN]
        if self._last is None or not np.array_equal(thin, self._last):
            self._changed, self._last = at, thin.copy()
        self.sight = self._judge(thin, at - self._changed)
        return self.sight

    def _judge(self, thin: npt.NDArray[np.uint8], unchanged: float) -> Sight:
        mean, spread = float(thin.mean()), float(thin.std())
        if mean < BLACK_MEAN and spread < BLACK_SPREAD:
            return Sight.BLACK
        if unchanged >= FROZEN_SECONDS:
            return Sight.FROZEN
        if mean < DARK_MEAN:
            return Sight.DARK
        if mean > BRIGHT_MEAN:
            return Sight.BRIGHT
        edges = cv2.Laplacian(np.ascontiguousarray(thin[:, :, 1]), cv2.CV_64F)
        return Sight.BLURRED if float(edges.var()) < SHARP else Sight.GOOD
