"""The visit goes on on the citizen's phone: offered by a code, confirmed by a number."""

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    Outcome,
    back_to_list,
    enter,
    forced,
    leave,
    on,
    problem,
    progress_of,
    signed_out,
    with_,
)
from kiosk.visit.effects import SettleHandOver
from kiosk.visit.states import HANDED_OVER, PRINTED, State, Step


@on(Step.CERTIFICATES, Step.PREVIEW, Step.ANOTHER, event=ev.ChoseHandOver)
def _(state: State, event: ev.ChoseHandOver) -> Outcome:
    return enter(state, Step.HAND_OVER)


@on(Step.HAND_OVER, event=ev.PhoneCodeShown)
def _(state: State, event: ev.PhoneCodeShown) -> Outcome:
    return with_(state, code_shown=True), ()


@on(Step.HAND_OVER, event=ev.HandOverTaken)
def _(state: State, event: ev.HandOverTaken) -> Outcome:
    return with_(state, taken=True), ()


@on(Step.HAND_OVER, event=ev.NumberCompared)
def _(state: State, event: ev.NumberCompared) -> Outcome:
    if not progress_of(state).taken:
        return state, ()
    if event.same:
        return with_(state, taken=False, settling=True), (SettleHandOver(True),)
    after, effects = back_to_list(state)
    return after, (*effects, SettleHandOver(False))


@on(Step.HAND_OVER, event=ev.HandedOver)
def _(state: State, event: ev.HandedOver) -> Outcome:
    printed = progress_of(state).outcome == PRINTED
    return leave(with_(state, outcome=PRINTED if printed else HANDED_OVER), HANDED_OVER)


@on(Step.HAND_OVER, event=ev.HandOverFailed)
def _(state: State, event: ev.HandOverFailed) -> Outcome:
    if event.reason is Reason.SIGNED_OUT:
        return signed_out(state, event.reason)
    return forced(problem(state, event.reason, None), Step.CERTIFICATES)


@on(Step.HAND_OVER, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    if progress_of(state).settling:
        return state, ()
    after, effects = back_to_list(state)
    # A code that somebody may have seen is good no more.
    withdrawn = (SettleHandOver(False),) if progress_of(state).code_shown else ()
    return after, (*effects, *withdrawn)
