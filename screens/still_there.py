"""Over every screen: the question whether somebody is still there."""

from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.visit.delays import SECONDS, Delay
from kiosk.visit.events import Leaves, StillHere
from screens import theme
from screens.base import Ui, both
from screens.widgets import Panel, Surface, Text


class Shade(Widget):
    """Darkens what lies below."""

    def fit(self, px_per_mm: float) -> None:
        """Draw it where it stands."""
        self.canvas.clear()
        with self.canvas:
            Color(*theme.SHADE)
            Rectangle(pos=self.pos, size=self.size)


class StillThere(Surface):
    """One question, one huge button; nothing below can be touched."""

    def __init__(self, ui: Ui, last: bool = False) -> None:
        """`last`: the visit can go on once more, and then ends."""
        super().__init__(ui.width_mm, ui.height_mm, ui.px_per_mm)
        self._ui = ui
        self.put(Shade(), 0, 0, ui.width_mm, ui.height_mm)
        inner, top = ui.width_mm - 2 * theme.MARGIN, ui.height_mm * 0.32
        self.put(Panel(theme.CARD), theme.MARGIN, top, inner, 190)
        title, english = both("still_there.title")
        self.put(Text(title, theme.HUGE, theme.INK, True, "center"),
                 theme.MARGIN, top + 10, inner, 30)
        self.put(Text(english, theme.LARGE, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, top + 40, inner, 16)
        key = "still_there.last" if last else "still_there.text"
        text, text_english = both(
            key, seconds=round(SECONDS[Delay.GRACE]), minutes=round(SECONDS[Delay.VISIT] / 60)
        )
        self.put(Text(text, theme.SMALL, theme.INK, False, "center"),
                 theme.MARGIN, top + 62, inner, 14)
        self.put(Text(text_english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, top + 76, inner, 13)
        self.button("still-here", both("still_there.yes"), self._here,
                    (theme.MARGIN + 12, top + 98, inner - 24, 46), primary=True,
                    size=theme.TITLE)
        self.button("leave", both("common.leave"), self._leave,
                    (theme.MARGIN + 12, top + 152, inner - 24, 30), size=theme.BODY)

    def on_touch_down(self, touch: object) -> bool:
        """Touches end here."""
        super().on_touch_down(touch)
        return True

    def _here(self) -> None:
        self._ui.send(StillHere())

    def _leave(self) -> None:
        self._ui.send(Leaves())
