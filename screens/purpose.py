"""What the copy is for."""

from kiosk.printing.port import PURPOSES
from kiosk.visit.events import PurposeChosen, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Surface


class Purpose(Screen):
    """Large buttons, one for each purpose that is allowed."""

    step = Step.PURPOSE
    progress = 2

    def build(self) -> None:
        """Title and the way back; what a copy may be for depends on the certificate."""
        self.title(both("purpose.title"))
        text, english = both("purpose.text")
        self.centred(text, 48, 14, theme.SMALL)
        self.quiet(english, 62, 12)
        self._choices: Surface | None = None
        self.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY)

    def enter(self, state: State) -> None:
        """Two columns of what the copy may be for."""
        fact = state.progress.chosen_fact if state.progress else None
        allowed = [one for one in PURPOSES if not fact or not fact.purposes or one in fact.purposes]
        choices = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        choices.pos = self.pos
        half = (self.inner - theme.GAP) / 2
        for place, purpose in enumerate(allowed):
            x = theme.MARGIN + (place % 2) * (half + theme.GAP)
            self._choice(choices, purpose, (x, 86 + (place // 2) * 62, half, 54))
        self.add_widget(choices)
        self._choices = choices

    def leave(self) -> None:
        """Take the choices away."""
        if self._choices is not None:
            self.remove_widget(self._choices)
            self._choices = None

    def _choice(
        self, on: Surface, purpose: str, box: tuple[float, float, float, float]
    ) -> None:
        on.button(f"purpose-{purpose}", both(f"purpose.{purpose}"),
                  lambda: self.ui.send(PurposeChosen(purpose)), box, size=theme.TITLE)
