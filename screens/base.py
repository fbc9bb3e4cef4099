"""What every screen is given, and what every screen is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.visit.events import Cancelled, Event
from kiosk.visit.personal import Visit
from kiosk.visit.states import State, Step
from kiosk.words import CHINESE, ENGLISH, say
from screens import theme
from screens.widgets import Surface, Text

HEADER_MM = 36.0
STEPS_MM = 26.0


@dataclass(frozen=True)
class Ui:
    """The world of a screen: its size, its place, the visit, and where events go."""

    width_mm: float
    height_mm: float
    px_per_mm: float
    place_zh: str
    place_en: str
    terminal: str
    visit: Visit
    send: Callable[[Event], None]
    nearest_zh: str = ""
    """The nearest other place, where it is known."""
    nearest_en: str = ""
    told: Callable[[], Mapping[str, str]] = dict
    """What a technician is told of the machine, by its name."""

    @property
    def content_mm(self) -> float:
        """The height that a screen has below header and steps."""
        return self.height_mm - HEADER_MM - STEPS_MM


def both(key: str, **values: object) -> tuple[str, str]:
    """The words of a key in Chinese and English."""
    return say(key, CHINESE, **values), say(key, ENGLISH, **values)


class Screen(Surface):
    """One screen. What does not change is built once; `enter` and `update` do the rest."""

    step: Step
    progress: int | None = None
    """Which of the four steps above is lit; None for none."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.width_mm, ui.content_mm, ui.px_per_mm)
        self.ui = ui
        self.inner = ui.width_mm - 2 * theme.MARGIN
        self.bottom = ui.content_mm - theme.MARGIN
        self.build()

    def build(self) -> None:
        """Put in place what does not change."""

    def enter(self, state: State) -> None:
        """The screen is about to be seen."""

    def update(self, state: State) -> None:
        """The state changed while the screen is seen."""

    def leave(self) -> None:
        """The screen is not seen any more: nothing personal may stay in it."""

    def sends(self, event: Event) -> Callable[[], None]:
        """What a button does that sends an event."""
        return lambda: self.ui.send(event)

    def title(self, words: tuple[str, str], y: float = 8) -> None:
        """The one question or statement of the screen, in both languages."""
        self.put(Text(words[0], theme.TITLE, theme.INK, True, "center"),
                 theme.MARGIN, y, self.inner, 24)
        self.quiet(words[1], y + 25, 12)

    def centred(
        self, words: str, y: float, height: float, size: float = theme.BODY, bold: bool = False
    ) -> Text:
        """Words in the middle, over the whole width."""
        text: Text = self.put(
            Text(words, size, theme.INK, bold, "center"), theme.MARGIN, y, self.inner, height
        )
        return text

    @staticmethod
    def tell(chinese: Text, english: Text, key: str, **values: object) -> None:
        """Show the words of a key in both languages; without a key nothing."""
        words = both(key, **values) if key else ("", "")
        chinese.say(words[0])
        english.say(words[1])

    def quiet(self, words: str, y: float, height: float) -> Text:
        """The other language, small and soft, in the middle over the whole width."""
        text: Text = self.put(
            Text(words, theme.SMALL, theme.SOFT_INK, False, "center"),
            theme.MARGIN, y, self.inner, height,
        )
        return text

    def with_platform(self) -> Surface:
        """A part of the screen for what only the platform can give; see `show_ways`."""
        self._platform_ways = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        self._platform_ways.pos = self.pos
        self.add_widget(self._platform_ways)
        return self._platform_ways

    def show_ways(self, state: State) -> None:
        """Show that part, unless what was kept here is all there is in this visit."""
        offline = state.progress is not None and state.progress.offline
        self._platform_ways.opacity = 0.0 if offline else 1.0
        self._platform_ways.disabled = offline

    def end_button(self) -> None:
        """At the bottom left: end the visit."""
        self.button(
            "cancel", both("common.cancel"), lambda: self.ui.send(Cancelled()),
            (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY,
        )

    def other_button(
        self, name: str, words: tuple[str, str], press: Callable[[], None]
    ) -> None:
        """At the bottom right: another way that is as good."""
        self.button(
            name, words, press, (theme.MARGIN + 82, self.bottom - 28, self.inner - 82, 28),
            size=theme.BODY,
        )

    def main_button(
        self, name: str, words: tuple[str, str], press: Callable[[], None]
    ) -> None:
        """At the bottom right, wide: the way on."""
        self.button(
            name, words, press,
            (theme.MARGIN + 82, self.bottom - 34, self.inner - 82, 34), primary=True,
        )
