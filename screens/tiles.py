"""One question with large answers to touch, some on a page: the shape of many screens."""

from dataclasses import dataclass
from functools import partial

from kiosk.visit.events import Event, WentBack
from kiosk.visit.states import State
from screens import theme
from screens.base import Screen, both
from screens.widgets import LINE, Surface, Text

TOP_MM = 82.0
GAP_MM = 6.0


@dataclass(frozen=True, slots=True)
class Tile:
    """One answer: its name, its words in both languages, and what it sends."""

    name: str
    words: tuple[str, str]
    event: Event


class TileScreen(Screen):
    """A title, tiles in columns, pages where there are many, and one step back."""

    columns = 1
    rows = 5

    def tiles(self, state: State) -> list[Tile]:
        """The answers of a state."""
        raise NotImplementedError

    def build(self) -> None:
        """Title, one more line, and the way back."""
        self.title(both(f"{self.step}.title"))
        text, english = both(f"{self.step}.text")
        self.centred(text, 48, 14, theme.SMALL)
        self.quiet(english, 62, 12)
        self.button("back", both("common.back"), self.sends(WentBack()),
                    (theme.MARGIN, self.bottom - 28, 74, 28), size=theme.BODY)
        self._drawn: tuple[list[Tile], int] | None = None
        self._part: Surface | None = None
        self._page = 0

    def enter(self, state: State) -> None:
        """Begin with the first page."""
        self._page = 0
        self._show(self.tiles(state))

    def update(self, state: State) -> None:
        """Show other answers, from their first page."""
        tiles = self.tiles(state)
        if self._drawn is None or tiles != self._drawn[0]:
            self._page = 0
            self._show(tiles)

    def leave(self) -> None:
        """Take the answers away."""
        if self._part is not None:
            self.remove_widget(self._part)
        self._part = self._drawn = None

    def _turn(self, tiles: list[Tile], by: int) -> None:
        self._page += by
        self._show(tiles)

    def _show(self, tiles: list[Tile]) -> None:
        if self._drawn == (tiles, self._page):
            return
        self.leave()
        self._drawn = (tiles, self._page)
        self._part = part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        most = self.columns * self.rows
        room = self.bottom - 36 - TOP_MM
        width = (self.inner - GAP_MM * (self.columns - 1)) / self.columns
        height = (room - GAP_MM * (self.rows - 1)) / self.rows
        for place, tile in enumerate(tiles[self._page * most : (self._page + 1) * most]):
            row, column = divmod(place, self.columns)
            box = (theme.MARGIN + column * (width + GAP_MM), TOP_MM + row * (height + GAP_MM),
                   width, height)
            self._tile(part, tile, box)
        self._pager(part, tiles, -(-len(tiles) // most))
        self.add_widget(part)

    def _tile(
        self, part: Surface, tile: Tile, box: tuple[float, float, float, float]
    ) -> None:
        x, y, width, height = box
        part.button(tile.name, ("", ""), self.sends(tile.event), box)
        chinese, english = tile.words
        fits = len(chinese) * theme.LARGE <= width - 8
        size = theme.LARGE if fits else theme.BODY
        lines = 1 if fits else -(-len(chinese) * size // (width - 8))
        high = size * LINE * lines
        small = theme.SMALL * LINE * (1 if english_width(english) <= width - 8 else 2)
        top = y + (height - high - small) / 2
        part.put(Text(chinese, size, theme.INK, True, "center"), x + 4, top, width - 8, high)
        part.put(Text(english, theme.SMALL, theme.SOFT_INK, False, "center"),
                 x + 4, top + high, width - 8, small)

    def _pager(self, part: Surface, tiles: list[Tile], pages: int) -> None:
        left, width = theme.MARGIN + 82, self.inner - 82
        for name, by, x in (("previous", -1, left), ("more", 1, left + width / 2 + 4)):
            if 0 <= self._page + by < pages:
                part.button(name, both(f"certificates.{name}"), partial(self._turn, tiles, by),
                            (x, self.bottom - 28, width / 2 - 4, 28), size=theme.BODY)


LETTER = 0.56
"""The width of a letter of the screens' font, on an average, in units of its size."""


def english_width(text: str, size: float = theme.SMALL) -> float:
    """About how wide words of letters are, in millimetres."""
    return len(text) * LETTER * size
