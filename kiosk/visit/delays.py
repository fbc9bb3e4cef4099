"""Every delay of a visit, by name, with its length and the reason for it."""

from enum import StrEnum


class Delay(StrEnum):
    """Names of delays."""

    IDLE = "idle"
    GRACE = "grace"
    PLACE_CARD = "place_card"
    PROBLEM = "problem"
    FAREWELL = "farewell"
    WORK = "work"


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
}
