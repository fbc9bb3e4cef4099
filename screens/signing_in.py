"""The platform confirms the citizen, then lists the certificates."""

from kiosk.visit.states import State, Step
from screens.base import both
from screens.reading import Waiting


class SigningIn(Waiting):
    """Two lines of work, one after the other."""

    step = Step.SIGNING_IN
    progress = 1
    icon = "face"
    words = "signing_in"

    def line(self, state: State) -> tuple[str, str]:
        """Which of the two is going on."""
        if state.progress is not None and state.progress.offline:
            return both("signing_in.kept")
        signed_in = state.progress is not None and state.progress.signed_in
        return both("signing_in.listing" if signed_in else "common.please_wait")
