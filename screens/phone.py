"""The citizen's phone: it scans a code or is called, and what to compare on it."""

from kiosk.visit.events import ChoseScan, ChoseShow, WentBack
from kiosk.visit.states import State, Step, Way
from screens import theme
from screens.base import both
from screens.code import CodeScreen
from screens.icons import Icon
from screens.widgets import Surface

CODE_MM = 112.0


class Phone(CodeScreen):
    """Scan or look at the phone, compare, confirm on it."""

    step = Step.PHONE
    progress = 1

    def build(self) -> None:
        """The code in the middle, below it what the phone must show."""
        self._title = self.centred("", 8, 24, theme.TITLE, True)
        self._title_english = self.quiet("", 33, 12)
        self._code = self.code_place(50, CODE_MM)
        self._ringing = self.put(
            Icon("phone", weight=0.03), (self.ui.width_mm - 90) / 2, 67, 90, 90
        )
        self._letters = self.compare_place(182)
        consent, consent_english = both("phone.consent")
        self.centred(consent, 258, 16, theme.SMALL)
        self.quiet(consent_english, 274, 13)
        self.end_button()
        self._others: Surface | None = None
        self._offered: tuple[Way, bool] | None = None

    def enter(self, state: State) -> None:
        """Show the code as soon as there is one."""
        self.update(state)

    def update(self, state: State) -> None:
        """Show the code, or that the phone is called, or that it is on its way."""
        progress = state.progress
        if progress is None:
            return
        code = self.ui.visit.phone_code
        called = progress.way is Way.CALL and (code is None or code.called)
        self._say(called)
        self._code.show(code.address if code else "")
        self._letters.say(code.user_code if code else both("common.please_wait")[0])
        self._offer(progress.way, progress.stepping_up)

    def leave(self) -> None:
        """Forget the code."""
        self._code.show("")
        self._letters.say("")
        self._take_away()

    def _say(self, called: bool) -> None:
        words, english = both("phone.call_title" if called else "phone.title")
        self._title.say(words)
        self._title_english.say(both("phone.called")[1] if called else english)
        self._ringing.opacity = 1.0 if called else 0.0

    def _take_away(self) -> None:
        if self._others is not None:
            self.remove_widget(self._others)
        self._others = self._offered = None

    def _offer(self, way: Way, stepping_up: bool) -> None:
        """The other ways that lead on from here."""
        if self._offered == (way, stepping_up):
            return
        self._take_away()
        ways = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        ways.pos = self.pos
        back = both("phone.back" if way is Way.CALL else "phone.card")
        ways.button("back", back, lambda: self.ui.send(WentBack()),
                    (theme.MARGIN + 82, self.bottom - 28, self.inner - 82, 28), size=theme.BODY)
        if not stepping_up:
            name = "scan" if way is Way.CALL else "show"
            event = ChoseScan() if way is Way.CALL else ChoseShow()
            ways.button(name, both(f"phone.{name}"), self.sends(event),
                        (theme.MARGIN, self.bottom - 64, self.inner, 30), size=theme.BODY)
        self.add_widget(ways)
        self._others, self._offered = ways, (way, stepping_up)
