"""A phone number, if a call is wanted; no number is as easy."""

from kiosk.services.phone import MOST_DIGITS, is_phone
from kiosk.visit.events import LeavesNoNumber, WentBack
from kiosk.visit.states import Step
from screens import theme
from screens.base import both
from screens.pad import PadScreen


class Contact(PadScreen):
    """Type a number, or none."""

    step = Step.CONTACT
    most = MOST_DIGITS
    done = "done"

    def build(self) -> None:
        """The pad, one step back, and no call."""
        super().build()
        self.button("back", both("common.back"), self.sends(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)
        self.button("none", both("contact.none"), self.sends(LeavesNoNumber()),
                    (theme.MARGIN, self.bottom - 34 - 38, self.inner, 32), size=theme.BODY)

    def is_whole(self, typed: str) -> bool:
        """Whether it is a phone number."""
        return is_phone(typed)
