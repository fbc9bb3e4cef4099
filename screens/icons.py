"""Signs drawn by lines: no pictures to load, sharp at every size."""

from collections.abc import Callable
from math import cos, pi, sin

from kivy.graphics import Color, SmoothLine
from kivy.uix.widget import Widget

from screens import theme
from screens.theme import Colour

Point = tuple[float, float]


class Icon(Widget):
    """A sign in a square of the unit 1, from the bottom left."""

    def __init__(self, name: str, colour: Colour = theme.NAVY, weight: float = 0.045) -> None:
        super().__init__()
        self._draw = SIGNS[name]
        self._colour = colour
        self._weight = weight

    def fit(self, px_per_mm: float) -> None:
        """Draw it where it stands."""
        self.canvas.clear()
        with self.canvas:
            Color(*self._colour)
            self._draw(self)

    def path(self, *points: Point, close: bool = False) -> None:
        """A line through points of the unit square."""
        side = min(self.size)
        left, low = self.center_x - side / 2, self.center_y - side / 2
        flat = [c for x, y in points for c in (left + x * side, low + y * side)]
        SmoothLine(points=flat, width=side * self._weight / 2, close=close, joint="round")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle of the unit square."""
        self.path((x, y), (x + width, y), (x + width, y + height), (x, y + height), close=True)

    def ring(self, x: float, y: float, across: float, down: float) -> None:
        """An ellipse around a point."""
        self.path(
            *((x + across * cos(2 * pi * i / 40), y + down * sin(2 * pi * i / 40))
              for i in range(40)),
            close=True,
        )


def _card(icon: Icon) -> None:
    icon.box(0.06, 0.2, 0.88, 0.6)
    icon.ring(0.72, 0.56, 0.08, 0.1)
    icon.path((0.6, 0.32), (0.66, 0.4), (0.78, 0.4), (0.84, 0.32))
    for y, end in ((0.64, 0.5), (0.5, 0.46), (0.36, 0.4)):
        icon.path((0.16, y), (end, y))


def _reader(icon: Icon) -> None:
    icon.box(0.26, 0.5, 0.48, 0.34)
    icon.path((0.34, 0.72), (0.52, 0.72))
    icon.path((0.34, 0.62), (0.48, 0.62))
    icon.path((0.06, 0.3), (0.94, 0.3), (0.94, 0.12), (0.06, 0.12), close=True)
    icon.path((0.5, 0.46), (0.5, 0.34))
    icon.path((0.43, 0.4), (0.5, 0.33), (0.57, 0.4))


def _face(icon: Icon) -> None:
    icon.ring(0.5, 0.5, 0.24, 0.32)
    for sx, sy in ((0.08, 0.08), (0.92, 0.08), (0.08, 0.92), (0.92, 0.92)):
        dx, dy = (0.14 if sx < 0.5 else -0.14), (0.14 if sy < 0.5 else -0.14)
        icon.path((sx + dx, sy), (sx, sy), (sx, sy + dy))
    icon.path((0.41, 0.58), (0.41, 0.55))
    icon.path((0.59, 0.58), (0.59, 0.55))
    icon.path((0.4, 0.38), (0.46, 0.34), (0.54, 0.34), (0.6, 0.38))


def _document(icon: Icon) -> None:
    icon.path((0.2, 0.06), (0.2, 0.94), (0.6, 0.94), (0.8, 0.74), (0.8, 0.06), close=True)
    icon.path((0.6, 0.94), (0.6, 0.74), (0.8, 0.74))
    for y in (0.56, 0.44, 0.32):
        icon.path((0.32, y), (0.68, y))


def _printer(icon: Icon) -> None:
    icon.path((0.26, 0.66), (0.26, 0.92), (0.74, 0.92), (0.74, 0.66))
    icon.path((0.26, 0.3), (0.08, 0.3), (0.08, 0.66), (0.92, 0.66), (0.92, 0.3), (0.74, 0.3))
    icon.box(0.26, 0.08, 0.48, 0.34)
    icon.path((0.36, 0.3), (0.64, 0.3))
    icon.path((0.36, 0.2), (0.56, 0.2))


def _check(icon: Icon) -> None:
    icon.ring(0.5, 0.5, 0.44, 0.44)
    icon.path((0.28, 0.5), (0.44, 0.34), (0.73, 0.66))


def _warning(icon: Icon) -> None:
    icon.path((0.5, 0.92), (0.95, 0.12), (0.05, 0.12), close=True)
    icon.path((0.5, 0.64), (0.5, 0.4))
    icon.path((0.5, 0.27), (0.5, 0.25))


def _wave(icon: Icon) -> None:
    icon.path((0.08, 0.3), (0.3, 0.1), (0.78, 0.1), (0.92, 0.34))
    icon.path((0.3, 0.9), (0.62, 0.9), (0.8, 0.72), (0.8, 0.34), (0.3, 0.34), close=True)
    icon.path((0.42, 0.62), (0.52, 0.52), (0.7, 0.72))


def _phone(icon: Icon) -> None:
    icon.box(0.3, 0.06, 0.4, 0.88)
    icon.path((0.44, 0.15), (0.56, 0.15))
    icon.path((0.36, 0.24), (0.64, 0.24))
    for spread in (0.08, 0.16):
        icon.path((0.76 + spread, 0.4), (0.79 + spread, 0.5), (0.76 + spread, 0.6))
        icon.path((0.24 - spread, 0.4), (0.21 - spread, 0.5), (0.24 - spread, 0.6))


def _closed(icon: Icon) -> None:
    icon.ring(0.5, 0.5, 0.44, 0.44)
    icon.path((0.24, 0.5), (0.76, 0.5))


def _guide(icon: Icon) -> None:
    icon.path((0.5, 0.78), (0.4, 0.86), (0.06, 0.86), (0.06, 0.2), (0.4, 0.2), (0.5, 0.12))
    icon.path((0.5, 0.78), (0.6, 0.86), (0.94, 0.86), (0.94, 0.2), (0.6, 0.2), (0.5, 0.12))
    icon.path((0.5, 0.78), (0.5, 0.12))
    for y in (0.68, 0.54, 0.4):
        icon.path((0.16, y), (0.38, y))
        icon.path((0.62, y), (0.84, y))


def _request(icon: Icon) -> None:
    icon.path((0.06, 0.9), (0.94, 0.9), (0.94, 0.3), (0.46, 0.3), (0.24, 0.1), (0.24, 0.3),
              (0.06, 0.3), close=True)
    for x in (0.28, 0.5, 0.72):
        icon.ring(x, 0.6, 0.035, 0.035)


def _package(icon: Icon) -> None:
    icon.box(0.12, 0.1, 0.76, 0.5)
    icon.path((0.3, 0.6), (0.3, 0.72), (0.38, 0.86), (0.5, 0.9), (0.62, 0.86), (0.7, 0.72),
              (0.7, 0.6))
    icon.ring(0.5, 0.4, 0.06, 0.06)
    icon.path((0.5, 0.34), (0.5, 0.22))


def _no_line(icon: Icon) -> None:
    for across, high in ((0.44, 0.3), (0.28, 0.2), (0.12, 0.1)):
        icon.path(*((0.5 + across * cos(pi * i / 12), 0.4 + high * 1.6 * sin(pi * i / 12))
                    for i in range(2, 11)))
    icon.ring(0.5, 0.3, 0.03, 0.03)
    icon.path((0.12, 0.08), (0.88, 0.92))


SIGNS: dict[str, Callable[[Icon], None]] = {
    "card": _card,
    "reader": _reader,
    "face": _face,
    "document": _document,
    "printer": _printer,
    "check": _check,
    "warning": _warning,
    "take": _wave,
    "closed": _closed,
    "phone": _phone,
    "guide": _guide,
    "request": _request,
    "package": _package,
    "no_line": _no_line,
}
