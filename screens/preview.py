"""The first page of the chosen certificate."""

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.certificates.port import Page
from kiosk.visit.events import ChoseHandOver, PreviewAccepted, WentBack
from kiosk.visit.states import State, Step
from screens import theme
from screens.base import Screen, both
from screens.widgets import Panel, Working


class PageView(Widget):
    """A page as a picture, as large as fits."""

    def fit(self, px_per_mm: float) -> None:
        """Nothing is shown yet."""

    def show(self, page: Page | None) -> None:
        """Show a page, or nothing."""
        self.canvas.clear()
        if page is None:
            return
        texture = Texture.create(size=(page.width, page.height), colorfmt="rgb")
        texture.blit_buffer(page.colours, colorfmt="rgb", bufferfmt="ubyte")
        texture.flip_vertical()
        scale = min(self.width / page.width, self.height / page.height)
        size = (page.width * scale, page.height * scale)
        pos = (self.center_x - size[0] / 2, self.center_y - size[1] / 2)
        with self.canvas:
            Color(*theme.BORDER)
            Rectangle(pos=(pos[0] - 2, pos[1] - 2), size=(size[0] + 4, size[1] + 4))
            Color(1, 1, 1, 1)
            Rectangle(pos=pos, size=size, texture=texture)


class Preview(Screen):
    """The first page, and the question whether it is the right one."""

    step = Step.PREVIEW
    progress = 2

    def build(self) -> None:
        """Room for the page, what was checked, and the way on."""
        self.title(both("preview.title"))
        self._height = self.bottom - 34 - 34 - 34 - 52
        self.put(Panel(theme.PALE), theme.MARGIN, 50, self.inner, self._height)
        self._page = PageView()
        self.put(self._page, theme.MARGIN + 6, 54, self.inner - 12, self._height - 8)
        self._working = Working()
        self.put(self._working, (self.ui.width_mm - 40) / 2, 120, 40, 40)
        self._line = self.centred("", 52 + self._height, 14, theme.SMALL, True)
        self._line_english = self.quiet("", 66 + self._height, 12)
        self.button("back", both("common.back"), lambda: self.ui.send(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)
        self.main_button("accept", both("preview.accept"),
                         lambda: self.ui.send(PreviewAccepted()))
        self.with_platform().button(
            "hand_over", both("hand_over.choose"), self.sends(ChoseHandOver()),
            (theme.MARGIN, self.bottom - 66, self.inner, 28), size=theme.BODY,
        )
        self._shown: int | None = None

    def enter(self, state: State) -> None:
        """Show the page, or that it is coming."""
        self.show_ways(state)
        self._shown = None
        self._page.show(None)
        self._working.opacity = 1
        self._working.run(True)
        self.update(state)

    def update(self, state: State) -> None:
        """Show the page once it is there."""
        progress = state.progress
        if progress is None or progress.chosen is None:
            return
        checked = self.ui.visit.files.get(progress.chosen)
        if checked is None:
            words = both("preview.checking")
        else:
            words = both("preview.verified", signer=checked.signer)
            if self._shown != progress.chosen:
                self._shown = progress.chosen
                self._working.run(False)
                self._working.opacity = 0
                self._page.show(checked.preview)
        self._line.say(words[0])
        self._line_english.say(words[1])

    def leave(self) -> None:
        """Show nothing any more."""
        self._working.run(False)
        self._page.show(None)
