"""A printed copy is held before the camera: what it is, without a line."""

from typing import Any

from kivy.clock import Clock

from kiosk.visit.events import Leaves, WantsAnother
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.face import PICTURES_PER_SECOND, LivePicture
from screens.icons import Icon
from screens.widgets import Panel, Surface, Text

GENUINE = "genuine"
FACTS = ("certificate", "holder", "holder_number", "purpose", "expires")
DAY = 10
"""Characters of an ISO time that are its day."""


class CheckPaper(Screen):
    """First what the camera sees, then the verdict and what the code says."""

    step = Step.CHECK_PAPER

    def build(self) -> None:
        """The title; the rest depends on whether there is a verdict."""
        self.title(both("check_paper.title"))
        self._part: Surface | None = None
        self._picture: LivePicture | None = None
        self._clock: Any = None
        self._verdict: str | None = None

    def enter(self, state: State) -> None:
        """Begin with the camera."""
        self.leave()
        self._look()
        self.update(state)

    def update(self, state: State) -> None:
        """Show the verdict once there is one, and the camera again for another copy."""
        verdict = state.progress.verdict if state.progress else None
        if verdict == self._verdict:
            return
        self.leave()
        if verdict is None:
            self._look()
        else:
            self._tell(verdict)

    def leave(self) -> None:
        """Show nothing any more, and keep nothing."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if self._picture is not None:
            self._picture.show(None)
            self._picture = None
        if self._part is not None:
            self.remove_widget(self._part)
            self._part = None
        self._verdict = None

    def _new_part(self) -> Surface:
        part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        self._part = part
        return part

    def _look(self) -> None:
        part = self._new_part()
        width = self.inner - 20
        left = (self.ui.width_mm - width) / 2
        part.put(Panel(theme.NAVY), left - 2, 54, width + 4, 194)
        self._picture = LivePicture()
        part.put(self._picture, left, 56, width, 190)
        words, english = both("check_paper.hold")
        part.put(Text(words, theme.LARGE, theme.INK, True, "center"),
                 theme.MARGIN, 258, self.inner, 20)
        part.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, 278, self.inner, 13)
        self._end(part)
        self.add_widget(part)
        self._clock = Clock.schedule_interval(self._show, 1 / PICTURES_PER_SECOND)

    def _show(self, _: float) -> None:
        if self._picture is not None and self.ui.visit.live is not None:
            self._picture.show(self.ui.visit.live)

    def _tell(self, verdict: str) -> None:
        self._verdict = verdict
        paper = self.ui.visit.paper or {}
        good = verdict == GENUINE
        part = self._new_part()
        part.put(Icon("check" if good else "warning", theme.NAVY if good else theme.ACCENT),
                 (self.ui.width_mm - 44) / 2, 52, 44, 44)
        words, english = both(f"check_paper.{verdict}")
        part.put(Text(words, theme.TITLE, theme.INK, True, "center"),
                 theme.MARGIN, 100, self.inner, 24)
        part.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, 124, self.inner, 13)
        if paper.get("claims"):
            self._facts(part, paper["claims"], str(paper["checked_as_of"] or "")[:DAY])
        self._end(part)
        part.button("another", both("check_paper.another"),
                    lambda: self.ui.send(WantsAnother()),
                    (theme.MARGIN + 82, self.bottom - 28, self.inner - 82, 28), size=theme.BODY)
        self.add_widget(part)

    def _facts(self, part: Surface, claims: dict[str, Any], as_of: str) -> None:
        part.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 146, self.inner, 176)
        compare, english = both("check_paper.compare")
        part.put(Text(f"{compare} · {english}", theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN + 4, 150, self.inner - 8, 13)
        shown = {**claims, "expires": str(claims["expires"])[:DAY]}
        for row, name in enumerate(FACTS):
            y = 170 + row * 26
            label, label_english = both(f"check_paper.{name}")
            part.put(Text(f"{label} {label_english}", theme.SMALL, theme.SOFT_INK),
                     theme.MARGIN + 8, y, 84, 22)
            part.put(Text(str(shown[name]), theme.BODY, theme.INK, True),
                     theme.MARGIN + 94, y, self.inner - 102, 22)
        known, known_english = both("check_paper.as_of", day=as_of)
        part.put(Text(f"{known} · {known_english}", theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN + 4, 303, self.inner - 8, 14)

    def _end(self, part: Surface) -> None:
        part.button("leave", both("common.leave"), lambda: self.ui.send(Leaves()),
                    (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY)
