"""The card still lies there: the terminal waits for it to be taken."""

from kiosk.visit.states import Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Text


class TakeCard(Screen):
    """No way on but the card."""

    step = Step.TAKE_CARD

    def build(self) -> None:
        """As large as can be."""
        top = self.ui.content_mm * 0.14
        self.put(Panel(theme.CARD, theme.ACCENT), theme.MARGIN, top, self.inner, 200)
        self.put(Icon("take", theme.ACCENT), (self.ui.width_mm - 90) / 2, top + 12, 90, 90)
        title, english = both("take_card.title")
        self.centred(title, top + 108, 26, theme.HUGE, True)
        self.put(Text(english, theme.LARGE, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, top + 136, self.inner, 16)
        text, text_english = both("take_card.text")
        self.centred(text, top + 158, 16, theme.BODY)
        self.quiet(text_english, top + 174, 14)
