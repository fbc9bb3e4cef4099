"""What is kept here for a card's holder, while there is no line.

Card and face are the sign-in: the card opens the package, and the face is that of the picture
in it. Everything that would need the platform does nothing in such a visit.
"""

from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, on, problem
from kiosk.visit.states import State, Step

WITH_PLATFORM = (
    ev.ChosePhone, ev.ChoseScan, ev.ChoseShow, ev.ChoseStaff, ev.StepsUp, ev.ChoseForOther,
    ev.ChoseHandOver, ev.ActsFor, ev.ActingFailed,
)
"""What a citizen can ask for that only the platform can give, and what it alone tells."""


def needs_platform(state: State, event: ev.Event) -> bool:
    """Whether something is asked for, or told, that this visit has no line for."""
    offline = state.progress is not None and state.progress.offline
    return offline and isinstance(event, WITH_PLATFORM)


@on(Step.FACE, event=ev.PackagesFailed)
def _(state: State, event: ev.PackagesFailed) -> Outcome:
    return problem(state, event.reason, Step.FACE)
