"""A printed copy that somebody wants verified; needs nobody to sign in, and no line."""

from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, begin, enter, on, problem, progress_of, refuse, with_
from kiosk.visit.offers import Offer, offers
from kiosk.visit.states import CHECKED, State, Step


@on(Step.IDLE, event=ev.ChoseCheckPaper)
def _(state: State, event: ev.ChoseCheckPaper) -> Outcome:
    obstacle = offers(state)[Offer.CHECK_PAPER]
    return refuse(state, obstacle) if obstacle else begin(state, Step.CHECK_PAPER)


@on(Step.CHECK_PAPER, event=ev.PaperJudged)
def _(state: State, event: ev.PaperJudged) -> Outcome:
    return with_(state, verdict=event.verdict, outcome=CHECKED), ()


@on(Step.CHECK_PAPER, event=ev.PaperFailed)
def _(state: State, event: ev.PaperFailed) -> Outcome:
    return problem(state, event.reason, Step.CHECK_PAPER)


@on(Step.CHECK_PAPER, event=ev.WantsAnother)
def _(state: State, event: ev.WantsAnother) -> Outcome:
    return enter(state, Step.CHECK_PAPER) if progress_of(state).verdict else (state, ())
