"""What was answered is being received."""

from kiosk.visit.states import State, Step
from screens.base import Screen, both
from screens.widgets import Working


class Sending(Screen):
    """A moment, until it is on the disk."""

    step = Step.SENDING

    def build(self) -> None:
        """The title and a sign of work."""
        self.title(both("sending.title"), 96)
        self._working: Working = self.put(Working(), (self.ui.width_mm - 50) / 2, 160, 50, 50)

    def enter(self, state: State) -> None:
        """Turn."""
        self._working.run(True)

    def leave(self) -> None:
        """Stand still."""
        self._working.run(False)
