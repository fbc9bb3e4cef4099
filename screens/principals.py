"""For whom the citizen is here: the own children, or who has authorised the citizen."""

from functools import partial

from kiosk.identity.port import Principal, Relation
from kiosk.visit.events import PrincipalChosen, WentBack
from kiosk.visit.personal import mask_name
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Surface, Text

MOST = 5
"""Rows that have room."""
ROW_MM = 46.0


class Principals(Screen):
    """Choose one."""

    step = Step.PRINCIPALS
    progress = 2

    def build(self) -> None:
        """Title and what counts; the rows come with the list."""
        self.title(both("principals.title"))
        text, english = both("principals.text")
        self.centred(text, 48, 14, theme.SMALL)
        self.quiet(english, 62, 12)
        self._rows: Surface | None = None
        self._page = 0
        self.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY)

    def enter(self, state: State) -> None:
        """Show who is known, or that it is being asked."""
        self._page = 0
        self.update(state)

    def _turn(self, state: State) -> None:
        """The next page, and after the last the first again."""
        pages = -(-len(self.ui.visit.principals) // MOST)
        self._page = (self._page + 1) % max(1, pages)
        self.update(state)

    def update(self, state: State) -> None:
        """Show who is known now."""
        progress = state.progress
        if progress is None:
            return
        self.leave()
        rows = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        rows.pos = self.pos
        if not progress.principals:
            waits = progress.principals is None
            words, english = both("principals.waiting" if waits else "principals.none")
            rows.put(Text(words, theme.LARGE, theme.INK, True, "center"),
                     theme.MARGIN, 140, self.inner, 20)
            rows.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                     theme.MARGIN, 160, self.inner, 13)
        else:
            first = self._page * MOST
            for place, principal in enumerate(self.ui.visit.principals[first : first + MOST]):
                self._row(rows, first + place, principal, 82 + place * (ROW_MM + 6))
        left = theme.MARGIN + 82
        if len(progress.principals or ()) > MOST:
            rows.button("more", both("certificates.more"), partial(self._turn, state),
                        (left, self.bottom - 28, 72, 28), size=theme.BODY)
            left += 80
        if progress.acting is not None:
            rows.button("self", both("principals.self"),
                        lambda: self.ui.send(PrincipalChosen(None)),
                        (left, self.bottom - 28, theme.MARGIN + self.inner - left, 28),
                        size=theme.BODY)
        self.add_widget(rows)
        self._rows = rows

    def leave(self) -> None:
        """Take the rows away."""
        if self._rows is not None:
            self.remove_widget(self._rows)
            self._rows = None

    def _row(self, rows: Surface, index: int, principal: Principal, y: float) -> None:
        rows.button(f"principal-{index}", ("", ""),
                    lambda: self.ui.send(PrincipalChosen(index)),
                    (theme.MARGIN, y, self.inner, ROW_MM))
        left, width = theme.MARGIN + 8, self.inner - 70
        until = principal.until
        child = principal.relation is Relation.GUARDIAN
        open_end = both("principals.child" if child else "principals.agent")
        why = both("principals.until", date=until) if until and not child else open_end
        rows.put(Text(mask_name(principal.name), theme.LARGE, theme.INK, True),
                 left, y + 4, width, 18)
        rows.put(Text(why[0], theme.SMALL, theme.SOFT_INK), left, y + 24, width / 2, 13)
        rows.put(Text(why[1], theme.SMALL, theme.SOFT_INK), left + width / 2, y + 24,
                 width / 2 + 50, 13)
        rows.put(Panel(theme.PALE, radius=3), theme.MARGIN + self.inner - 46, y + 6, 38, 14)
        rows.put(Text(both(f"principals.{principal.relation}")[0], theme.SMALL, theme.INK, True,
                      "center"), theme.MARGIN + self.inner - 46, y + 6, 38, 14)
