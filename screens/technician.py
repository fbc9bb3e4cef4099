"""For who opened the cabinet: how the parts are, what protects the key, what waits, versions."""

from typing import Any

from kivy.clock import Clock

from kiosk.visit.events import ServiceResumed
from kiosk.visit.states import Part, State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Text

REFRESH_SECONDS = 2.0
FACTS = ("version", "key_protection", "suite", "queue", "contacts", "clock")
ROW_MM = 20.0


class Technician(Screen):
    """Two lists and a way out; English codes as logs have them."""

    step = Step.TECHNICIAN

    def build(self) -> None:
        """Rows for each part and each fact."""
        self._clock: Any = None
        self.title(both("technician.title"), 4)
        rows = len(Part) + len(FACTS)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 46, self.inner, rows * ROW_MM + 6)
        names = [*(f"part_{part}" for part in Part), *FACTS]
        self._values: dict[str, Text] = {}
        for place, name in enumerate(names):
            y = 49 + place * ROW_MM
            words = both(f"technician.{name}")
            half = (self.inner - 16) * 0.38
            name_of = Text(words[0], theme.SMALL, theme.INK, True)
            self.put(name_of, theme.MARGIN + 8, y, half, ROW_MM)
            self._values[name] = self.put(
                Text("", theme.SMALL, theme.INK), theme.MARGIN + 8 + half, y,
                self.inner - 16 - half, ROW_MM,
            )
        self.button(
            "resume", both("technician.resume"), self.sends(ServiceResumed()),
            (theme.MARGIN, self.bottom - 34, self.inner, 34), primary=True,
        )

    def enter(self, state: State) -> None:
        """Tell how things are, now and again."""
        self.update(state)
        self._clock = Clock.schedule_interval(lambda _: self._tell(), REFRESH_SECONDS)

    def update(self, state: State) -> None:
        """Tell how the parts are."""
        for part in Part:
            reason = state.equipment.reason(part)
            self._values[f"part_{part}"].say(str(reason) if reason else both("technician.well")[0])
        self._tell()

    def leave(self) -> None:
        """Nothing is told any more."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _tell(self) -> None:
        told = self.ui.told()
        for name in FACTS:
            self._values[name].say(told.get(name, ""))
