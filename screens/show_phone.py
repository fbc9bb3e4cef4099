"""A phone scans a code, and shows the answer to the camera."""

from typing import Any

from kivy.clock import Clock

from kiosk.visit.events import WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import both
from screens.code import CodeScreen
from screens.face import PICTURES_PER_SECOND, LivePicture
from screens.widgets import Panel

CODE_MM = 100.0
SEEN_MM = 120.0


class ShowPhone(CodeScreen):
    """Above what the phone scans, below what the camera sees of the phone."""

    step = Step.SHOW_PHONE
    progress = 1

    def build(self) -> None:
        """The two, numbered."""
        self.title(both("show_phone.title"))
        first, first_english = both("show_phone.first")
        self.centred(first, 48, 14, theme.BODY, True)
        self.quiet(first_english, 62, 12)
        self._code = self.code_place(76, CODE_MM)
        second, second_english = both("show_phone.second")
        self.centred(second, 194, 14, theme.BODY, True)
        self.quiet(second_english, 208, 12)
        left = (self.ui.width_mm - SEEN_MM) / 2
        self.put(Panel(theme.NAVY), left - 2, 224, SEEN_MM + 4, SEEN_MM + 4)
        self._picture = LivePicture()
        self.put(self._picture, left, 226, SEEN_MM, SEEN_MM)
        self.end_button()
        self.other_button("back", both("show_phone.back"), lambda: self.ui.send(WentBack()))
        self._clock: Any = None

    def enter(self, state: State) -> None:
        """Begin to show what the camera sees."""
        self._clock = Clock.schedule_interval(self._look, 1 / PICTURES_PER_SECOND)
        self.update(state)

    def update(self, state: State) -> None:
        """Show the code as soon as there is one."""
        request = self.ui.visit.show_request
        self._code.show(request.address if request else "")

    def leave(self) -> None:
        """Show nothing any more, and keep nothing."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self._picture.show(None)
        self._code.show("")

    def _look(self, _: float) -> None:
        if self.ui.visit.live is not None:
            self._picture.show(self.ui.visit.live)
