"""The first screen: what one can do here now, what not and why, and how to begin.

While certificates can be printed there is one large way to begin; otherwise everything that the
terminal offers stands in a list, what works first.
"""

from datetime import date, datetime

from kiosk.errors import errors
from kiosk.reasons import Reason
from kiosk.visit.events import (
    ChoseCheckPaper,
    ChoseGuides,
    ChosePhone,
    ChoseRequest,
    Event,
    Touched,
)
from kiosk.visit.offers import Offer, shown
from kiosk.visit.states import Part, State, Step
from kiosk.words import CHINESE, ENGLISH, say
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel, Surface, Text

NOTES = {
    Part.READER: "reader_note", Part.CAMERA: "camera_note", Part.RECEIPT_PRINTER: "receipt_note",
}
"""What is said of a part that is missing, the most telling first."""
OFFERS: dict[Offer, tuple[str, Event]] = {
    Offer.CERTIFICATES: ("document", Touched()),
    Offer.PACKAGE: ("package", Touched()),
    Offer.CHECK_PAPER: ("check", ChoseCheckPaper()),
    Offer.GUIDES: ("guide", ChoseGuides()),
    Offer.REQUEST: ("request", ChoseRequest()),
}
"""The sign of each offer, and what its tile sends."""
BESIDE = (Offer.CHECK_PAPER, Offer.GUIDES, Offer.REQUEST)
"""What stands below the large way to begin."""
ROW_MM = 57.0
TILE_MM = 88.0
WIDE = theme.MARGIN + 18

Shown = tuple[dict[Offer, Reason | None], tuple[tuple[Part, Reason], ...], str]
"""All that the screen depends on: offers, lost parts, since when there is no line."""


class Idle(Screen):
    """Touch, or lay down the card; or what else there is."""

    step = Step.IDLE

    def build(self) -> None:
        """Nothing: all of it depends on what works."""
        self._drawn: Shown | None = None
        self._part: Surface | None = None

    def enter(self, state: State) -> None:
        """Say truthfully what works."""
        self.update(state)

    def update(self, state: State) -> None:
        """Say truthfully what works now."""
        equipment = state.equipment
        self._draw((shown(state), equipment.lost, _clock(equipment.offline_since)))

    def _draw(self, now: Shown) -> None:
        if now == self._drawn:
            return
        if self._part is not None:
            self.remove_widget(self._part)
        self._drawn = now
        self._part = part = Surface(self.ui.width_mm, self.ui.content_mm, self.px_per_mm)
        part.pos = self.pos
        offers, lost, since = now
        obstacle = offers[Offer.CERTIFICATES]
        if obstacle is None:
            self._all(part, offers, dict(lost))
        else:
            self._rest(part, offers, obstacle, since)
        self.add_widget(part)

    # While certificates can be printed

    def _all(
        self, part: Surface, offers: dict[Offer, Reason | None], lost: dict[Part, Reason]
    ) -> None:
        self._line(part, "idle.title", 6, theme.HUGE, theme.NAVY)
        self._line(part, "idle.subtitle", 60, theme.BODY)
        part.button("start", both("idle.touch"), self.sends(Touched()),
                    (WIDE, 98, self.inner - 36, 52), primary=True, size=theme.TITLE)
        self._or_card(part, 158, Part.READER in lost)
        part.button("phone", both("phone.choose"), self.sends(ChosePhone()),
                    (WIDE, 216, self.inner - 36, 34), size=theme.BODY)
        width = (self.inner - theme.GAP * (len(BESIDE) - 1)) / len(BESIDE)
        for place, offer in enumerate(BESIDE):
            x = theme.MARGIN + place * (width + theme.GAP)
            self._tile(part, offer, offers[offer], (x, 264, width, TILE_MM))
        missing = next((one for one in NOTES if one in lost), None)
        self._line(part, f"idle.{NOTES[missing]}" if missing else "idle.free",
                   self.bottom - 34, theme.BODY)

    def _line(
        self, part: Surface, key: str, y: float, size: float, colour: theme.Colour = theme.INK
    ) -> None:
        """Chinese above English, in the middle."""
        chinese, english = both(key)
        high = size * 1.46
        small = theme.LARGE if size == theme.HUGE else theme.SMALL
        part.put(Text(chinese, size, colour, True, "center"), theme.MARGIN, y, self.inner, high)
        part.put(Text(english, small, theme.SOFT_INK, False, "center"),
                 theme.MARGIN, y + high, self.inner, small * 1.46)

    def _or_card(self, part: Surface, y: float, lost: bool) -> None:
        words, english = both("idle.no_card" if lost else "idle.card")
        part.put(Panel(theme.PALE if lost else theme.CARD, None if lost else theme.BORDER),
                 WIDE, y, self.inner - 36, 50)
        part.put(Icon("reader", theme.SOFT_INK if lost else theme.NAVY), WIDE + 10, y + 6, 38, 38)
        left, width = WIDE + 56, self.inner - 36 - 60
        part.put(Text(words, theme.BODY, theme.INK, True), left, y + 7, width, 18)
        part.put(Text(english, theme.SMALL, theme.SOFT_INK), left, y + 27, width, 14)

    def _tile(
        self, part: Surface, offer: Offer, why: Reason | None,
        box: tuple[float, float, float, float],
    ) -> None:
        """A square with sign and words; one that does not work says why, and cannot be touched."""
        x, y, width, height = box
        title, english = both(f"offer.{offer}")
        sign, event = OFFERS[offer]
        if why is None:
            part.button(str(offer), ("", ""), self.sends(event), box)
            part.put(Icon(sign), x + (width - 38) / 2, y + 8, 38, 38)
            self._stack(part, [(title, theme.BODY, True), (english, theme.SMALL, False)],
                        (x, y + 50, width))
            return
        part.put(Panel(theme.PALE), x, y, width, height)
        words = errors()[why]
        self._stack(part, [(title, theme.BODY, True), (english, theme.SMALL, False)],
                    (x, y + 3, width))
        for text, top, bold in ((words.zh_title, 32, True), (words.en_title, 58, False)):
            part.put(Text(text, theme.SMALL, theme.INK, bold, "center"),
                     x + 3, y + top, width - 6, 26)

    def _stack(
        self, part: Surface, lines: list[tuple[str, float, bool]],
        at: tuple[float, float, float],
    ) -> None:
        x, y, width = at
        for text, size, bold in lines:
            part.put(Text(text, size, theme.INK, bold, "center"), x + 3, y, width - 6, size * 1.46)
            y += size * 1.46

    # While they cannot

    def _rest(
        self, part: Surface, offers: dict[Offer, Reason | None], obstacle: Reason, since: str
    ) -> None:
        words = errors()[obstacle]
        chinese, english = words.zh_title, words.en_title
        if since:
            chinese = say("idle.no_line", CHINESE, time=since)
            english = say("idle.no_line", ENGLISH, time=since)
        still, still_english = both("idle.still")
        part.put(Icon("no_line" if since else "warning"), theme.MARGIN, 2, 38, 38)
        left, width = theme.MARGIN + 48, self.inner - 48
        part.put(Text(chinese, theme.LARGE, theme.INK, True), left, 2, width, 19)
        part.put(Text(still, theme.LARGE, theme.NAVY, True), left, 21, width, 19)
        part.put(Text(f"{english}: {still_english}", theme.SMALL, theme.SOFT_INK),
                 theme.MARGIN, 43, self.inner, 13)
        rows = sorted(offers, key=lambda offer: offers[offer] is not None)
        for place, offer in enumerate(rows):
            self._row(part, offer, offers[offer], 64 + place * (ROW_MM + 9))

    def _row(self, part: Surface, offer: Offer, why: Reason | None, y: float) -> None:
        title, english = both(f"offer.{offer}")
        sign, event = OFFERS[offer]
        left, width = theme.MARGIN + 60, self.inner - 66
        box = (theme.MARGIN, y, self.inner, ROW_MM)
        if why is None:
            part.button(str(offer), ("", ""), self.sends(event), box)
            part.put(Icon(sign), theme.MARGIN + 10, y + 8, 41, 41)
            part.put(Text(title, theme.TITLE, theme.INK, True), left, y + 8, width, 24)
            part.put(Text(english, theme.SMALL, theme.SOFT_INK), left, y + 34, width, 14)
            return
        part.put(Panel(theme.PALE), *box)
        part.put(Icon(sign, theme.SOFT_INK, 0.03), theme.MARGIN + 14, y + 12, 33, 33)
        words = errors()[why]
        part.put(Text(f"{title} {english}", theme.SMALL, theme.SOFT_INK), left, y + 4, width, 13)
        part.put(Text(words.zh_title, theme.BODY, theme.INK, True), left, y + 19, width, 16)
        part.put(Text(words.en_title, theme.SMALL, theme.SOFT_INK), left, y + 37, width, 13)


def _clock(since: datetime | None) -> str:
    """When the line went down: the time, and the day where that is not today."""
    if since is None:
        return ""
    return since.strftime("%H:%M" if since.date() == date.today() else "%m-%d %H:%M")
