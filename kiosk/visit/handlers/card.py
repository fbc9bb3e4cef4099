"""The card: laid down, read, taken away; a child's card, and the guardian's after it."""

from dataclasses import replace

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    Outcome,
    begin,
    enter,
    leave,
    on,
    problem,
    progress_of,
    refuse,
    with_,
)
from kiosk.visit.effects import ForgetDocument, KeepWard
from kiosk.visit.offers import Offer, offers
from kiosk.visit.states import Part, State, Step

CARD_ATTEMPTS = 5


@on(Step.IDLE, event=ev.Touched)
def _(state: State, event: ev.Touched) -> Outcome:
    obstacle = card_obstacle(state)
    if obstacle is not None:
        return refuse(state, obstacle)
    if state.equipment.reason(Part.READER):
        return begin(state, Step.PHONE)
    return begin(state, Step.READING if state.equipment.card_present else Step.PLACE_CARD)


def card_obstacle(state: State) -> Reason | None:
    """Why a card leads to nothing now; without a line it leads to what is kept for its holder."""
    now = offers(state)
    return None if now[Offer.PACKAGE] is None else now[Offer.CERTIFICATES]


@on(event=ev.CardFound)
def _card_found(state: State, event: ev.CardFound) -> Outcome:
    after = replace(state, equipment=replace(state.equipment, card_present=True))
    if state.step is Step.IDLE:
        obstacle = card_obstacle(after)
        return refuse(after, obstacle) if obstacle else begin(after, Step.READING)
    if state.step in (Step.PLACE_CARD, Step.GUARDIAN) or state.retry is Step.PLACE_CARD:
        return enter(after, Step.READING)
    return enter(after, Step.TAKE_CARD) if state.step is Step.FAREWELL else (after, ())


@on(event=ev.CardRemoved)
def _card_removed(state: State, event: ev.CardRemoved) -> Outcome:
    after = replace(state, equipment=replace(state.equipment, card_present=False))
    return enter(after, Step.FAREWELL) if state.step is Step.TAKE_CARD else (after, ())


@on(Step.READING, event=ev.CardRead)
def _(state: State, event: ev.CardRead) -> Outcome:
    if event.expired:
        return _refused(state, Reason.EXPIRED)
    if event.under_14:
        return _child(state)
    return enter(with_(state, document_type=event.document_type), Step.CONSENT)


def _refused(state: State, reason: Reason) -> Outcome:
    """A document that does not count: it is forgotten at once."""
    after, effects = problem(with_(state, document_type=None), reason, None)
    return after, (ForgetDocument(), *effects)


def _child(state: State) -> Outcome:
    """A child's card: a guardian has to come, whose card must be another's."""
    progress = progress_of(state)
    if progress.stepping_up:
        return _refused(state, Reason.ANOTHER_PERSON)
    if progress.ward or progress.offline:
        return _refused(state, Reason.MINOR_NEEDS_GUARDIAN)
    after, effects = enter(with_(state, ward=True, document_type=None), Step.GUARDIAN)
    return after, (KeepWard(), *effects)


@on(Step.GUARDIAN, event=ev.Leaves)
@on(Step.GUARDIAN, event=ev.Cancelled)
def _(state: State, event: ev.Event) -> Outcome:
    return leave(state, Reason.MINOR_NEEDS_GUARDIAN)


@on(Step.READING, event=ev.CardFailed)
def _(state: State, event: ev.CardFailed) -> Outcome:
    attempts = progress_of(state).card_attempts + 1
    again = Step.PLACE_CARD if attempts < CARD_ATTEMPTS else None
    return problem(with_(state, card_attempts=attempts), event.reason, again)
