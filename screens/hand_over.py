"""The visit goes on on the citizen's phone: a code, then a number that both must show."""

from kiosk.visit.events import NumberCompared, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import both
from screens.code import CodePicture, CodeScreen
from screens.widgets import Panel, Surface, Text

CODE_MM = 130.0
NUMBER_MM = 60.0


class HandOver(CodeScreen):
    """First scan, then compare."""

    step = Step.HAND_OVER
    progress = 2

    def build(self) -> None:
        """The title; the rest depends on whether a phone has scanned."""
        self.title(both("hand_over.title"))
        self._part: Surface | None = None
        self._code: CodePicture | None = None
        self._shown: tuple[str, str, bool] | None = None

    def enter(self, state: State) -> None:
        """Show the code as soon as there is one."""
        self.update(state)

    def update(self, state: State) -> None:
        """Show the code, or the number that is to be compared."""
        progress, visit = state.progress, self.ui.visit
        if progress is None:
            return
        number = visit.number if progress.taken else ""
        shown = (visit.offer.address if visit.offer else "", number, progress.settling)
        if self._shown == shown:
            return
        self.leave()
        self._shown = shown
        part = self._new_part()
        if progress.settling:
            self._words(part, *both("hand_over.settling"), 130)
        elif number:
            self._compare(part, number)
        else:
            self._scan(part, shown[0])
        self.add_widget(part)

    def leave(self) -> None:
        """Forget code and number."""
        if self._part is not None:
            self.remove_widget(self._part)
        self._part = self._shown = None

    def _new_part(self) -> Surface:
        part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        self._part = part
        return part

    def _scan(self, part: Surface, address: str) -> None:
        words, english = both("hand_over.scan" if address else "common.please_wait")
        left = (self.ui.width_mm - CODE_MM) / 2
        part.put(Panel(theme.CARD, theme.BORDER), left - 6, 66, CODE_MM + 12, CODE_MM + 12)
        picture = CodePicture()
        part.put(picture, left, 72, CODE_MM, CODE_MM)
        picture.show(address)
        self._words(part, words, english, 222)
        part.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)

    def _compare(self, part: Surface, number: str) -> None:
        words, english = both("hand_over.compare")
        self._words(part, words, english, 66)
        part.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 108, self.inner, 110)
        part.put(Text(number, NUMBER_MM, theme.NAVY, True, "center"),
                 theme.MARGIN, 118, self.inner, 90)
        warning, warning_english = both("hand_over.warning")
        self._words(part, warning, warning_english, 234)
        half = (self.inner - theme.GAP) / 2
        for place, (name, same) in enumerate((("no", False), ("yes", True))):
            part.button(
                name, both(f"hand_over.{name}"),
                self.sends(NumberCompared(same)),
                (theme.MARGIN + place * (half + theme.GAP), self.bottom - 44, half, 44),
                primary=same, size=theme.BODY,
            )

    def _words(self, part: Surface, words: str, english: str, y: float) -> None:
        part.put(Text(words, theme.LARGE, theme.INK, True, "center"),
                 theme.MARGIN, y, self.inner, 20)
        part.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, y + 20, self.inner, 13)
