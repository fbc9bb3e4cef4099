"""The first screen: what one can do here, and how to begin."""

from kiosk.visit.events import ChoseCheckPaper, ChosePhone, Touched
from kiosk.visit.states import Part, State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Text

NOTES = {
    Part.READER: "reader_note", Part.CAMERA: "camera_note", Part.RECEIPT_PRINTER: "receipt_note",
}
"""What is said of a part that is missing, the most telling first."""


class Idle(Screen):
    """Touch, or lay down the card."""

    step = Step.IDLE

    def build(self) -> None:
        """One promise, one button, one other way."""
        title, english = both("idle.title")
        self.put(Icon("document"), (self.ui.width_mm - 60) / 2, 14, 60, 60)
        self.put(Text(title, theme.HUGE, theme.NAVY, True, "center"),
                 theme.MARGIN, 80, self.inner, 32)
        self.put(Text(english, theme.LARGE, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, 112, self.inner, 16)
        subtitle, subtitle_english = both("idle.subtitle")
        self.centred(subtitle, 136, 16, theme.BODY)
        self.quiet(subtitle_english, 152, 13)
        self.button("start", both("idle.touch"), lambda: self.ui.send(Touched()),
                    (theme.MARGIN + 18, 182, self.inner - 36, 56), primary=True,
                    size=theme.TITLE)
        self._or_card(262)
        half = (self.inner - 36 - theme.GAP) / 2
        self.button("phone", both("phone.choose"), lambda: self.ui.send(ChosePhone()),
                    (theme.MARGIN + 18, 330, half, 36), size=theme.BODY)
        self.button("check", both("check_paper.choose"),
                    lambda: self.ui.send(ChoseCheckPaper()),
                    (theme.MARGIN + 18 + half + theme.GAP, 330, half, 36), size=theme.BODY)
        free, free_english = both("idle.free")
        self._note = self.centred(free, self.bottom - 26, 14, theme.BODY, True)
        self._note_english = self.quiet(free_english, self.bottom - 12, 12)

    def _or_card(self, y: float) -> None:
        words, english = both("idle.card")
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN + 18, y, self.inner - 36, 56)
        self.put(Icon("reader"), theme.MARGIN + 28, y + 8, 40, 40)
        left = theme.MARGIN + 76
        self.put(Text(words, theme.BODY, theme.INK, True), left, y + 8, self.inner - 84, 22)
        self.put(Text(english, theme.SMALL, theme.SOFT_INK), left, y + 30, self.inner - 84, 16)

    def enter(self, state: State) -> None:
        """Say truthfully what works."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say truthfully what works now."""
        lost = next((part for part in NOTES if state.equipment.reason(part)), None)
        words = both(f"idle.{NOTES[lost]}" if lost else "idle.free")
        self._note.say(words[0])
        self._note_english.say(words[1])
