"""The copies are out; the receipt is coming."""

from kiosk.visit.states import State, Step
from screens.base import both
from screens.reading import Waiting


class Receipt(Waiting):
    """A moment's wait."""

    step = Step.RECEIPT
    progress = 3
    icon = "check"
    words = "receipt"

    def line(self, state: State) -> tuple[str, str]:
        """Where the paper is."""
        return both("printing.where")
