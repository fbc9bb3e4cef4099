"""Take everything; the data is gone."""

from kiosk.visit.states import Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Text


class Farewell(Screen):
    """The last screen."""

    step = Step.FAREWELL

    def build(self) -> None:
        """One sign, two lines."""
        top = self.ui.content_mm * 0.2
        self.put(Icon("check", theme.GREEN), (self.ui.width_mm - 70) / 2, top, 70, 70)
        title, english = both("farewell.title")
        self.centred(title, top + 86, 24, theme.TITLE, True)
        self.put(Text(english, theme.LARGE, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, top + 112, self.inner, 16)
        text, text_english = both("farewell.text")
        self.centred(text, top + 142, 16, theme.BODY)
        self.quiet(text_english, top + 158, 14)
