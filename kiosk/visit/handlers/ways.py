"""The other ways of signing in: phones and staff. Never the only way, and never far."""

from dataclasses import replace

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    Outcome,
    begin,
    enter,
    forced,
    on,
    problem,
    progress_of,
    refuse,
    with_,
)
from kiosk.visit.effects import SignInWithStaff, StopPhone
from kiosk.visit.handlers.signing_in import sign_in_failed, signed_in
from kiosk.visit.offers import Offer, offers
from kiosk.visit.states import Part, State, Step, Way

CARD_OR_FACE = frozenset({
    Reason.NO_CARD, Reason.REMOVED_EARLY, Reason.WRONG_CARD_TYPE, Reason.UNREADABLE,
    Reason.AUTH_FAILED, Reason.READER_FAULT, Reason.CAMERA_FAULT, Reason.FACE_NOT_FOUND,
    Reason.FACE_MISMATCH, Reason.NOT_LIVE, Reason.SEVERAL_FACES, Reason.PHOTO_UNAVAILABLE,
    Reason.FACE_FAULT, Reason.TIMEOUT, Reason.TOO_MANY_ATTEMPTS,
})
"""Problems with card or face, from which another way leads on."""
NOT_CALLED = frozenset({
    Reason.PLATFORM_INVALID, Reason.SIGN_IN_REFUSED, Reason.TIMEOUT, Reason.LEVEL_TOO_LOW,
    Reason.TOO_MANY_ATTEMPTS,
})
"""Why a called phone or staff did not help: not to be reached, not known, a no, or too often."""
ASKED = (Step.PLACE_CARD, Step.GUARDIAN, Step.CONSENT, Step.FACE)
"""Steps in which a card or a face is asked for."""
CODES = (Step.PHONE, Step.STAFF, Step.SHOW_PHONE)
"""Steps that show a code."""


def other_ways(state: State) -> tuple[Way, ...]:
    """The ways on from a problem: where card or face were in the way, in the order offered."""
    progress = state.progress
    if progress is None or progress.offline or (
        progress.signed_in and not progress.stepping_up
    ):
        return ()
    if progress.way is Way.CALL and state.reason in NOT_CALLED:
        return (Way.STAFF,) if progress.stepping_up else (Way.PHONE, Way.STAFF)
    if progress.way is Way.STAFF and state.reason in NOT_CALLED:
        return (Way.CALL,)
    if state.reason not in CARD_OR_FACE or progress.way in (Way.PHONE, Way.SHOW):
        return ()
    if progress.document_type is None:
        return () if progress.stepping_up else (Way.PHONE,)
    ways = (Way.CALL, Way.STAFF)
    return tuple(way for way in ways if way is not progress.way)


def _by_phone(state: State) -> Outcome:
    """The holder's phone is called where it is known whose; else it scans a code."""
    known = progress_of(state).document_type is not None
    return enter(with_(state, way=Way.CALL if known else Way.PHONE, outcome=None), Step.PHONE)


@on(Step.IDLE, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    obstacle = offers(state)[Offer.CERTIFICATES]
    return refuse(state, obstacle) if obstacle else begin(state, Step.PHONE)


@on(*ASKED, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    # A phone alone reaches no higher level than one has: it is of no use in stepping up.
    progress = progress_of(state)
    if progress.stepping_up and progress.document_type is None:
        return state, ()
    return _by_phone(state)


@on(Step.PROBLEM, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    ways = other_ways(state)
    if Way.PHONE in ways:
        return enter(with_(state, way=Way.PHONE, outcome=None), Step.PHONE)
    return _by_phone(state) if Way.CALL in ways else (state, ())


@on(Step.PHONE, event=ev.ChoseScan)
def _(state: State, event: ev.ChoseScan) -> Outcome:
    progress = progress_of(state)
    if progress.way is not Way.CALL or progress.stepping_up:
        return state, ()
    after, effects = enter(with_(state, way=Way.PHONE), Step.PHONE)
    return after, (StopPhone(), *effects)


@on(Step.PHONE, event=ev.ChoseShow)
def _(state: State, event: ev.ChoseShow) -> Outcome:
    camera = state.equipment.reason(Part.CAMERA)
    if progress_of(state).stepping_up:
        return state, ()
    if camera:
        return problem(state, camera, Step.PHONE)
    return enter(state, Step.SHOW_PHONE)


@on(Step.CONSENT, Step.FACE, event=ev.ChoseStaff)
def _(state: State, event: ev.ChoseStaff) -> Outcome:
    return enter(state, Step.STAFF)


@on(Step.PROBLEM, event=ev.ChoseStaff)
def _(state: State, event: ev.ChoseStaff) -> Outcome:
    if Way.STAFF not in other_ways(state):
        return state, ()
    return enter(with_(state, outcome=None), Step.STAFF)


@on(*CODES, event=ev.PhoneCodeShown)
def _(state: State, event: ev.PhoneCodeShown) -> Outcome:
    return with_(state, code_shown=True), ()


@on(*CODES, event=ev.SignedIn)
def _(state: State, event: ev.SignedIn) -> Outcome:
    # Signed in already: entering the step would sign in again, and end the listing.
    after, effects = signed_in(state, event)
    return replace(after, step=Step.SIGNING_IN), effects


@on(Step.STAFF, event=ev.Agreed)
def _(state: State, event: ev.Agreed) -> Outcome:
    if progress_of(state).agreed:
        return state, ()
    return with_(state, agreed=True), (SignInWithStaff(),)


@on(*CODES, event=ev.SignInFailed)
def _(state: State, event: ev.SignInFailed) -> Outcome:
    if state.step is Step.SHOW_PHONE and event.reason is Reason.CAMERA_FAULT:
        return forced(problem(with_(state, way=Way.PHONE), event.reason, None), Step.PHONE)
    return sign_in_failed(state, event.reason)


@on(*CODES, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    progress = progress_of(state)
    if progress.way is Way.SHOW:
        return enter(with_(state, way=Way.PHONE), Step.PHONE)
    if progress.document_type is not None:
        return enter(with_(state, way=Way.FACE), Step.CONSENT)
    back = Step.GUARDIAN if progress.ward else Step.PLACE_CARD
    return enter(with_(state, way=Way.FACE), back)
