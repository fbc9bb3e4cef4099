"""The terminal cannot print now: why, and where else to go."""

from kiosk.errors import errors
from kiosk.visit.states import State, Step
from kiosk.words import CHINESE, ENGLISH, say
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Text


class OutOfService(Screen):
    """A calm page with the reason."""

    step = Step.OUT_OF_SERVICE

    def build(self) -> None:
        """The sign, the title, and room for the reason."""
        top = self.ui.content_mm * 0.13
        self.put(Icon("closed", theme.ACCENT), (self.ui.width_mm - 56) / 2, top, 56, 56)
        self.title(both("out_of_service.title"), top + 66)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, top + 116, self.inner, 70)
        self._why = self.centred("", top + 120, 22, theme.LARGE, True)
        self._why_english = self.put(
            Text("", theme.SMALL, theme.SOFT_INK, False, "center"),
            theme.MARGIN + 6, top + 144, self.inner - 12, 34,
        )
        place, place_english = (self._elsewhere(language) for language in (CHINESE, ENGLISH))
        self.centred(place, top + 196, 30, theme.BODY, True)
        self.quiet(place_english, top + 228, 26)
        self._code = self.quiet("", self.bottom - 12, 12)

    def _elsewhere(self, language: str) -> str:
        """Where else one can go: the nearest place, where the terminal knows it."""
        place = self.ui.nearest_en if language == ENGLISH else self.ui.nearest_zh
        if place:
            return say("out_of_service.place", language, place=place)
        return say("out_of_service.nearest", language)

    def enter(self, state: State) -> None:
        """Say why."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say why it is now."""
        if state.reason is not None:
            words = errors()[state.reason]
            self._why.say(words.zh_title)
            self._why_english.say(words.en_title)
            self._code.say(f"{both('problem.code')[0]} {state.reason}")
