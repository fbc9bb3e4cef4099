"""All that was answered, before it is left."""

from kiosk.services.phone import mask_phone
from kiosk.services.port import OTHER, TERMINAL, Draft
from kiosk.visit.events import SendConfirmed, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Surface, Text

ROW_MM = 40.0


class Review(Screen):
    """Leave it, or go back."""

    step = Step.REVIEW

    def build(self) -> None:
        """The title and the buttons; the answers come with the state."""
        self.title(both("review.title"))
        self.button("back", both("common.back"), self.sends(WentBack()),
                    (theme.MARGIN, self.bottom - 40, 74, 40), size=theme.BODY)
        self.button("send", both("review.send"), self.sends(SendConfirmed()),
                    (theme.MARGIN + 82, self.bottom - 40, self.inner - 82, 40), primary=True)
        self._rows: Surface | None = None

    def enter(self, state: State) -> None:
        """Show the answers."""
        self.leave()
        draft = state.progress.draft if state.progress else None
        if draft is None:
            return
        self._rows = rows = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        rows.pos = self.pos
        answers = self._answers(draft)
        rows.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 56, self.inner,
                 len(answers) * ROW_MM + 8)
        for place, (name, words) in enumerate(answers):
            self._row(rows, name, words, 60 + place * ROW_MM)
        self.add_widget(rows)

    def leave(self) -> None:
        """Take the answers away, and the number with them."""
        if self._rows is not None:
            self.remove_widget(self._rows)
            self._rows = None

    def _row(self, rows: Surface, name: str, words: tuple[str, str], y: float) -> None:
        label = both(f"review.{name}")
        left, width = theme.MARGIN + 66, self.inner - 72
        rows.put(Text(label[0], theme.BODY, theme.SOFT_INK), theme.MARGIN + 8, y + 2, 56, 16)
        rows.put(Text(label[1], theme.SMALL, theme.SOFT_INK), theme.MARGIN + 8, y + 19, 56, 13)
        rows.put(Text(words[0], theme.LARGE, theme.INK, True), left, y + 1, width, 18)
        rows.put(Text(words[1], theme.SMALL, theme.SOFT_INK), left, y + 19, width, 13)

    def _answers(self, draft: Draft) -> list[tuple[str, tuple[str, str]]]:
        """Each answer by the name of its question."""
        answers = [("kind", both(f"request.{draft.kind}")), ("about", self._about(draft.about))]
        if draft.level is not None:
            return [*answers, ("level", both(f"rating.level_{draft.level}"))]
        answers.append(("category", both(f"category.{draft.category}")))
        if draft.call is None:
            return [*answers, ("phone", both("review.no_phone"))]
        return [*answers, ("phone", (mask_phone(self.ui.visit.typed), "")),
                ("call", both(f"call_time.{draft.call}"))]

    def _about(self, about: str) -> tuple[str, str]:
        if about in (TERMINAL, OTHER):
            return both(f"about.{about}")
        return next((one.title_zh, one.title_en) for one in self.ui.visit.services
                    if one.id == about)
