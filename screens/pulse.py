"""What the watchdog wants to know of the window: whether pictures are drawn."""

from typing import Any


class Pulse:
    """Counts the window's pictures (a `kiosk.alive.heart.Face`)."""

    def __init__(self, window: Any) -> None:
        self._window = window
        self._count = 0
        window.bind(on_flip=self._one_more)

    def ask(self) -> None:
        """Ask for one more picture: a screen that stands still draws none by itself."""
        self._window.canvas.ask_update()

    def drawn(self) -> int:
        """How many pictures were drawn so far."""
        return self._count

    def _one_more(self, _: Any) -> None:
        self._count += 1
