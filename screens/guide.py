"""One guide: who, what to bring, how long, what it costs, what one gets, where. In pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

from kiosk.content.port import Guide
from kiosk.services.slips import days
from kiosk.visit.events import PrintsGuide, WentBack
from kiosk.visit.states import Part, Slip, State, Step
from screens import theme
from screens.base import Screen, both
from screens.tiles import english_width
from screens.widgets import LINE, Panel, Surface, Text

TOP_MM, LABEL_MM = 52.0, 62.0
SLIP_WORDS = {
    Slip.NONE: "print", Slip.PRINTING: "printing", Slip.PRINTED: "printed", Slip.FAILED: "failed",
}
SLACK = 1.15
"""Words are broken before the edge: a line holds less than its width."""


@dataclass(frozen=True, slots=True)
class Block:
    """One statement in both languages, and the question that it answers."""

    label: str
    chinese: str
    english: str

    def heights(self, width: float) -> tuple[float, float]:
        """Millimetres of either language, wrapped at a width."""
        wide = len(self.chinese) * theme.BODY, english_width(self.english)
        lines = [max(1, ceil(one * SLACK / width)) if one else 0 for one in wide]
        return lines[0] * theme.BODY * LINE, lines[1] * theme.SMALL * LINE


class GuideScreen(Screen):
    """Read it, turn the page, take it along."""

    step = Step.GUIDE

    def build(self) -> None:
        """All is the guide's."""
        self._part: Surface | None = None
        self._page = 0

    def enter(self, state: State) -> None:
        """Begin with the first page."""
        self._page = 0
        self.update(state)

    def update(self, state: State) -> None:
        """Show the page, and how the paper fares."""
        progress = state.progress
        guides = self.ui.visit.guides
        guide = next((one for one in guides if progress and one.id == progress.guide), None)
        if progress is None or guide is None:
            return
        self.leave()
        self._part = part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        part.put(Text(guide.title_zh, theme.LARGE, theme.INK, True, "center"),
                 theme.MARGIN, 6, self.inner, 19)
        part.put(Text(guide.title_en, theme.SMALL, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, 26, self.inner, 13)
        pages = self._pages(guide)
        bottom = self.bottom - 76
        part.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, TOP_MM - 6, self.inner,
                 bottom - TOP_MM + 6)
        self._blocks(part, pages[self._page])
        self._pager(part, state, len(pages))
        if progress.slip is not Slip.PRINTING:
            part.button("back", both("common.back"), self.sends(WentBack()),
                        (theme.MARGIN, self.bottom - 32, 74, 32), size=theme.BODY)
        self._print_button(part, progress.slip, state)
        self.add_widget(part)

    def leave(self) -> None:
        """Take the guide away."""
        if self._part is not None:
            self.remove_widget(self._part)
            self._part = None

    def _turn(self, state: State, by: int) -> None:
        self._page += by
        self.update(state)

    @property
    def _width(self) -> float:
        return self.inner - LABEL_MM - 16

    def _pages(self, guide: Guide) -> list[list[Block]]:
        """The statements, as many on a page as have room."""
        room = self.bottom - 76 - TOP_MM
        pages: list[list[Block]] = [[]]
        used = 0.0
        for block in blocks(guide):
            high = sum(block.heights(self._width)) + 5
            if used + high > room and pages[-1]:
                pages.append([])
                used = 0.0
            pages[-1].append(block)
            used += high
        return pages

    def _blocks(self, part: Surface, shown: list[Block]) -> None:
        y, left = TOP_MM, theme.MARGIN + LABEL_MM + 10
        for block in shown:
            chinese, english = block.heights(self._width)
            if block.label:
                words = both(f"guide.{block.label}")
                part.put(Text(words[0], theme.SMALL, theme.SOFT_INK, True),
                         theme.MARGIN + 6, y, LABEL_MM, 14.6)
                part.put(Text(words[1], theme.SMALL, theme.SOFT_INK),
                         theme.MARGIN + 6, y + 14.6, LABEL_MM, 12.6)
            part.put(Text(block.chinese, theme.BODY, theme.INK, True, valign="top"),
                     left, y, self._width, chinese)
            part.put(Text(block.english, theme.SMALL, theme.SOFT_INK, valign="top"),
                     left, y + chinese, self._width, english)
            y += chinese + english + 5

    def _pager(self, part: Surface, state: State, pages: int) -> None:
        half = (self.inner - theme.GAP) / 2
        for name, by, x in (("previous", -1, theme.MARGIN),
                            ("more", 1, theme.MARGIN + half + theme.GAP)):
            if 0 <= self._page + by < pages:
                part.button(name, both(f"certificates.{name}"), partial(self._turn, state, by),
                            (x, self.bottom - 70, half, 32), size=theme.BODY)

    def _print_button(self, part: Surface, slip: Slip, state: State) -> None:
        """A way to take it along; or why there is none."""
        box = (theme.MARGIN + 82, self.bottom - 32, self.inner - 82, 32)
        lost = state.equipment.reason(Part.RECEIPT_PRINTER) is not None
        words = both("guide.no_printer" if lost else f"guide.{SLIP_WORDS[slip]}")
        if not lost and slip is not Slip.PRINTING:
            part.button("print", words, self.sends(PrintsGuide()), box,
                        primary=slip is Slip.NONE, size=theme.BODY)
            return
        x, y, width, _ = box
        part.put(Panel(theme.PALE), *box)
        part.put(Text(words[0], theme.BODY, theme.INK, True, "center"), x + 2, y + 2, width - 4, 15)
        part.put(Text(words[1], theme.SMALL, theme.INK, False, "center"),
                 x + 2, y + 17, width - 4, 13)


def blocks(guide: Guide) -> Iterator[Block]:
    """All statements of a guide, in the order of reading."""
    yield Block("who", guide.who_zh, guide.who_en)
    things = list(zip(guide.bring_zh, guide.bring_en, strict=True)) or [both("guide.nothing")]
    for place, (chinese, english) in enumerate(things):
        yield Block("" if place else "bring", chinese, english)
    yield Block("days", *days(guide))
    yield Block("fee", guide.fee_zh, guide.fee_en)
    yield Block("result", guide.result_zh, guide.result_en)
    yield Block("where", guide.where_zh, guide.where_en)
