"""What the copy is for."""

from kiosk.printing.port import PURPOSES
from kiosk.visit.events import PurposeChosen, WentBack
from kiosk.visit.states import Step
from screens import theme
from screens.base import Screen, both


class Purpose(Screen):
    """Six large buttons."""

    step = Step.PURPOSE
    progress = 2

    def build(self) -> None:
        """Two columns of three."""
        self.title(both("purpose.title"))
        text, english = both("purpose.text")
        self.centred(text, 48, 14, theme.SMALL)
        self.quiet(english, 62, 12)
        half = (self.inner - theme.GAP) / 2
        for place, purpose in enumerate(PURPOSES):
            x = theme.MARGIN + (place % 2) * (half + theme.GAP)
            y = 86 + (place // 2) * 62
            self._choice(purpose, (x, y, half, 54))
        self.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY)

    def _choice(self, purpose: str, box: tuple[float, float, float, float]) -> None:
        self.button(f"purpose-{purpose}", both(f"purpose.{purpose}"),
                    lambda: self.ui.send(PurposeChosen(purpose)), box, size=theme.TITLE)
