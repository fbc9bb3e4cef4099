"""Pages are coming out."""

from kiosk.visit.states import State, Step
from screens.base import both
from screens.reading import Waiting


class Printing(Waiting):
    """How many pages are out."""

    step = Step.PRINTING
    progress = 3
    icon = "printer"
    words = "printing"

    def line(self, state: State) -> tuple[str, str]:
        """Pages out of pages in all."""
        progress = state.progress
        if progress is None:
            return both("printing.preparing")
        pages = (progress.page_count(progress.chosen) or 1) * progress.copies
        return both("printing.page", done=progress.pages_printed, pages=pages)
