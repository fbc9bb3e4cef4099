"""Digits that are typed on the screen: shown as they stand, checked as a whole."""

from functools import partial

from kiosk.visit.events import Typed, TypingDone
from kiosk.visit.states import State
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Surface, TouchButton

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "erase")
TOP_MM, KEY_MM = 126.0, 43.0


class PadScreen(Screen):
    """A pad of digits. What is typed is in the visit only, and goes with it."""

    most: int
    """Digits that are taken."""
    done: str
    """The words of the button that goes on, when what is typed is whole."""

    def is_whole(self, typed: str) -> bool:
        """Whether what is typed is right."""
        raise NotImplementedError

    def is_wrong(self, typed: str) -> bool:
        """Whether it cannot become right any more."""
        return len(typed) >= self.most and not self.is_whole(typed)

    def shown(self, typed: str) -> str:
        """How it is shown."""
        return typed

    def build(self) -> None:
        """Title, what was typed, and the keys."""
        self.title(both(f"{self.step}.title"))
        self._text, self._english = self.centred("", 48, 14, theme.SMALL), self.quiet("", 62, 12)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 80, self.inner, 40)
        self._digits = self.centred("", 82, 36, theme.HUGE, True)
        width = (self.inner - 2 * theme.GAP) / 3
        for place, key in enumerate(KEYS):
            row, column = divmod(place, 3)
            box = (theme.MARGIN + column * (width + theme.GAP),
                   TOP_MM + row * (KEY_MM + 6), width, KEY_MM)
            words = (key, "") if key.isdigit() else both(f"contact.{key}")
            size = theme.HUGE if key.isdigit() else theme.BODY
            self.button(f"key-{key}", words, partial(self._type, key), box, size=size)
        self._go: Surface | None = None

    def enter(self, state: State) -> None:
        """Show what stands there."""
        self.update(state)

    def update(self, state: State) -> None:
        """Show what stands there now, and the way on where it is whole."""
        typed = self.ui.visit.typed
        self._digits.say(self.shown(typed))
        words = both(f"{self.step}.wrong" if self.is_wrong(typed) else f"{self.step}.text")
        self._text.say(words[0])
        self._english.say(words[1])
        whole = state.progress is not None and state.progress.typed
        if whole and self._go is None:
            self._go = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
            self._go.pos = self.pos
            self._done_button(self._go)
            self.add_widget(self._go)
        elif not whole:
            self._no_way_on()

    def leave(self) -> None:
        """Nothing that was typed stays on the screen."""
        self._digits.say("")
        self._no_way_on()

    def _done_button(self, part: Surface) -> TouchButton:
        return part.button(
            "done", both(f"{self.step}.{self.done}"), self.sends(TypingDone()),
            (theme.MARGIN + 82, self.bottom - 34, self.inner - 82, 34), primary=True,
        )

    def _no_way_on(self) -> None:
        if self._go is not None:
            self.remove_widget(self._go)
            self._go = None

    def _type(self, key: str) -> None:
        typed = self.ui.visit.typed
        if key == "clear":
            typed = ""
        elif key == "erase":
            typed = typed[:-1]
        elif len(typed) < self.most:
            typed += key
        self.ui.visit.typed = typed
        self.ui.send(Typed(self.is_whole(typed)))
