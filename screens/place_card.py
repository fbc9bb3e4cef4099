"""Lay down the card."""

from kiosk.visit.events import ChosePhone
from kiosk.visit.states import Step
from screens import theme
from screens.base import Screen, both
from screens.icons import Icon
from screens.widgets import Panel


class PlaceCard(Screen):
    """Where the card goes."""

    step = Step.PLACE_CARD
    progress = 0

    def build(self) -> None:
        """A large picture of card and reader."""
        self.title(both("place_card.title"))
        self.put(Panel(theme.CARD, theme.BORDER), theme.MARGIN, 56, self.inner, 180)
        self.put(Icon("reader", weight=0.03), (self.ui.width_mm - 130) / 2, 66, 130, 130)
        text, english = both("place_card.text")
        self.centred(text, 192, 18, theme.BODY, True)
        self.quiet(english, 212, 14)
        kinds, kinds_english = both("place_card.kinds")
        self.centred(kinds, 250, 16, theme.SMALL)
        self.quiet(kinds_english, 266, 14)
        self.end_button()
        self.other_button("phone", both("phone.choose"), lambda: self.ui.send(ChosePhone()))
