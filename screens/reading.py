"""The card is being read."""

from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Text, Working


class Waiting(Screen):
    """A sign, a ring that turns, and what is going on."""

    icon = "card"
    words = "reading"

    def build(self) -> None:
        """The sign in the middle, the ring below."""
        self.title(both(f"{self.words}.title"))
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 56, self.inner, 210)
        self.put(Icon(self.icon, weight=0.03), (self.ui.width_mm - 100) / 2, 68, 100, 100)
        self._working = Working()
        self.put(self._working, (self.ui.width_mm - 34) / 2, 178, 34, 34)
        self._line = self.centred("", 218, 18, theme.BODY, True)
        self._line_english = self.put(
            Text("", theme.SMALL, theme.SOFT_INK, False, "center"),
            theme.MARGIN + 4, 238, self.inner - 8, 16,
        )

    def line(self, state: State) -> tuple[str, str]:
        """What is going on now."""
        return both(f"{self.words}.text")

    def enter(self, state: State) -> None:
        """Turn the ring."""
        self._working.run(True)
        self.update(state)

    def update(self, state: State) -> None:
        """Say what is going on."""
        chinese, english = self.line(state)
        self._line.say(chinese)
        self._line_english.say(english)

    def leave(self) -> None:
        """Stop the ring."""
        self._working.run(False)


class Reading(Waiting):
    """Leave the card where it is."""

    step = Step.READING
    progress = 0
