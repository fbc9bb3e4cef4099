"""Acting for somebody else: a child, or somebody who has authorised the citizen."""

from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, back_to_list, enter, on, problem, progress_of, with_
from kiosk.visit.effects import ActFor
from kiosk.visit.states import State, Step


@on(Step.CERTIFICATES, event=ev.ChoseForOther)
def _(state: State, event: ev.ChoseForOther) -> Outcome:
    return enter(state, Step.PRINCIPALS)


@on(Step.PRINCIPALS, event=ev.PrincipalsListed)
def _(state: State, event: ev.PrincipalsListed) -> Outcome:
    return with_(state, principals=event.relations), ()


@on(Step.PRINCIPALS, event=ev.PrincipalsFailed)
def _(state: State, event: ev.PrincipalsFailed) -> Outcome:
    return problem(state, event.reason, Step.PRINCIPALS)


@on(Step.PRINCIPALS, event=ev.PrincipalChosen)
def _(state: State, event: ev.PrincipalChosen) -> Outcome:
    progress = progress_of(state)
    known = event.index is None or (
        progress.principals is not None and 0 <= event.index < len(progress.principals)
    )
    if not known or (event.index is None and progress.acting is None):
        return state, ()
    # Signed in already: entering the step would sign in again.
    after, _ = enter(with_(state, certificates=(), pages=()), Step.SIGNING_IN)
    return after, (ActFor(event.index),)


@on(Step.PRINCIPALS, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    return back_to_list(state)
