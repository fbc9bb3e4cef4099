"""Guides, and what a citizen leaves or asks about: without card and sign-in, and without a line."""

from dataclasses import replace

from kiosk.reasons import Reason
from kiosk.services.port import CATEGORIES, LEVELS, TERMINAL, Draft, Kind, RequestStatus
from kiosk.visit import events as ev
from kiosk.visit.chart import Outcome, begin, enter, leave, on, problem, progress_of, refuse, with_
from kiosk.visit.effects import (
    ClearTyped,
    Effect,
    FindRequest,
    KeepRequest,
    PrintGuide,
    PrintSlip,
    TakeContent,
)
from kiosk.visit.offers import Offer, offers
from kiosk.visit.states import (
    FOLLOWED_UP,
    INFORMED,
    PRINTED,
    REQUESTED,
    Part,
    Slip,
    State,
    Step,
)


def _begin(state: State, offer: Offer, step: Step) -> Outcome:
    obstacle = offers(state)[offer]
    if obstacle is not None:
        return refuse(state, obstacle)
    after, effects = begin(state, step)
    return after, (TakeContent(), *effects)


# Guides


@on(Step.IDLE, event=ev.ChoseGuides)
def _(state: State, event: ev.ChoseGuides) -> Outcome:
    return _begin(state, Offer.GUIDES, Step.GUIDES)


@on(Step.GUIDES, event=ev.DomainChosen)
def _(state: State, event: ev.DomainChosen) -> Outcome:
    return with_(state, domain=event.domain), ()


@on(Step.GUIDES, event=ev.GuideChosen)
def _(state: State, event: ev.GuideChosen) -> Outcome:
    chosen = with_(state, guide=event.id, slip=Slip.NONE, outcome=INFORMED)
    return enter(chosen, Step.GUIDE)


@on(Step.GUIDES, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    if progress_of(state).domain is None:
        return leave(state, Reason.CANCELLED)
    return with_(state, domain=None), ()


@on(Step.GUIDE, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    if _strip_comes_out(state):
        return state, ()
    return enter(with_(state, guide=None), Step.GUIDES)


@on(Step.GUIDE, event=ev.PrintsGuide)
def _(state: State, event: ev.PrintsGuide) -> Outcome:
    progress = progress_of(state)
    lost = state.equipment.reason(Part.RECEIPT_PRINTER)
    if progress.slip is Slip.PRINTING or lost is not None or progress.guide is None:
        return state, ()
    return with_(state, slip=Slip.PRINTING), (PrintGuide(progress.guide),)


@on(Step.GUIDE, Step.REQUEST_KEPT, event=ev.SlipPrinted)
def _(state: State, event: ev.SlipPrinted) -> Outcome:
    return with_(state, slip=Slip.PRINTED), ()


@on(Step.GUIDE, Step.REQUEST_KEPT, event=ev.SlipFailed)
def _(state: State, event: ev.SlipFailed) -> Outcome:
    return with_(state, slip=Slip.FAILED), ()


# Leaving a request, a complaint or a rating: one question after the other


@on(Step.IDLE, event=ev.ChoseRequest)
def _(state: State, event: ev.ChoseRequest) -> Outcome:
    return _begin(state, Offer.REQUEST, Step.REQUEST)


@on(Step.ANOTHER, event=ev.ChoseRating)
def _(state: State, event: ev.ChoseRating) -> Outcome:
    obstacle = offers(state)[Offer.REQUEST]
    if obstacle is not None:
        return problem(state, obstacle, None)
    return enter(with_(state, draft=Draft(Kind.RATING, TERMINAL)), Step.RATING)


@on(Step.REQUEST, event=ev.KindChosen)
def _(state: State, event: ev.KindChosen) -> Outcome:
    return enter(with_(state, draft=Draft(event.kind)), Step.ABOUT)


@on(Step.ABOUT, event=ev.AboutChosen)
def _(state: State, event: ev.AboutChosen) -> Outcome:
    draft = _draft(state)
    step = Step.RATING if draft.kind is Kind.RATING else Step.CATEGORY
    return enter(with_(state, draft=replace(draft, about=event.about)), step)


@on(Step.RATING, event=ev.RatingChosen)
def _(state: State, event: ev.RatingChosen) -> Outcome:
    if event.level not in LEVELS:
        return state, ()
    return enter(with_(state, draft=replace(_draft(state), level=event.level)), Step.REVIEW)


@on(Step.CATEGORY, event=ev.CategoryChosen)
def _(state: State, event: ev.CategoryChosen) -> Outcome:
    draft = _draft(state)
    if event.category not in CATEGORIES[draft.kind]:
        return state, ()
    return _ask_contact(with_(state, draft=replace(draft, category=event.category)))


def _ask_contact(state: State) -> Outcome:
    """Ask for a number; one that was typed before is forgotten."""
    draft = replace(_draft(state), call=None)
    after, effects = enter(with_(state, draft=draft, typed=False), Step.CONTACT)
    return after, (ClearTyped(), *effects)


@on(Step.CONTACT, Step.REQUEST_CODE, event=ev.Typed)
def _(state: State, event: ev.Typed) -> Outcome:
    return with_(state, typed=event.whole), ()


@on(Step.CONTACT, event=ev.TypingDone)
def _(state: State, event: ev.TypingDone) -> Outcome:
    return enter(state, Step.CALL_TIME) if progress_of(state).typed else (state, ())


@on(Step.CONTACT, event=ev.LeavesNoNumber)
def _(state: State, event: ev.LeavesNoNumber) -> Outcome:
    after, effects = enter(with_(state, typed=False), Step.REVIEW)
    return after, (ClearTyped(), *effects)


@on(Step.CALL_TIME, event=ev.CallTimeChosen)
def _(state: State, event: ev.CallTimeChosen) -> Outcome:
    return enter(with_(state, draft=replace(_draft(state), call=event.call)), Step.REVIEW)


@on(Step.REVIEW, event=ev.SendConfirmed)
def _(state: State, event: ev.SendConfirmed) -> Outcome:
    after, effects = enter(state, Step.SENDING)
    return after, (*effects, KeepRequest(_draft(state)))


@on(Step.SENDING, event=ev.Leaves)
@on(Step.SENDING, event=ev.Cancelled)
def _(state: State, event: ev.Event) -> Outcome:
    # It may be on the disk already, and its code is not yet known to the citizen.
    return state, ()


@on(Step.SENDING, event=ev.RequestKept)
def _(state: State, event: ev.RequestKept) -> Outcome:
    progress = progress_of(state)
    # Nobody follows up a rating, so there is nothing to take along.
    prints = event.kind is not Kind.RATING and not state.equipment.reason(Part.RECEIPT_PRINTER)
    after, effects = enter(
        with_(
            state, status=RequestStatus.WAITING, typed=False,
            slip=Slip.PRINTING if prints else Slip.NONE,
            outcome=PRINTED if progress.outcome == PRINTED else REQUESTED,
        ),
        Step.REQUEST_KEPT,
    )
    slip: tuple[Effect, ...] = (PrintSlip(event.kind),) if prints else ()
    return after, (*effects, *slip)


@on(Step.SENDING, event=ev.RequestFailed)
def _(state: State, event: ev.RequestFailed) -> Outcome:
    return problem(state, event.reason, Step.REVIEW)


@on(Step.REQUEST_KEPT, event=ev.RequestFound)
def _(state: State, event: ev.RequestFound) -> Outcome:
    return with_(state, status=event.status), ()


# What became of it


@on(Step.REQUEST, event=ev.ChoseFollowUp)
@on(Step.REQUEST_STATUS, event=ev.WantsAnother)
def _(state: State, event: ev.Event) -> Outcome:
    return _ask_code(state)


def _ask_code(state: State) -> Outcome:
    after, effects = enter(with_(state, typed=False, status=None), Step.REQUEST_CODE)
    return after, (ClearTyped(), *effects)


@on(Step.REQUEST_CODE, event=ev.TypingDone)
def _(state: State, event: ev.TypingDone) -> Outcome:
    return (state, (FindRequest(),)) if progress_of(state).typed else (state, ())


@on(Step.REQUEST_CODE, event=ev.RequestFound)
def _(state: State, event: ev.RequestFound) -> Outcome:
    return enter(with_(state, status=event.status, outcome=FOLLOWED_UP), Step.REQUEST_STATUS)


@on(Step.REQUEST_CODE, event=ev.RequestFailed)
def _(state: State, event: ev.RequestFailed) -> Outcome:
    return problem(state, event.reason, None)


# Back, and leaving


@on(
    Step.REQUEST, Step.ABOUT, Step.RATING, Step.CATEGORY, Step.CONTACT, Step.CALL_TIME,
    Step.REVIEW, Step.REQUEST_CODE, event=ev.WentBack,
)
def _(state: State, event: ev.WentBack) -> Outcome:
    progress = progress_of(state)
    match state.step:
        case Step.REQUEST:
            return leave(state, Reason.CANCELLED)
        case Step.RATING if progress.outcome == PRINTED:
            return enter(with_(state, draft=None), Step.ANOTHER)
        case Step.RATING | Step.CATEGORY:
            return enter(state, Step.ABOUT)
        case Step.CONTACT:
            return enter(state, Step.CATEGORY)
        case Step.CALL_TIME:
            return _ask_contact(state)
        case Step.REVIEW if _draft(state).kind is Kind.RATING:
            return enter(state, Step.RATING)
        case Step.REVIEW if _draft(state).call is not None:
            return enter(state, Step.CALL_TIME)
        case Step.REVIEW:
            return _ask_contact(state)
    return enter(with_(state, draft=None), Step.REQUEST)


@on(Step.GUIDE, Step.REQUEST_KEPT, Step.REQUEST_STATUS, event=ev.Leaves)
@on(Step.GUIDE, Step.REQUEST_KEPT, event=ev.Cancelled)
def _(state: State, event: ev.Event) -> Outcome:
    # The end of the visit would end the print, and half a strip has no code. The print has a
    # deadline of its own.
    return (state, ()) if _strip_comes_out(state) else leave(state, Reason.CANCELLED)


def _strip_comes_out(state: State) -> bool:
    return progress_of(state).slip is Slip.PRINTING


def _draft(state: State) -> Draft:
    draft = progress_of(state).draft
    assert draft is not None, f"nothing is left in {state.step}"
    return draft
