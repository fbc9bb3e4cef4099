"""What became of something that was left here."""

from kiosk.services.code import grouped
from kiosk.services.port import RequestStatus
from kiosk.visit.events import Leaves, WantsAnother
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel


class RequestStatusScreen(Screen):
    """As far as the terminal knows."""

    step = Step.REQUEST_STATUS

    def build(self) -> None:
        """Room for the code and how far it is."""
        self.put(Icon("request"), (self.ui.width_mm - 50) / 2, 10, 50, 50)
        self.title(both("request_status.title"), 66)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 116, self.inner, 100)
        self._code = self.centred("", 124, 34, theme.HUGE, True)
        self._status = self.centred("", 166, 20, theme.LARGE, True)
        self._status_english = self.quiet("", 188, 13)
        self.button("another", both("request_status.another"), self.sends(WantsAnother()),
                    (theme.MARGIN, self.bottom - 92, self.inner, 40), size=theme.TITLE)
        self.button("leave", both("common.leave"), self.sends(Leaves()),
                    (theme.MARGIN, self.bottom - 44, self.inner, 42), primary=True,
                    size=theme.TITLE)

    def enter(self, state: State) -> None:
        """Say how far it is."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say how far it is now."""
        progress, visit = state.progress, self.ui.visit
        if progress is None:
            return
        status = progress.status or RequestStatus.UNKNOWN
        timed = status is RequestStatus.ARRIVED and visit.arrived_at is not None
        at = f"{visit.arrived_at.astimezone():%m-%d %H:%M}" if visit.arrived_at else ""
        self._code.say(grouped(visit.typed))
        self.tell(self._status, self._status_english,
                  "request_status.arrived_at" if timed else f"request_status.{status}", time=at)

    def leave(self) -> None:
        """The code stays nowhere."""
        self._code.say("")
