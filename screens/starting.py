"""The terminal is getting ready."""

from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Working


class Starting(Screen):
    """Shown until all parts have been looked at once."""

    step = Step.STARTING

    def build(self) -> None:
        """The sign of work and its words."""
        self.title(both("starting.title"), self.ui.content_mm * 0.36)
        self._working = Working()
        side = 44.0
        self.put(self._working, (self.ui.width_mm - side) / 2,
                 self.ui.content_mm * 0.36 + 52, side, side)
        self.centred(both("common.please_wait")[0], self.ui.content_mm * 0.36 + 104, 16,
                     theme.BODY)

    def enter(self, state: State) -> None:
        """Turn the ring."""
        self._working.run(True)

    def leave(self) -> None:
        """Stop the ring."""
        self._working.run(False)
