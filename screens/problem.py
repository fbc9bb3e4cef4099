"""Something did not work: what, and what one can do."""

from datetime import timedelta

from kiosk.errors import errors
from kiosk.reasons import Reason
from kiosk.visit.events import ChoseForOther, ChosePhone, ChoseStaff, Event, Leaves, TriedAgain
from kiosk.visit.handlers.acting import can_act
from kiosk.visit.handlers.ways import other_ways
from kiosk.visit.states import State, Step, Way
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Surface, Text

BUTTONS: dict[Way, tuple[str, Event]] = {
    Way.PHONE: ("phone", ChosePhone()), Way.CALL: ("phone", ChosePhone()),
    Way.STAFF: ("staff", ChoseStaff()),
}
"""What each other way is called, and what it sends."""


class Problem(Screen):
    """The words of `errors.toml`, and the ways on."""

    step = Step.PROBLEM

    def build(self) -> None:
        """Room for the words; the buttons depend on what can help."""
        self.put(Icon("warning", theme.ACCENT), (self.ui.width_mm - 56) / 2, 10, 56, 56)
        self._title = self.centred("", 72, 24, theme.TITLE, True)
        self._english = self.quiet("", 97, 13)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 118, self.inner, 96)
        left, width = theme.MARGIN + 8, self.inner - 16
        self._text = self.put(Text("", theme.BODY, theme.INK, True), left, 122, width, 46)
        self._text_english = self.put(
            Text("", theme.SMALL, theme.SOFT_INK), left, 170, width, 40
        )
        help_, help_english = both("problem.help")
        self.centred(help_, 222, 14, theme.SMALL)
        self.quiet(help_english, 236, 12)
        self._code = self.quiet("", 250, 12)
        self._buttons: Surface | None = None

    def enter(self, state: State) -> None:
        """Say what happened."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say what happened now."""
        if state.reason is None:
            return
        words = errors()[state.reason]
        self._title.say(words.zh_title)
        self._english.say(words.en_title)
        when, when_english = self._when(state.reason)
        self._text.say(f"{words.zh}{when}")
        self._text_english.say(f"{words.en}{when_english}")
        self._code.say(f"{both('problem.code')[0]} {state.reason}")
        buttons = [BUTTONS[way] for way in other_ways(state)]
        if can_act(state):
            buttons.append(("principals", ChoseForOther()))
        self._offer(state.retry, buttons)

    def _when(self, reason: Reason) -> tuple[str, str]:
        """When what was tried too often may be tried again."""
        again = self.ui.visit.again_at
        if reason is not Reason.TOO_MANY_ATTEMPTS or again is None:
            return "", ""
        # The next whole minute: nobody who comes at the time shown is too early.
        minute = (again + timedelta(seconds=59)).astimezone().strftime("%H:%M")
        return both("problem.again_at", time=minute)

    def leave(self) -> None:
        """Take the buttons away."""
        if self._buttons is not None:
            self.remove_widget(self._buttons)
            self._buttons = None

    def _offer(self, retry: Step | None, others: list[tuple[str, Event]]) -> None:
        self.leave()
        ways = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        ways.pos = self.pos
        half = (self.inner - theme.GAP) / 2
        width = half if retry is not None else self.inner
        ways.button("leave", both("common.leave"), lambda: self.ui.send(Leaves()),
                    (theme.MARGIN, self.bottom - 40, width, 40), primary=retry is None)
        if retry is not None:
            again = "problem.to_list" if retry is Step.CERTIFICATES else "common.retry"
            ways.button("retry", both(again), lambda: self.ui.send(TriedAgain()),
                        (theme.MARGIN + half + theme.GAP, self.bottom - 40, half, 40),
                        primary=True)
        for place, (name, event) in enumerate(others):
            wide = (self.inner - theme.GAP * (len(others) - 1)) / len(others)
            ways.button(
                name, both(f"{name}.choose"), self.sends(event),
                (theme.MARGIN + place * (wide + theme.GAP), self.bottom - 82, wide, 34),
                size=theme.BODY,
            )
        self.add_widget(ways)
        self._buttons = ways
