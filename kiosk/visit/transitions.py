"""The visit's statechart: `transition(state, event) -> (state, effects)`, pure.

An event that no handler wants changes nothing: the citizen may do anything at any time.
"""

from dataclasses import replace

from kiosk.visit import events as ev
from kiosk.visit.chart import GLOBAL_HANDLERS, HANDLERS, Outcome
from kiosk.visit.delays import Delay, active_delay
from kiosk.visit.handlers import (
    acting,
    card,
    choosing,
    ending,
    equipment,
    handing_over,
    packages,
    paper,
    printing,
    services,
    signing_in,
    technician,
    ways,
)
from kiosk.visit.handlers.packages import needs_platform
from kiosk.visit.states import State

SUBJECTS = (
    equipment, card, signing_in, ways, choosing, acting, handing_over, packages, printing, paper,
    services, technician, ending,
)
"""The modules whose handlers make up the chart; importing them registers these."""

__all__ = ["GLOBAL_HANDLERS", "HANDLERS", "SUBJECTS", "Delay", "active_delay", "transition"]


def transition(state: State, event: ev.Event) -> Outcome:
    """The next state, and what is to be done."""
    if isinstance(event, ev.CitizenEvent) and state.warned:
        state = replace(state, warned=False)
    if needs_platform(state, event):
        return state, ()
    handler = HANDLERS.get((state.step, type(event))) or GLOBAL_HANDLERS.get(type(event))
    return handler(state, event) if handler else (state, ())
