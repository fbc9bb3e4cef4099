"""The visit's statechart: `transition(state, event) -> (state, effects)`, pure.

Handlers are registered for a step and an event, or for an event in every step (the
global transitions: card removed, part lost, idle, cancelled, broken). An event that no
handler wants changes nothing: the citizen may do anything at any time.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.errors import errors
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.delays import Delay
from kiosk.visit.effects import (
    CompareFace,
    Effect,
    EndVisit,
    FetchCertificate,
    LookForCode,
    Print,
    PrintReceipt,
    ReadCard,
    SignIn,
    SignInByPhone,
    StopFace,
    StopPhone,
    WarmUp,
)
from kiosk.visit.states import (
    CHECKED,
    ENDING,
    PRINTED,
    WITHOUT_VISIT,
    WORKING,
    CertificateStatus,
    Part,
    Progress,
    State,
    Step,
)

Outcome = tuple[State, tuple[Effect, ...]]
Handler = Callable[[State, Any], Outcome]

CARD_ATTEMPTS = 5
FACE_ATTEMPTS = 3
MAX_COPIES = 5
PHONE_HELPS = frozenset({
    Reason.NO_CARD, Reason.REMOVED_EARLY, Reason.WRONG_CARD_TYPE, Reason.UNREADABLE,
    Reason.AUTH_FAILED, Reason.READER_FAULT, Reason.CAMERA_FAULT, Reason.FACE_NOT_FOUND,
    Reason.FACE_MISMATCH, Reason.SEVERAL_FACES, Reason.PHOTO_UNAVAILABLE, Reason.FACE_FAULT,
    Reason.TIMEOUT,
})
"""Problems with card or face, from which a phone is a way on."""

HANDLERS: dict[tuple[Step, type[ev.Event]], Handler] = {}
GLOBAL_HANDLERS: dict[type[ev.Event], Handler] = {}


def transition(state: State, event: ev.Event) -> Outcome:
    """The next state, and what is to be done."""
    if isinstance(event, ev.CitizenEvent) and state.warned:
        state = replace(state, warned=False)
    handler = HANDLERS.get((state.step, type(event))) or GLOBAL_HANDLERS.get(type(event))
    return handler(state, event) if handler else (state, ())


def active_delay(state: State) -> Delay | None:
    """The delay that runs in a state; which one follows from the state alone."""
    if state.warned:
        return Delay.GRACE
    if state.step in WORKING:
        return Delay.WORK
    named = {
        Step.PLACE_CARD: Delay.PLACE_CARD,
        Step.PROBLEM: Delay.PROBLEM,
        Step.FAREWELL: Delay.FAREWELL,
    }
    if state.step in named:
        return named[state.step]
    if state.step in WITHOUT_VISIT or state.step is Step.TAKE_CARD:
        return None
    return Delay.IDLE


def on(*steps: Step, event: type[ev.Event]) -> Callable[[Handler], Handler]:
    """Register a handler for an event in these steps; without steps, in every step."""

    def register(handler: Handler) -> Handler:
        for step in steps:
            HANDLERS[step, event] = handler
        if not steps:
            GLOBAL_HANDLERS[event] = handler
        return handler

    return register


# How one goes from step to step


def _enter(state: State, step: Step, **changes: Any) -> Outcome:
    """Go to a step; the effects that entering it has."""
    after = replace(state, step=step, **{"reason": None, "retry": None, **changes})
    progress = after.progress
    match step:
        case Step.READING:
            return after, (ReadCard(),)
        case Step.FACE:
            return after, (CompareFace(),)
        case Step.SIGNING_IN:
            return after, (SignIn(),)
        case Step.PHONE:
            return _with(after, by_phone=True, code_shown=False), (SignInByPhone(),)
        case Step.RECEIPT:
            return after, (PrintReceipt(),)
        case Step.CHECK_PAPER:
            return _with(after, verdict=None), (LookForCode(),)
        case Step.PRINTING if progress is not None and progress.chosen is not None:
            job = Print(progress.chosen, progress.purpose or "", progress.copies)
            return after, (job,)
    return after, ()


def _at_rest(state: State) -> Outcome:
    """The first screen, or out of service where a part that is needed is missing."""
    obstacle = state.equipment.obstacle
    step = Step.OUT_OF_SERVICE if obstacle else Step.IDLE
    return replace(
        state, step=step, reason=obstacle, retry=None, progress=None, warned=False
    ), ()


def _begin(state: State, step: Step) -> Outcome:
    """A visit begins."""
    begun = replace(state, progress=Progress(state.visits + 1), visits=state.visits + 1)
    after, effects = _enter(begun, step)
    return after, (WarmUp(), *effects)


def _leave(state: State, outcome: str) -> Outcome:
    """The visit ends; the card is asked back first."""
    progress = _progress(state)
    ended = replace(progress, outcome=progress.outcome or outcome, certificates=(), pages=())
    step = Step.TAKE_CARD if state.equipment.card_present else Step.FAREWELL
    after = replace(
        state, step=step, progress=ended, warned=False, reason=None, retry=None
    )
    return after, (EndVisit(),)


def _problem(state: State, reason: Reason, retry: Step | None) -> Outcome:
    """A problem is shown; trying again is offered only where it can help."""
    helps = retry if errors()[reason].transient else None
    progress = _progress(state)
    known = progress.outcome if progress.outcome == PRINTED else str(reason)
    return replace(
        state,
        step=Step.PROBLEM,
        reason=reason,
        retry=helps,
        warned=False,
        progress=replace(progress, outcome=known),
    ), (StopFace(),)


def _progress(state: State) -> Progress:
    assert state.progress is not None, f"no visit in {state.step}"
    return state.progress


def _with(state: State, **changes: Any) -> State:
    """The state with changes to its progress."""
    return replace(state, progress=replace(_progress(state), **changes))


def _fetch(state: State, index: int) -> Outcome:
    """Have a certificate fetched, unless it is here or on its way."""
    progress = _progress(state)
    if index in progress.fetching or progress.page_count(index) is not None:
        return state, ()
    return _with(state, fetching=progress.fetching | {index}), (FetchCertificate(index),)


# Starting and equipment


@on(Step.STARTING, event=ev.Ready)
def _(state: State, event: ev.Ready) -> Outcome:
    return _at_rest(state)


@on(event=ev.PartLost)
def _part_lost(state: State, event: ev.PartLost) -> Outcome:
    after = replace(state, equipment=state.equipment.without(event.part, event.reason))
    if state.step in (Step.IDLE, Step.OUT_OF_SERVICE):
        return _at_rest(after)
    match state.step, event.part:
        case (Step.PLACE_CARD | Step.READING, Part.READER):
            return _problem(after, event.reason, None)
        case (Step.FACE | Step.CHECK_PAPER, Part.CAMERA):
            return _problem(after, event.reason, None)
        case (Step.TAKE_CARD, Part.READER):
            return _enter(after, Step.FAREWELL)
    return after, ()


@on(event=ev.PartBack)
def _part_back(state: State, event: ev.PartBack) -> Outcome:
    after = replace(state, equipment=state.equipment.without(event.part, None))
    return _at_rest(after) if state.step is Step.OUT_OF_SERVICE else (after, ())


# The card


@on(Step.IDLE, event=ev.Touched)
def _(state: State, event: ev.Touched) -> Outcome:
    return _begin(state, Step.READING if state.equipment.card_present else Step.PLACE_CARD)


@on(event=ev.CardFound)
def _card_found(state: State, event: ev.CardFound) -> Outcome:
    after = replace(state, equipment=replace(state.equipment, card_present=True))
    if state.step is Step.IDLE:
        return _begin(after, Step.READING)
    if state.step is Step.PLACE_CARD or state.retry is Step.PLACE_CARD:
        return _enter(after, Step.READING)
    return (_enter(after, Step.TAKE_CARD) if state.step is Step.FAREWELL else (after, ()))


@on(event=ev.CardRemoved)
def _card_removed(state: State, event: ev.CardRemoved) -> Outcome:
    after = replace(state, equipment=replace(state.equipment, card_present=False))
    return _enter(after, Step.FAREWELL) if state.step is Step.TAKE_CARD else (after, ())


@on(Step.READING, event=ev.CardRead)
def _(state: State, event: ev.CardRead) -> Outcome:
    after = _with(state, document_type=event.document_type)
    if event.expired:
        return _problem(after, Reason.EXPIRED, None)
    if event.under_14:
        return _problem(after, Reason.MINOR_NEEDS_GUARDIAN, None)
    return _enter(after, Step.CONSENT)


@on(Step.READING, event=ev.CardFailed)
def _(state: State, event: ev.CardFailed) -> Outcome:
    attempts = _progress(state).card_attempts + 1
    again = Step.PLACE_CARD if attempts < CARD_ATTEMPTS else None
    return _problem(_with(state, card_attempts=attempts), event.reason, again)


# Consent, face, sign-in


@on(Step.CONSENT, event=ev.Agreed)
def _(state: State, event: ev.Agreed) -> Outcome:
    camera = state.equipment.reason(Part.CAMERA)
    return _problem(state, camera, None) if camera else _enter(state, Step.FACE)


@on(Step.CONSENT, event=ev.Declined)
def _(state: State, event: ev.Declined) -> Outcome:
    return _problem(state, Reason.CONSENT_DECLINED, None)


@on(Step.FACE, event=ev.FaceMatched)
def _(state: State, event: ev.FaceMatched) -> Outcome:
    return _enter(state, Step.SIGNING_IN)


@on(Step.FACE, event=ev.FaceFailed)
def _(state: State, event: ev.FaceFailed) -> Outcome:
    attempts = _progress(state).face_attempts + 1
    again = Step.FACE if attempts < FACE_ATTEMPTS else None
    return _problem(_with(state, face_attempts=attempts), event.reason, again)


@on(Step.SIGNING_IN, event=ev.SignedIn)
def _(state: State, event: ev.SignedIn) -> Outcome:
    return _with(state, signed_in=True), ()


# The phone: never the only way, and never far


@on(Step.IDLE, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    return _begin(state, Step.PHONE)


@on(Step.PLACE_CARD, Step.CONSENT, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    return _enter(state, Step.PHONE)


@on(Step.FACE, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    after, effects = _enter(state, Step.PHONE)
    return after, (StopFace(), *effects)


@on(Step.PROBLEM, event=ev.ChosePhone)
def _(state: State, event: ev.ChosePhone) -> Outcome:
    if not phone_helps(state):
        return state, ()
    return _enter(_with(state, outcome=None), Step.PHONE)


def phone_helps(state: State) -> bool:
    """Whether a phone is a way on from a problem: where card or face were in the way."""
    progress = state.progress
    return (
        progress is not None and not progress.signed_in and not progress.by_phone
        and state.reason in PHONE_HELPS
    )


@on(Step.PHONE, event=ev.PhoneCodeShown)
def _(state: State, event: ev.PhoneCodeShown) -> Outcome:
    return _with(state, code_shown=True), ()


@on(Step.PHONE, event=ev.SignedIn)
def _(state: State, event: ev.SignedIn) -> Outcome:
    return replace(_with(state, signed_in=True), step=Step.SIGNING_IN), ()


@on(Step.PHONE, event=ev.SignInFailed)
def _(state: State, event: ev.SignInFailed) -> Outcome:
    return _problem(state, event.reason, Step.PHONE)


@on(Step.PHONE, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    known = _progress(state).document_type is not None
    after, _ = _enter(
        _with(state, by_phone=False), Step.CONSENT if known else Step.PLACE_CARD
    )
    return after, (StopPhone(),)


def _sign_in_step(state: State) -> Step:
    """Where signing in is tried again."""
    return Step.PHONE if _progress(state).by_phone else Step.SIGNING_IN


@on(Step.SIGNING_IN, event=ev.SignInFailed)
@on(Step.SIGNING_IN, event=ev.ListFailed)
def _(state: State, event: ev.SignInFailed | ev.ListFailed) -> Outcome:
    return _problem(state, event.reason, _sign_in_step(state))


@on(Step.SIGNING_IN, event=ev.CertificatesListed)
def _(state: State, event: ev.CertificatesListed) -> Outcome:
    if not _progress(state).signed_in:
        return state, ()
    after = _with(state, certificates=event.certificates)
    if not event.certificates:
        return _problem(after, Reason.NO_CERTIFICATES, None)
    after, _ = _enter(after, Step.CERTIFICATES)
    valid = CertificateStatus.VALID
    first = next((i for i, one in enumerate(event.certificates) if one.status is valid), None)
    return _fetch(after, first) if first is not None else (after, ())


# Choosing

_UNUSABLE = {
    CertificateStatus.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    CertificateStatus.UNKNOWN: Reason.CERTIFICATE_UNREADABLE,
}


@on(Step.CERTIFICATES, event=ev.CertificateChosen)
def _(state: State, event: ev.CertificateChosen) -> Outcome:
    certificates = _progress(state).certificates
    if not 0 <= event.index < len(certificates):
        return state, ()
    after = _with(state, chosen=event.index, purpose=None, copies=1)
    status = certificates[event.index].status
    if status is not CertificateStatus.VALID:
        reason = _UNUSABLE.get(status, Reason.CERTIFICATE_REVOKED)
        shown, effects = _problem(after, reason, None)
        return replace(shown, retry=Step.CERTIFICATES), effects
    after, _ = _enter(after, Step.PREVIEW)
    return _fetch(after, event.index)


@on(event=ev.CertificateReady)
def _certificate_ready(state: State, event: ev.CertificateReady) -> Outcome:
    if state.progress is None or state.step in ENDING:
        return state, ()
    progress = state.progress
    return _with(
        state,
        fetching=progress.fetching - {event.index},
        pages=(*progress.pages, (event.index, event.pages)),
    ), ()


@on(event=ev.CertificateFailed)
def _certificate_failed(state: State, event: ev.CertificateFailed) -> Outcome:
    if state.progress is None or state.step in ENDING:
        return state, ()
    after = _with(state, fetching=state.progress.fetching - {event.index})
    if state.step is Step.PREVIEW and event.reason is Reason.SIGNED_OUT:
        fresh = _with(after, fetching=frozenset(), pages=(), signed_in=False)
        return _problem(fresh, event.reason, _sign_in_step(fresh))
    if state.step is Step.PREVIEW and state.progress.chosen == event.index:
        shown, effects = _problem(after, event.reason, Step.CERTIFICATES)
        others = len(state.progress.certificates) > 1
        return (replace(shown, retry=Step.CERTIFICATES) if others else shown), effects
    return after, ()


@on(Step.PREVIEW, event=ev.PreviewAccepted)
def _(state: State, event: ev.PreviewAccepted) -> Outcome:
    progress = _progress(state)
    ready = progress.page_count(progress.chosen) is not None
    return _enter(state, Step.PURPOSE) if ready else (state, ())


@on(Step.PURPOSE, event=ev.PurposeChosen)
def _(state: State, event: ev.PurposeChosen) -> Outcome:
    return _enter(_with(state, purpose=event.purpose), Step.COPIES)


@on(Step.COPIES, event=ev.CopiesChanged)
def _(state: State, event: ev.CopiesChanged) -> Outcome:
    return _with(state, copies=min(MAX_COPIES, max(1, event.copies))), ()


_BACK = {
    Step.PREVIEW: Step.CERTIFICATES,
    Step.PURPOSE: Step.PREVIEW,
    Step.COPIES: Step.PURPOSE,
}


@on(*_BACK, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    return _enter(state, _BACK[state.step])


# Printing


@on(Step.COPIES, event=ev.PrintConfirmed)
def _(state: State, event: ev.PrintConfirmed) -> Outcome:
    return _enter(_with(state, pages_printed=0), Step.PRINTING)


@on(Step.PRINTING, event=ev.PagePrinted)
def _(state: State, event: ev.PagePrinted) -> Outcome:
    return _with(state, pages_printed=event.pages), ()


@on(Step.PRINTING, event=ev.Printed)
def _(state: State, event: ev.Printed) -> Outcome:
    return _enter(_with(state, outcome=PRINTED), Step.RECEIPT)


@on(Step.PRINTING, event=ev.PrintFailed)
def _(state: State, event: ev.PrintFailed) -> Outcome:
    return _problem(state, event.reason, Step.COPIES)


@on(Step.RECEIPT, event=ev.ReceiptPrinted)
def _(state: State, event: ev.ReceiptPrinted) -> Outcome:
    return _enter(state, Step.ANOTHER)


@on(Step.RECEIPT, event=ev.ReceiptFailed)
def _(state: State, event: ev.ReceiptFailed) -> Outcome:
    return _enter(state, Step.ANOTHER, reason=event.reason)


@on(Step.ANOTHER, event=ev.WantsAnother)
def _(state: State, event: ev.WantsAnother) -> Outcome:
    return _enter(_with(state, chosen=None, purpose=None, copies=1), Step.CERTIFICATES)


@on(Step.ANOTHER, event=ev.Leaves)
def _(state: State, event: ev.Leaves) -> Outcome:
    return _leave(state, PRINTED)


# A printed copy that somebody wants verified; needs nobody to sign in, and no line


@on(Step.IDLE, event=ev.ChoseCheckPaper)
def _(state: State, event: ev.ChoseCheckPaper) -> Outcome:
    return _begin(state, Step.CHECK_PAPER)


@on(Step.CHECK_PAPER, event=ev.PaperJudged)
def _(state: State, event: ev.PaperJudged) -> Outcome:
    return _with(state, verdict=event.verdict, outcome=CHECKED), ()


@on(Step.CHECK_PAPER, event=ev.PaperFailed)
def _(state: State, event: ev.PaperFailed) -> Outcome:
    return _problem(state, event.reason, Step.CHECK_PAPER)


@on(Step.CHECK_PAPER, event=ev.WantsAnother)
def _(state: State, event: ev.WantsAnother) -> Outcome:
    return _enter(state, Step.CHECK_PAPER) if _progress(state).verdict else (state, ())


# Problems and the end


@on(Step.PROBLEM, event=ev.TriedAgain)
def _(state: State, event: ev.TriedAgain) -> Outcome:
    retry = state.retry
    if retry is None:
        return state, ()
    if _progress(state).outcome != PRINTED:
        state = _with(state, outcome=None)
    if retry is Step.PLACE_CARD and state.equipment.card_present:
        return _enter(state, Step.READING)
    return _enter(state, retry)


@on(Step.PROBLEM, event=ev.Leaves)
def _(state: State, event: ev.Leaves) -> Outcome:
    return _leave(state, str(state.reason))


@on(event=ev.Leaves)
@on(event=ev.Cancelled)
def _cancelled(state: State, event: ev.Cancelled | ev.Leaves) -> Outcome:
    if state.progress is None or state.step in ENDING or state.step is Step.PRINTING:
        return state, ()
    return _leave(state, Reason.CANCELLED)


@on(event=ev.Elapsed)
def _elapsed(state: State, event: ev.Elapsed) -> Outcome:
    if event.delay is not active_delay(state):
        return state, ()
    match event.delay:
        case Delay.IDLE:
            return replace(state, warned=True), ()
        case Delay.FAREWELL:
            return _at_rest(state)
        case Delay.WORK:
            return _problem(state, Reason.TERMINAL_FAULT, None)
        case Delay.PROBLEM:
            return _leave(state, str(state.reason))
        case _:
            return _leave(state, Reason.LEFT)


@on(event=ev.Broke)
def _broke(state: State, event: ev.Broke) -> Outcome:
    # Printing has an end of its own, whatever else breaks meanwhile.
    if state.progress is None or state.step in (*ENDING, Step.PRINTING):
        return state, ()
    return _problem(state, Reason.TERMINAL_FAULT, None)
