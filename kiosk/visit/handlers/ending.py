"""Problems and ways out of them, leaving, time, and software that breaks."""

from dataclasses import replace

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    Outcome,
    at_rest,
    back_to_list,
    enter,
    leave,
    on,
    problem,
    progress_of,
    with_,
)
from kiosk.visit.delays import MOST_EXTENSIONS, Delay, active_delay
from kiosk.visit.states import ENDING, PRINTED, State, Step


@on(Step.PROBLEM, event=ev.TriedAgain)
def _(state: State, event: ev.TriedAgain) -> Outcome:
    retry = state.retry
    if retry is None:
        return state, ()
    if progress_of(state).outcome != PRINTED:
        state = with_(state, outcome=None)
    if retry is Step.CERTIFICATES:
        return back_to_list(state)
    if retry is Step.PLACE_CARD and state.equipment.card_present:
        return enter(state, Step.READING)
    return enter(state, retry)


@on(Step.PROBLEM, event=ev.Leaves)
def _(state: State, event: ev.Leaves) -> Outcome:
    return leave(state, str(state.reason))


@on(event=ev.Leaves)
@on(event=ev.Cancelled)
def _cancelled(state: State, event: ev.Cancelled | ev.Leaves) -> Outcome:
    if state.progress is None or state.step in ENDING or state.step is Step.PRINTING:
        return state, ()
    return leave(state, Reason.CANCELLED)


@on(event=ev.Elapsed)
def _elapsed(state: State, event: ev.Elapsed) -> Outcome:
    if event.delay is Delay.VISIT:
        return _time_is_up(state)
    if event.delay is not active_delay(state):
        return state, ()
    match event.delay:
        case Delay.IDLE:
            return replace(state, warned=True), ()
        case Delay.FAREWELL:
            return at_rest(state)
        case Delay.WORK:
            return problem(state, Reason.TERMINAL_FAULT, None)
        case Delay.PROBLEM:
            return leave(state, str(state.reason))
        case _:
            return leave(state, Reason.LEFT)


def _time_is_up(state: State) -> Outcome:
    """The visit's time as a whole is over: does it go on? Not asked while something else ends it.

    Printing and other work come to their end first.
    """
    if state.warned or active_delay(state) is not Delay.IDLE:
        return state, ()
    extended = progress_of(state).extended + 1
    if extended > MOST_EXTENSIONS:
        return leave(state, Reason.LEFT)
    return replace(with_(state, extended=extended), warned=True), ()


@on(event=ev.Broke)
def _broke(state: State, event: ev.Broke) -> Outcome:
    # Printing has an end of its own, whatever else breaks meanwhile.
    if state.progress is None or state.step in (*ENDING, Step.PRINTING):
        return state, ()
    return problem(state, Reason.TERMINAL_FAULT, None)
