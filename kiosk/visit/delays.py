"""Every delay of a visit, by name, with its length and the reason for it."""

from enum import StrEnum

from kiosk.visit.states import ENDING, WITHOUT_VISIT, WORKING, State, Step


class Delay(StrEnum):
    """Names of delays."""

    IDLE = "idle"
    GRACE = "grace"
    PLACE_CARD = "place_card"
    PROBLEM = "problem"
    FAREWELL = "farewell"
    WORK = "work"
    VISIT = "visit"


SECONDS: dict[Delay, float] = {
    # Identified, nothing touched: two minutes, long enough to read a page slowly.
    Delay.IDLE: 120.0,
    # WCAG 2.2.1 asks for at least 20 s to say that one is still there.
    Delay.GRACE: 30.0,
    # Not identified yet: nothing personal is on the screen, one minute will do.
    Delay.PLACE_CARD: 60.0,
    # A problem is read, then the terminal is free for the next person.
    Delay.PROBLEM: 60.0,
    # "Take your papers": long enough to hear it, short enough for the queue.
    Delay.FAREWELL: 5.0,
    # The longest that work may take before the terminal gives it up as broken; each
    # piece of work has its own, shorter limit and reason.
    Delay.WORK: 240.0,
    # A visit as a whole, whatever is touched: then it is asked if it goes on. Runs beside the
    # others, and again after each answer.
    Delay.VISIT: 600.0,
}
MOST_EXTENSIONS = 12
"""So often a visit goes on after being asked; WCAG 2.2.1 asks for at least ten times."""


NAMED = {
    Step.PLACE_CARD: Delay.PLACE_CARD,
    Step.GUARDIAN: Delay.PLACE_CARD,
    Step.PROBLEM: Delay.PROBLEM,
    Step.FAREWELL: Delay.FAREWELL,
}
"""Steps with a delay of their own."""


def visit_lasts(state: State) -> bool:
    """Whether a visit's time as a whole runs in a state."""
    return state.progress is not None and state.step not in ENDING


def active_delay(state: State) -> Delay | None:
    """The delay that runs in a state; which one follows from the state alone."""
    if state.warned:
        return Delay.GRACE
    if state.step in WORKING:
        return Delay.WORK
    if state.step in NAMED:
        return NAMED[state.step]
    if state.step in WITHOUT_VISIT or state.step is Step.TAKE_CARD:
        return None
    return Delay.IDLE
