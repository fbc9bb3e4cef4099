"""Acting for somebody else: a child, or somebody who has authorised the citizen."""

from dataclasses import replace

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    Outcome,
    back_to_list,
    enter,
    forced,
    on,
    problem,
    progress_of,
    signed_out,
    with_,
)
from kiosk.visit.effects import ActFor
from kiosk.visit.states import State, Step


@on(Step.CERTIFICATES, event=ev.ChoseForOther)
def _(state: State, event: ev.ChoseForOther) -> Outcome:
    return enter(state, Step.PRINCIPALS)


@on(Step.PROBLEM, event=ev.ChoseForOther)
def _(state: State, event: ev.ChoseForOther) -> Outcome:
    if not can_act(state):
        return state, ()
    return enter(with_(state, outcome=None), Step.PRINCIPALS)


def can_act(state: State) -> bool:
    """Whether one who holds nothing may still be here for somebody else."""
    progress = state.progress
    return (
        state.reason is Reason.NO_CERTIFICATES and progress is not None
        and progress.signed_in and progress.acting is None
    )


@on(Step.PRINCIPALS, event=ev.PrincipalsListed)
def _(state: State, event: ev.PrincipalsListed) -> Outcome:
    return with_(state, principals=event.relations), ()


@on(Step.PRINCIPALS, event=ev.PrincipalsFailed)
def _(state: State, event: ev.PrincipalsFailed) -> Outcome:
    if event.reason is Reason.SIGNED_OUT:
        return signed_out(state, event.reason)
    return forced(problem(state, event.reason, None), Step.PRINCIPALS)


@on(Step.PRINCIPALS, event=ev.PrincipalChosen)
def _(state: State, event: ev.PrincipalChosen) -> Outcome:
    progress = progress_of(state)
    known = event.index is None or (
        progress.principals is not None and 0 <= event.index < len(progress.principals)
    )
    if not known or (event.index is None and progress.acting is None):
        return state, ()
    # Entering the step would list by the session that there is.
    fresh = with_(
        state, certificates=(), pages=(), fetching=frozenset(), acting=None, ward=False
    )
    return replace(fresh, step=Step.SIGNING_IN), (ActFor(event.index),)


@on(Step.PRINCIPALS, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    return back_to_list(state)
