"""A child's card was read: the guardian's comes next."""

from kiosk.visit.events import ChosePhone
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel


class Guardian(Screen):
    """First the child's card back, then the guardian's down."""

    step = Step.GUARDIAN
    progress = 0

    def build(self) -> None:
        """Where the guardian's card goes, and that no picture is taken of the child."""
        self.title(both("guardian.title"))
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 56, self.inner, 180)
        self.put(Icon("reader", weight=0.03), (self.ui.width_mm - 120) / 2, 66, 120, 120)
        text, english = both("guardian.text")
        self.centred(text, 190, 18, theme.BODY, True)
        self.quiet(english, 210, 14)
        child, child_english = both("guardian.child")
        self._child = self.centred(child, 250, 16, theme.BODY, True)
        self._child_english = self.quiet(child_english, 266, 13)
        note, note_english = both("guardian.note")
        self.centred(note, 292, 15, theme.SMALL)
        self.quiet(note_english, 307, 13)
        self.end_button()
        self.other_button("phone", both("phone.choose"), lambda: self.ui.send(ChosePhone()))

    def enter(self, state: State) -> None:
        """Ask for the child's card to be taken back while it lies there."""
        self.update(state)

    def update(self, state: State) -> None:
        """The line about the child's card is there as long as the card is."""
        shown = 1.0 if state.equipment.card_present else 0.0
        self._child.opacity = self._child_english.opacity = shown
