"""It is received: the code, how far it is, and whether the receipt is out."""

from kiosk.services.code import grouped
from kiosk.services.port import Kind, RequestStatus
from kiosk.visit.events import Leaves
from kiosk.visit.states import Slip, State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Surface

SLIP_WORDS = {
    Slip.NONE: "note", Slip.FAILED: "note", Slip.PRINTING: "printing", Slip.PRINTED: "printed",
}
"""What is said below the code: without a receipt it is to be noted."""
STATUS_WORDS = {
    RequestStatus.WAITING: "received", RequestStatus.ARRIVED: "arrived",
    RequestStatus.REFUSED: "refused", RequestStatus.UNCLEAR: "unclear",
    RequestStatus.UNKNOWN: "unclear",
}
"""What is said of how far it is; what was received a moment ago cannot be unknown."""


class RequestKept(Screen):
    """Received here; the office has it later, or already."""

    step = Step.REQUEST_KEPT

    def build(self) -> None:
        """The good news, room for how far it is and for the code."""
        self.put(Icon("check", theme.GREEN), (self.ui.width_mm - 44) / 2, 6, 44, 44)
        self.title(both("request_kept.title"), 54)
        self.put(Panel(theme.PALE_GREEN), theme.MARGIN, 98, self.inner, 80)
        self._status = self.centred("", 103, 20, theme.LARGE, True)
        self._status_english = self.quiet("", 123, 13)
        self._explained = self.centred("", 144, 15, theme.SMALL, True)
        self._explained_english = self.quiet("", 158, 13)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 188, self.inner, 112)
        self._label = self.centred("", 193, 15, theme.BODY)
        self._label_english = self.quiet("", 208, 13)
        self._code = self.centred("", 225, 34, theme.HUGE, True)
        self._note = self.centred("", 263, 16, theme.BODY, True)
        self._note_english = self.quiet("", 280, 13)
        self._way_out = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        self._way_out.pos = self.pos
        self._way_out.button("leave", both("common.leave"), self.sends(Leaves()),
                             (theme.MARGIN, self.bottom - 44, self.inner, 42), primary=True,
                             size=theme.TITLE)
        self.add_widget(self._way_out)

    def enter(self, state: State) -> None:
        """Say how it stands."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say how it stands now."""
        progress, visit = state.progress, self.ui.visit
        if progress is None or progress.draft is None:
            return
        # Leaving would end the print of the code.
        comes_out = progress.slip is Slip.PRINTING
        self._way_out.opacity = 0.0 if comes_out else 1.0
        self._way_out.disabled = comes_out
        at = f"{visit.arrived_at.astimezone():%H:%M}" if visit.arrived_at else ""
        key = STATUS_WORDS[progress.status or RequestStatus.WAITING]
        self.tell(self._status, self._status_english, f"request_kept.{key}", time=at)
        waits = key == "received"
        self.tell(self._explained, self._explained_english,
                  "request_kept.explained" if waits else "")
        rating = progress.draft.kind is Kind.RATING
        self.tell(self._label, self._label_english,
                  "request_kept.thanks" if rating else "request_kept.code")
        self._code.say("" if rating else grouped(visit.code))
        self.tell(self._note, self._note_english,
                  "" if rating else f"request_kept.{SLIP_WORDS[progress.slip]}")

    def leave(self) -> None:
        """The code stays nowhere."""
        self._code.say("")
