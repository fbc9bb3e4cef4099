"""The few things that screens are made of: text, buttons, panels, a sign of work.

All are placed by `Surface.put` in millimetres from the top left, so that one can read a
screen's layout from its code, and `inspect` can check it.
"""

import time
from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from screens import fonts, theme
from screens.theme import Colour

LINE = 1.46
"""The height of a line of the screens' font, in units of its size."""
DEBOUNCE_SECONDS = 0.5
"""Within this time a second touch of the same button is the same touch (EN 301 549, 5.8)."""


class Text(Label):
    """Words in one size and colour, wrapped at the width it is given."""

    def __init__(
        self,
        text: str,
        size: float,
        colour: Colour = theme.INK,
        bold: bool = False,
        align: str = "left",
        valign: str = "middle",
    ) -> None:
        self.mm_size = size
        rare = fonts.has_rare(text)
        super().__init__(
            text=fonts.with_fallback(text) if rare else text,
            markup=rare,
            color=colour,
            font_name=str(fonts.BOLD if bold else fonts.REGULAR),
            halign=align,
            valign=valign,
        )

    def say(self, text: str) -> None:
        """Show other words; the same words cost nothing."""
        rare = fonts.has_rare(text)
        self.markup = rare
        self.text = fonts.with_fallback(text) if rare else text

    def texture_update(self, *arguments: Any) -> None:
        """Draw the words; without any, Kivy itself would keep the lines that were there."""
        super().texture_update(*arguments)
        if not self.text:
            self._label.refresh()

    def fit(self, px_per_mm: float) -> None:
        """Take the size in pixels and wrap at the own width."""
        self.font_size = self.mm_size * px_per_mm
        self.text_size = self.size


class Panel(Widget):
    """A filled rectangle with round corners, and a border where one is given."""

    def __init__(
        self, fill: Colour = theme.CARD, border: Colour | None = None, radius: float = theme.RADIUS
    ) -> None:
        super().__init__()
        self._fill, self._border, self._radius = fill, border, radius

    def fit(self, px_per_mm: float) -> None:
        """Draw it where it stands."""
        self.canvas.clear()
        radius = self._radius * px_per_mm
        with self.canvas:
            Color(*self._fill)
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius] * 4)
            if self._border is not None:
                Color(*self._border)
                SmoothLine(
                    rounded_rectangle=(*self.pos, *self.size, radius),
                    width=max(1.0, 0.35 * px_per_mm),
                )


class TouchButton(ButtonBehavior, Widget):
    """A button: a panel that answers a touch that begins and ends on it."""

    def __init__(self, name: str, press: Callable[[], None], primary: bool = False) -> None:
        super().__init__()
        self.name = name
        self._press = press
        self._primary = primary
        self._last = 0.0
        self._px_per_mm = 1.0
        self.always_release = False

    def fit(self, px_per_mm: float) -> None:
        """Draw it where it stands."""
        self._px_per_mm = px_per_mm
        self.bind(state=lambda *_: self.draw())
        self.draw()

    def draw(self) -> None:
        """Draw it as it is: pressed or not."""
        pressed = self.state == "down"
        fill = theme.PRESSED if self._primary and pressed else theme.NAVY
        if not self._primary:
            fill = theme.PALE if pressed else theme.CARD
        radius = theme.RADIUS * self._px_per_mm
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*fill)
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[radius] * 4)
            Color(*theme.NAVY)
            SmoothLine(
                rounded_rectangle=(*self.pos, *self.size, radius),
                width=max(1.0, 0.4 * self._px_per_mm),
            )

    def on_release(self) -> None:
        """Send what the button means, once."""
        now = time.monotonic()
        if now - self._last >= DEBOUNCE_SECONDS:
            self._last = now
            self._press()


class Working(Widget):
    """A ring of dots that goes round: ten steps a second, so that it costs little."""

    DOTS = 12

    def __init__(self) -> None:
        super().__init__()
        self._step = 0
        self._clock: Any = None

    def fit(self, px_per_mm: float) -> None:
        """Draw it where it stands."""
        self.draw()

    def run(self, on: bool) -> None:
        """Turn, or stand still."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if on:
            self._clock = Clock.schedule_interval(self._turn, 0.1)

    def _turn(self, _: float) -> None:
        self._step = (self._step + 1) % self.DOTS
        self.draw()

    def draw(self) -> None:
        """Draw the dots, the first the darkest."""
        radius = min(self.size) / 2
        dot = radius * 0.3
        self.canvas.clear()
        with self.canvas:
            for index in range(self.DOTS):
                age = (self._step - index) % self.DOTS
                Color(*theme.NAVY[:3], 1 - 0.85 * age / self.DOTS)
                angle = pi / 2 - 2 * pi * index / self.DOTS
                x = self.center_x + (radius - dot / 2) * cos(angle)
                y = self.center_y + (radius - dot / 2) * sin(angle)
                SmoothRoundedRectangle(
                    pos=(x - dot / 2, y - dot / 2), size=(dot, dot), radius=[dot / 2] * 4
                )


class Surface(Widget):
    """A place to put things by millimetres from the top left."""

    def __init__(self, width_mm: float, height_mm: float, px_per_mm: float) -> None:
        super().__init__(size=(width_mm * px_per_mm, height_mm * px_per_mm))
        self.width_mm, self.height_mm, self.px_per_mm = width_mm, height_mm, px_per_mm

    def fit(self, px_per_mm: float) -> None:
        """A surface on another one draws nothing itself."""

    def put(self, thing: Any, x: float, y: float, width: float, height: float) -> Any:
        """Place a widget; gives it back. Text gets at least the height of its line."""
        scale = self.px_per_mm
        if isinstance(thing, Text) and height < thing.mm_size * LINE:
            y -= (thing.mm_size * LINE - height) / 2
            height = thing.mm_size * LINE
        thing.size = (width * scale, height * scale)
        thing.pos = (
            self.x + x * scale,
            self.y + self.height - (y + height) * scale,
        )
        thing.fit(scale)
        self.add_widget(thing)
        return thing

    def button(
        self,
        name: str,
        words: tuple[str, str],
        press: Callable[[], None],
        box: tuple[float, float, float, float],
        primary: bool = False,
        size: float = theme.LARGE,
    ) -> TouchButton:
        """A button with Chinese above English, at (x, y, width, height).

        Without words it is a bare target; whoever places it puts words on it.
        """
        x, y, width, height = box
        button: TouchButton = self.put(TouchButton(name, press, primary), x, y, width, height)
        ink = theme.WHITE if primary else theme.INK
        chinese, english = words
        inset = 2.0
        if english:
            first, second = size * LINE, theme.SMALL * LINE
            top = y + (height - first - second) / 2
            self.put(Text(chinese, size, ink, True, "center"),
                     x + inset, top, width - 2 * inset, first)
            self.put(Text(english, theme.SMALL, ink, False, "center"),
                     x + inset, top + first, width - 2 * inset, second)
        elif chinese:
            self.put(Text(chinese, size, ink, True, "center"),
                     x + inset, y, width - 2 * inset, height)
        return button
