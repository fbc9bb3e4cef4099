"""The frame of the visit's statechart: how handlers are registered, and the moves they share.

Handlers are registered for a step and an event, or for an event in every step (the
global transitions: card removed, part lost, idle, cancelled, broken). They stand in
`handlers/`, a module for each subject; `transitions.py` brings them together.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.errors import errors
from kiosk.identity.levels import Level
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.effects import (
    CallPhone,
    CompareFace,
    CompareKept,
    Effect,
    EndVisit,
    FetchCertificate,
    ForgetDocument,
    ListAgain,
    ListKept,
    ListPrincipals,
    LookForCode,
    OfferHandOver,
    Print,
    PrintReceipt,
    ReadCard,
    RestCamera,
    SignIn,
    SignInByPhone,
    SignInByShow,
    SignInWithStaff,
    StopFace,
    StopPhone,
    WarmUp,
)
from kiosk.visit.offers import only_kept, out_of_service
from kiosk.visit.states import PRINTED, Progress, State, Step, Way

Outcome = tuple[State, tuple[Effect, ...]]
Handler = Callable[[State, Any], Outcome]

HANDLERS: dict[tuple[Step, type[ev.Event]], Handler] = {}
GLOBAL_HANDLERS: dict[type[ev.Event], Handler] = {}
WAITING_FOR_PHONE = frozenset({Step.PHONE, Step.SHOW_PHONE, Step.STAFF, Step.HAND_OVER})
"""Steps in which something that a phone does is waited for."""
WITH_CAMERA = frozenset({Step.FACE, Step.SHOW_PHONE, Step.CHECK_PAPER})
"""Steps in which the camera looks."""

STEP_OF_WAY = {
    Way.FACE: Step.SIGNING_IN, Way.STAFF: Step.STAFF, Way.CALL: Step.PHONE,
    Way.PHONE: Step.PHONE, Way.SHOW: Step.SHOW_PHONE,
}
"""Where signing in is tried again."""


def on(*steps: Step, event: type[ev.Event]) -> Callable[[Handler], Handler]:
    """Register a handler for an event in these steps; without steps, in every step."""

    def register(handler: Handler) -> Handler:
        for step in steps:
            HANDLERS[step, event] = handler
        if not steps:
            GLOBAL_HANDLERS[event] = handler
        return handler

    return register


def enter(state: State, step: Step, **changes: Any) -> Outcome:
    """Go to a step; the effects that leaving the one and entering the other have."""
    after = replace(state, step=step, **{"reason": None, "retry": None, **changes})
    after, effects = _entering(after, step)
    return after, (*stopping(state, after), *effects)


def stopping(before: State, after: State) -> tuple[Effect, ...]:
    """What ends with a step: the camera's look, the waiting for a phone."""
    if before.step is after.step:
        return ()
    ends: list[Effect] = []
    if before.step in WITH_CAMERA:
        ends.append(StopFace())
    if before.step in WAITING_FOR_PHONE:
        ends.append(StopPhone())
    return tuple(ends)


def _entering(state: State, step: Step) -> Outcome:
    progress = state.progress
    match step:
        case Step.READING:
            return state, (ReadCard(),)
        case Step.FACE:
            return with_(state, way=Way.FACE), (_comparing(state),)
        case Step.SIGNING_IN:
            return state, (_signing_in(progress_of(state)),)
        case Step.PHONE if progress is not None and progress.way is Way.CALL:
            return with_(state, code_shown=False), (RestCamera(), CallPhone())
        case Step.PHONE:
            # Whose phone it will be is not known: no card of this visit counts any more.
            return _without_card(state, Way.PHONE), (RestCamera(), SignInByPhone())
        case Step.SHOW_PHONE:
            return _without_card(state, Way.SHOW), (SignInByShow(),)
        case Step.STAFF:
            # Nothing is looked up before the citizen has agreed, whoever vouches.
            asks = (SignInWithStaff(),) if progress is not None and progress.agreed else ()
            return with_(state, way=Way.STAFF, code_shown=False), (RestCamera(), *asks)
        case Step.PRINCIPALS:
            return with_(state, principals=None), (ListPrincipals(),)
        case Step.HAND_OVER if progress is not None:
            offer = OfferHandOver(progress.chosen)
            return with_(state, code_shown=False, taken=False, settling=False), (offer,)
        case Step.RECEIPT:
            return state, (PrintReceipt(),)
        case Step.CHECK_PAPER:
            return with_(state, verdict=None), (LookForCode(),)
        case Step.PRINTING if progress is not None and progress.chosen is not None:
            job = Print(progress.chosen, progress.purpose or "", progress.copies)
            return state, (job,)
    return state, ()


def _comparing(state: State) -> Effect:
    return CompareKept() if progress_of(state).offline else CompareFace()


def _signing_in(progress: Progress) -> Effect:
    """What signing in begins with, where one is not signed in already."""
    if progress.offline:
        return ListKept()
    return ListAgain() if progress.signed_in and not progress.stepping_up else SignIn()


def _without_card(state: State, way: Way) -> State:
    return with_(state, way=way, document_type=None, code_shown=False)


def at_rest(state: State) -> Outcome:
    """The first screen, out of service where nothing of use can be done, or the technician's."""
    if state.equipment.door_open:
        return replace(
            state, step=Step.TECHNICIAN, reason=None, retry=None, progress=None, warned=False
        ), ()
    obstacle = out_of_service(state.equipment)
    step = Step.OUT_OF_SERVICE if obstacle else Step.IDLE
    return replace(
        state, step=step, reason=obstacle, retry=None, progress=None, warned=False
    ), ()


def begin(state: State, step: Step) -> Outcome:
    """A visit begins; the camera wakes where a face will be looked at."""
    with_card = step in (Step.PLACE_CARD, Step.READING)
    progress = Progress(state.visits + 1, offline=with_card and only_kept(state))
    begun = replace(state, progress=progress, visits=state.visits + 1)
    after, effects = enter(begun, step)
    return after, (WarmUp(with_card), *effects)


def refuse(state: State, reason: Reason) -> Outcome:
    """A visit begins and is told at once why it cannot go on."""
    begun = replace(state, progress=Progress(state.visits + 1), visits=state.visits + 1)
    return problem(begun, reason, None)


def leave(state: State, outcome: str) -> Outcome:
    """The visit ends; the card is asked back first."""
    progress = progress_of(state)
    ended = replace(progress, outcome=progress.outcome or outcome, certificates=(), pages=())
    step = Step.TAKE_CARD if state.equipment.card_present else Step.FAREWELL
    after = replace(
        state, step=step, progress=ended, warned=False, reason=None, retry=None
    )
    return after, (EndVisit(),)


def problem(state: State, reason: Reason, retry: Step | None) -> Outcome:
    """A problem is shown; trying again is offered only where it can help.

    One who is signed in and did not get further goes back to the list instead.
    """
    progress = progress_of(state)
    helps = retry if errors()[reason].transient else None
    if helps is None and progress.stepping_up:
        helps = Step.CERTIFICATES
    known = progress.outcome if progress.outcome == PRINTED else str(reason)
    after = replace(
        state,
        step=Step.PROBLEM,
        reason=reason,
        retry=helps,
        warned=False,
        progress=replace(progress, outcome=known),
    )
    return after, stopping(state, after)


def forced(outcome: Outcome, retry: Step) -> Outcome:
    """A problem after which something else can be done, whatever the problem was."""
    state, effects = outcome
    return replace(state, retry=retry), effects


def back_to_list(state: State) -> Outcome:
    """The list of certificates, nothing chosen; a step up that was given up leaves nothing."""
    progress = progress_of(state)
    after, effects = enter(
        with_(
            state, chosen=None, purpose=None, copies=1, stepping_up=False,
            way=progress.signed_by,
        ),
        Step.CERTIFICATES,
    )
    if not progress.stepping_up:
        return after, effects
    return with_(after, document_type=None), (*effects, ForgetDocument())


def signed_out(state: State, reason: Reason) -> Outcome:
    """The sign-in has ended: once more, by the same way, from its beginning."""
    progress = progress_of(state)
    fresh = with_(
        state, signed_in=False, level=Level.NOBODY, fetching=frozenset(), pages=(),
        way=progress.signed_by,
    )
    again = STEP_OF_WAY[progress.signed_by]
    if progress.signed_by in (Way.FACE, Way.STAFF, Way.CALL) and progress.document_type is None:
        again = Step.PLACE_CARD
    elif progress.signed_by is Way.FACE:
        again = Step.FACE
    return problem(fresh, reason, again)


def progress_of(state: State) -> Progress:
    """How far the visit is."""
    assert state.progress is not None, f"no visit in {state.step}"
    return state.progress


def with_(state: State, **changes: Any) -> State:
    """The state with changes to its progress."""
    return replace(state, progress=replace(progress_of(state), **changes))


def fetch(state: State, index: int) -> Outcome:
    """Have a certificate fetched, unless it is here or on its way."""
    progress = progress_of(state)
    if index in progress.fetching or progress.page_count(index) is not None:
        return state, ()
    return with_(state, fetching=progress.fetching | {index}), (FetchCertificate(index),)
