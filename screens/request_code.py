"""The code of something that was left, to know what became of it."""

from kiosk.services.code import DIGITS, grouped, is_code
from kiosk.visit.events import WentBack
from kiosk.visit.states import Step
from screens import theme
from screens.base import both
from screens.pad import PadScreen


class RequestCode(PadScreen):
    """Type the code."""

    step = Step.REQUEST_CODE
    most = DIGITS
    done = "find"

    def build(self) -> None:
        """The pad, and one step back."""
        super().build()
        self.button("back", both("common.back"), self.sends(WentBack()),
                    (theme.MARGIN, self.bottom - 34, 74, 34), size=theme.BODY)

    def is_whole(self, typed: str) -> bool:
        """Whether it is a code without a slip."""
        return is_code(typed)

    def shown(self, typed: str) -> str:
        """In groups, as on the receipt."""
        return grouped(typed)
