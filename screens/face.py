"""The live picture of the person, with one hint."""

from typing import Any

import numpy as np
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.faces.port import Hint
from kiosk.visit.events import ChosePhone, ChoseStaff
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Text

PICTURES_PER_SECOND = 15
SHRINK = 2


class LivePicture(Widget):
    """What the camera sees, mirrored, cut to a portrait."""

    def __init__(self) -> None:
        super().__init__()
        self._texture: Texture | None = None

    def fit(self, px_per_mm: float) -> None:
        """Draw the empty frame."""
        self.show(None)

    def show(self, picture: Any) -> None:
        """Show a picture (rows, columns, blue-green-red), or nothing."""
        self.canvas.clear()
        with self.canvas:
            if picture is None:
                self._texture = None
                Color(*theme.PALE)
                Rectangle(pos=self.pos, size=self.size)
                return
            self._fill(picture)
            Color(1, 1, 1, 1)
            Rectangle(pos=self.pos, size=self.size, texture=self._texture)

    def _fill(self, picture: Any) -> None:
        height, width = picture.shape[:2]
        wide = min(width, round(height * self.width / self.height))
        left = (width - wide) // 2
        part = picture[::-SHRINK, left : left + wide : SHRINK][:, ::-1]
        part = np.ascontiguousarray(part)
        size = (part.shape[1], part.shape[0])
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="bgr")
        self._texture.blit_buffer(part.tobytes(), colorfmt="bgr", bufferfmt="ubyte")


class Face(Screen):
    """Look at the camera."""

    step = Step.FACE
    progress = 1

    def build(self) -> None:
        """The picture, the hint below it, and the other way."""
        self.title(both("face.title"))
        width = self.inner - 40
        left = (self.ui.width_mm - width) / 2
        self.put(Panel(theme.NAVY), left - 2, 54, width + 4, 224)
        self._picture = LivePicture()
        self.put(self._picture, left, 56, width, 220)
        self._hint = self.centred("", 284, 20, theme.LARGE, True)
        self._hint_english = self.quiet("", 304, 13)
        other, english = both("face.other")
        ways = self.with_platform()
        ways.put(Text(other, theme.SMALL, theme.INK, False, "center"),
                 theme.MARGIN, self.bottom - 68, self.inner, 14)
        ways.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, self.bottom - 54, self.inner, 13)
        self.end_button()
        half = (self.inner - 82 - theme.GAP) / 2
        for place, (name, event) in enumerate((("phone", ChosePhone()), ("staff", ChoseStaff()))):
            ways.button(
                name, both(f"{name}.choose"), self.sends(event),
                (theme.MARGIN + 82 + place * (half + theme.GAP), self.bottom - 28, half, 28),
                size=theme.BODY,
            )
        self._clock: Any = None
        self._shown: Hint | None = None

    def enter(self, state: State) -> None:
        """Begin to show what the camera sees."""
        self.show_ways(state)
        self._clock = Clock.schedule_interval(self._look, 1 / PICTURES_PER_SECOND)
        self._say(Hint.NO_FACE)

    def leave(self) -> None:
        """Show nothing any more, and keep nothing."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        self._picture.show(None)

    def _look(self, _: float) -> None:
        visit = self.ui.visit
        if visit.live is not None:
            self._picture.show(visit.live)
        if visit.hint is not None and visit.hint is not self._shown:
            self._say(visit.hint)

    def _say(self, hint: Hint) -> None:
        self._shown = hint
        chinese, english = both(f"face.{hint}")
        self._hint.say(chinese)
        self._hint_english.say(english)
