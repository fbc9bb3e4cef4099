"""A code for the citizen's phone, and what to compare on it."""

import segno
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.visit.events import WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel

CODE_MM = 118.0
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


class Phone(Screen):
    """Scan, compare, confirm on the phone."""

    step = Step.PHONE
    progress = 1

    def build(self) -> None:
        """The code in the middle, below it what the phone must show."""
        self.title(both("phone.title"))
        left = (self.ui.width_mm - CODE_MM) / 2
        self.put(Panel(theme.CARD, theme.BORDER), left - 6, 52, CODE_MM + 12, CODE_MM + 12)
        self._code = CodePicture()
        self.put(self._code, left, 58, CODE_MM, CODE_MM)
        compare, compare_english = both("phone.compare")
        self.centred(compare, 192, 15, theme.BODY)
        self.quiet(compare_english, 207, 13)
        self._letters = self.centred("", 222, 26, theme.HUGE, True)
        self.centred(self.ui.place_zh, 250, 15, theme.BODY, True)
        consent, consent_english = both("phone.consent")
        self.centred(consent, 272, 28, theme.SMALL)
        self.quiet(consent_english, 300, 28)
        self.end_button()
        self.other_button("back", both("phone.card"), lambda: self.ui.send(WentBack()))

    def enter(self, state: State) -> None:
        """Show the code as soon as there is one."""
        self.update(state)

    def update(self, state: State) -> None:
        """Show the code, or that it is on its way."""
        code = self.ui.visit.phone_code
        self._code.show(code.address if code else "")
        self._letters.say(code.user_code if code else both("common.please_wait")[0])

    def leave(self) -> None:
        """Forget the code."""
        self._code.show("")
        self._letters.say("")
