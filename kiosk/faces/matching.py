"""When good frames agree on whether the person is the one of the reference. Pure."""

from dataclasses import dataclass

AGREEING = 2
"""Good frames in a row that must match."""
MISMATCHES = 4
"""Good frames that may fail to match before the face counts as another's."""
FARTHEST = 2.0
"""No two measures of faces are farther apart."""


@dataclass(slots=True)
class Matching:
    """One comparison, frame by frame; read `same` and `distance`."""

    threshold: float
    """Distance below which a frame matches."""
    same: bool | None = None
    """The outcome; None while frames have not agreed."""
    distance: float = FARTHEST
    """Of the last frame that was compared."""
    mismatches: int = 0
    _agreeing: int = 0

    def feed(self, distance: float) -> None:
        """A good frame's distance to the reference."""
        self.distance = distance
        if distance < self.threshold:
            self._agreeing += 1
        else:
            self._agreeing, self.mismatches = 0, self.mismatches + 1
        if self._agreeing >= AGREEING:
            self.same = True
        elif self.mismatches >= MISMATCHES:
            self.same = False

    def interrupt(self) -> None:
        """A frame without a usable face: what comes after it agrees with nothing before."""
        self._agreeing = 0
