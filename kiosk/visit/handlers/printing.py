"""Paper and receipt, and whether another one is wanted."""

from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, back_to_list, enter, leave, on, problem, progress_of, with_
from kiosk.visit.states import PRINTED, State, Step


@on(Step.COPIES, event=ev.PrintConfirmed)
def _(state: State, event: ev.PrintConfirmed) -> Outcome:
    return enter(with_(state, pages_printed=0), Step.PRINTING)


@on(Step.PRINTING, event=ev.PagePrinted)
def _(state: State, event: ev.PagePrinted) -> Outcome:
    return with_(state, pages_printed=event.pages), ()


@on(Step.PRINTING, event=ev.Printed)
def _(state: State, event: ev.Printed) -> Outcome:
    return enter(with_(state, outcome=PRINTED), Step.RECEIPT)


@on(Step.PRINTING, event=ev.PrintFailed)
def _(state: State, event: ev.PrintFailed) -> Outcome:
    # Of what is kept it counted the copies first: how many are left must be asked again.
    again = Step.SIGNING_IN if progress_of(state).offline else Step.COPIES
    return problem(state, event.reason, again)


@on(Step.RECEIPT, event=ev.ReceiptPrinted)
def _(state: State, event: ev.ReceiptPrinted) -> Outcome:
    return enter(state, Step.ANOTHER)


@on(Step.RECEIPT, event=ev.ReceiptFailed)
def _(state: State, event: ev.ReceiptFailed) -> Outcome:
    return enter(state, Step.ANOTHER, reason=event.reason)


@on(Step.ANOTHER, event=ev.WantsAnother)
def _(state: State, event: ev.WantsAnother) -> Outcome:
    # Of what is kept fewer copies are left now.
    return enter(state, Step.SIGNING_IN) if progress_of(state).offline else back_to_list(state)


@on(Step.ANOTHER, event=ev.Leaves)
def _(state: State, event: ev.Leaves) -> Outcome:
    return leave(state, PRINTED)
