"""How many copies."""

from kiosk.visit.events import CopiesChanged, PrintConfirmed, WentBack
from kiosk.visit.states import State, Step
from kiosk.words import say
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel


class Copies(Screen):
    """Less, more, print."""

    step = Step.COPIES
    progress = 3

    def build(self) -> None:
        """A large number between two buttons."""
        self.title(both("copies.title"))
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 56, self.inner, 132)
        self.button("fewer", ("－", ""), lambda: self._change(-1),
                    (theme.MARGIN + 12, 86, 58, 58), size=theme.HUGE)
        self.button("more", ("＋", ""), lambda: self._change(1),
                    (theme.MARGIN + self.inner - 70, 86, 58, 58), size=theme.HUGE)
        self._number = self.centred("1", 78, 56, 44.0, True)
        self.centred(" / ".join(both("copies.unit")), 134, 14, theme.SMALL)
        self._total = self.centred("", 158, 14, theme.SMALL)
        self._total_english = self.quiet("", 170, 13)
        self._summary = self.centred("", 200, 32, theme.BODY, True)
        self._left = self.centred("", 236, 14, theme.SMALL, True)
        self._left_english = self.quiet("", 250, 13)
        self.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)
        self.main_button("print", both("copies.print"), lambda: self.ui.send(PrintConfirmed()))
        self._copies = 1

    def _change(self, by: int) -> None:
        self.ui.send(CopiesChanged(self._copies + by))

    def enter(self, state: State) -> None:
        """What will be printed, and how often."""
        progress = state.progress
        if progress is not None and progress.chosen is not None:
            name = self.ui.visit.certificates[progress.chosen].name
            purpose = say(f"purpose.{progress.purpose}")
            self._summary.say(say("copies.summary", certificate=name, purpose=purpose))
        kept = progress is not None and progress.offline
        left = progress.most_copies if progress is not None else 0
        self.tell(self._left, self._left_english, "copies.left" if kept else "", left=left)
        self.update(state)

    def update(self, state: State) -> None:
        """The number now."""
        progress = state.progress
        if progress is None:
            return
        self._copies = progress.copies
        pages = (progress.page_count(progress.chosen) or 1) * progress.copies
        self._number.say(str(progress.copies))
        chinese, english = both("copies.total", pages=pages)
        self._total.say(chinese)
        self._total_english.say(english)

    def leave(self) -> None:
        """Forget what was to be printed."""
        self._summary.say("")
