"""A certificate that needs one more check of who one is."""

from kiosk.visit.events import StepsUp, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel


class StepUp(Screen):
    """Why, and the way on."""

    step = Step.STEP_UP
    progress = 2

    def build(self) -> None:
        """One picture, two sentences, two buttons."""
        self.title(both("step_up.title"))
        self.put(Icon("reader", weight=0.03), (self.ui.width_mm - 110) / 2, 60, 110, 110)
        self._name = self.centred("", 180, 20, theme.LARGE, True)
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 206, self.inner, 84)
        text, text_english = both("step_up.text")
        self.centred(text, 212, 16, theme.BODY)
        self.quiet(text_english, 228, 13)
        keep, keep_english = both("step_up.keep")
        self.centred(keep, 250, 16, theme.BODY)
        self.quiet(keep_english, 266, 13)
        self.button("back", both("step_up.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)
        self.main_button("go", both("step_up.go"), lambda: self.ui.send(StepsUp()))

    def enter(self, state: State) -> None:
        """Say which certificate."""
        progress = state.progress
        if progress is not None and progress.chosen is not None:
            self._name.say(self.ui.visit.certificates[progress.chosen].name)

    def leave(self) -> None:
        """Forget which."""
        self._name.say("")
