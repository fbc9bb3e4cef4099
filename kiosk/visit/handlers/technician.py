"""The technician: comes when the cabinet's door is opened, and never into somebody's visit."""

from dataclasses import replace

from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, at_rest, on
from kiosk.visit.states import State, Step


@on(event=ev.DoorOpened)
def _opened(state: State, event: ev.DoorOpened) -> Outcome:
    after = _door(state, is_open=True)
    # A visit comes to its own end first; what follows it is `at_rest`.
    return at_rest(after) if state.step in (Step.IDLE, Step.OUT_OF_SERVICE) else (after, ())


@on(event=ev.DoorClosed)
@on(Step.TECHNICIAN, event=ev.ServiceResumed)
def _closed(state: State, event: ev.Event) -> Outcome:
    after = _door(state, is_open=False)
    return at_rest(after) if state.step is Step.TECHNICIAN else (after, ())


def _door(state: State, *, is_open: bool) -> State:
    return replace(state, equipment=replace(state.equipment, door_open=is_open))
