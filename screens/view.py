"""The whole picture: header, steps, the screen of the state, and the question on top."""

import time
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle

from kiosk.visit.delays import MOST_EXTENSIONS
from kiosk.visit.personal import Visit
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import HEADER_MM, STEPS_MM, Screen, Ui, both
from screens.catalogue import SCREENS
from screens.still_there import StillThere
from screens.widgets import Panel, Surface, Text

STEP_WORDS = ("common.step_card", "common.step_face", "common.step_choose", "common.step_print")


class Steps(Surface):
    """Where one is: four words, the present one lit."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.width_mm, STEPS_MM, ui.px_per_mm)
        self._ui = ui
        self._lit: int | None = -1

    def light(self, lit: int | None) -> None:
        """Light one of the four, or show none."""
        if lit == self._lit:
            return
        self._lit = lit
        self.clear_widgets()
        if lit is None:
            return
        width = (self._ui.width_mm - 2 * theme.MARGIN - 3 * 4) / 4
        for place, key in enumerate(STEP_WORDS):
            x = theme.MARGIN + place * (width + 4)
            now = place == lit
            fill = theme.NAVY if now else theme.PALE
            self.put(Panel(fill, radius=3), x, 6, width, 16)
            ink = theme.WHITE if now else theme.INK
            words = f"{place + 1} {both(key)[0]}"
            self.put(Text(words, theme.SMALL, ink, now, "center"), x, 6, width, 16)


class KioskView(Surface):
    """Draws the states of a terminal."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.width_mm, ui.height_mm, ui.px_per_mm)
        self._ui = ui
        self._screens: dict[Step, Screen] = {}
        self._shown: Screen | None = None
        self._question: StillThere | None = None
        self._unopened = [(size, bold) for size in theme.SIZES for bold in (False, True)]
        self._unbuilt = [step for step in SCREENS if step is not Step.STARTING]

    @property
    def visit(self) -> Visit:
        """What the screens read of the citizen."""
        return self._ui.visit

    def build(self) -> None:
        """Draw what never changes. The view must be where it will stay."""
        with self.canvas.before:
            Color(*theme.PAPER)
            Rectangle(pos=self.pos, size=self.size)
            Color(*theme.NAVY)
            high = HEADER_MM * self.px_per_mm
            Rectangle(pos=(self.x, self.top - high), size=(self.width, high))
        name, tagline = both("app.name")[0], both("app.tagline")
        self.put(Text(name, theme.HUGE, theme.WHITE, True), theme.MARGIN, 1.5, 50, 33)
        self.put(Text(tagline[0], theme.SMALL, theme.WHITE, True), theme.MARGIN + 50, 5, 90, 13)
        self.put(Text(tagline[1], theme.SMALL, theme.WHITE), theme.MARGIN + 50, 18, 90, 13)
        right = self.width_mm - theme.MARGIN - 96
        self.put(Text(self._ui.place_zh, theme.SMALL, theme.WHITE, True, "right"),
                 right, 5, 96, 13)
        self._clock = self.put(Text("", theme.SMALL, theme.WHITE, False, "right"),
                               right, 18, 96, 13)
        self._steps = Steps(self._ui)
        self._steps.pos = (self.x, self.top - (HEADER_MM + STEPS_MM) * self.px_per_mm)
        self.add_widget(self._steps)
        self._tick(0)
        Clock.schedule_interval(self._tick, 5)

    def prebuild(self) -> bool:
        """Build one more screen ahead of need; False when all are built.

        Before the screens come the fonts: opening one in a new size takes as long as
        several frames.
        """
        if self._unopened:
            size, bold = self._unopened.pop()
            sample = Text("通", size, theme.INK, bold)
            sample.fit(self.px_per_mm)
            sample.texture_update()
        elif self._unbuilt:
            self._screen(self._unbuilt.pop())
        return bool(self._unopened or self._unbuilt)

    def show(self, state: State) -> None:
        """Draw a state."""
        screen = self._screen(state.step)
        if screen is self._shown:
            screen.update(state)
        else:
            if self._shown is not None:
                self._shown.leave()
                self.remove_widget(self._shown)
            self._shown = screen
            screen.enter(state)
            self.add_widget(screen, index=len(self.children))
            self._steps.light(screen.progress)
        self._ask(state)

    def _ask(self, state: State) -> None:
        warned, progress = state.warned, state.progress
        if warned and self._question is None:
            last = progress is not None and progress.extended == MOST_EXTENSIONS
            self._question = StillThere(self._ui, last)
            self._question.pos = self.pos
            self.add_widget(self._question)
        elif not warned and self._question is not None:
            self.remove_widget(self._question)
            self._question = None

    def _screen(self, step: Step) -> Screen:
        if step not in self._screens:
            screen = SCREENS[step](self._ui)
            move(screen, self.x, self.y)
            self._screens[step] = screen
        return self._screens[step]

    def _tick(self, _: float) -> None:
        self._clock.say(time.strftime("%Y-%m-%d %H:%M"))


def move(surface: Any, x: float, y: float) -> None:
    """Place a surface that was built at the origin, with all that is on it."""
    surface.pos = (x, y)
    for thing in surface.walk(restrict=True):
        if thing is not surface:
            thing.pos = (thing.x + x, thing.y + y)
            thing.fit(surface.px_per_mm)
