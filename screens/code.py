"""A code for a phone, as large as its place, and the letters that are compared with it."""

import segno
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Text

QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""


class CodePicture(Widget):
    """A QR code, as large as its place; nothing while there is none."""

    def fit(self, px_per_mm: float) -> None:
        """Draw the empty place."""
        self.show("")

    def show(self, address: str) -> None:
        """Draw the code of an address."""
        self.canvas.clear()
        with self.canvas:
            Color(*theme.WHITE)
            Rectangle(pos=self.pos, size=self.size)
            if not address:
                return
            Color(0, 0, 0, 1)
            rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET))
            # Whole pixels: a code with uneven modules is read badly.
            module = max(1, int(self.width // len(rows)))
            left = self.x + (self.width - module * len(rows)) / 2
            top = self.top - (self.height - module * len(rows)) / 2
            for number, row in enumerate(rows):
                for place, dark in enumerate(row):
                    if dark:
                        Rectangle(
                            pos=(left + place * module, top - (number + 1) * module),
                            size=(module, module),
                        )


class CodeScreen(Screen):
    """A screen whose middle is a code for a phone."""

    def code_place(self, y: float, size: float) -> CodePicture:
        """Room for the code, in the middle, with a border."""
        left = (self.ui.width_mm - size) / 2
        self.put(Panel(theme.CARD, theme.BORDER), left - 6, y, size + 12, size + 12)
        picture = CodePicture()
        self.put(picture, left, y + 6, size, size)
        return picture

    def compare_place(self, y: float) -> Text:
        """What is compared with the phone: the letters, which come later, and the place."""
        words, english = both("phone.compare")
        self.centred(words, y, 15, theme.BODY)
        self.quiet(english, y + 15, 13)
        letters = self.centred("", y + 30, 26, theme.HUGE, True)
        self.centred(self.ui.place_zh, y + 58, 15, theme.BODY, True)
        return letters
