"""Printed: another one, or leave."""

from kiosk.visit.events import ChoseHandOver, ChoseRating, Leaves, WantsAnother
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel


class Another(Screen):
    """Another one, or leave; or a word on how it was."""

    step = Step.ANOTHER
    progress = 3

    def build(self) -> None:
        """The good news, where the paper is, and the choice."""
        self.put(Icon("check", theme.GREEN), (self.ui.width_mm - 62) / 2, 12, 62, 62)
        self.title(both("another.title"), 80)
        self.put(Panel(theme.PALE_GREEN), theme.MARGIN, 128, self.inner, 50)
        text, english = both("another.text")
        self.centred(text, 132, 22, theme.BODY, True)
        self.quiet(english, 156, 14)
        self._notice, self._notice_english = (
            self.centred("", 186, 14, theme.SMALL, True),
            self.quiet("", 200, 13),
        )
        half = (self.inner - theme.GAP) / 2
        self.button("rating", both("rating.choose"), self.sends(ChoseRating()),
                    (theme.MARGIN, self.bottom - 134, half, 32), size=theme.BODY)
        self.with_platform().button(
            "hand_over", both("hand_over.choose"), self.sends(ChoseHandOver()),
            (theme.MARGIN + half + theme.GAP, self.bottom - 134, half, 32), size=theme.BODY,
        )
        self.button("another", both("another.again"), lambda: self.ui.send(WantsAnother()),
                    (theme.MARGIN, self.bottom - 96, self.inner, 42), size=theme.TITLE)
        self.button("leave", both("another.leave"), lambda: self.ui.send(Leaves()),
                    (theme.MARGIN, self.bottom - 44, self.inner, 42), primary=True,
                    size=theme.TITLE)

    def enter(self, state: State) -> None:
        """Say so where there is no receipt."""
        self.show_ways(state)
        words = both("another.no_receipt") if state.reason is not None else ("", "")
        self._notice.say(words[0])
        self._notice_english.say(words[1])
