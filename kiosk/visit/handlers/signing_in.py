"""Consent, the face, what the identity service says, and the list that follows."""

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    STEP_OF_WAY,
    Outcome,
    back_to_list,
    enter,
    fetch,
    forced,
    on,
    problem,
    progress_of,
    signed_out,
    with_,
)
from kiosk.visit.effects import ForgetDocument
from kiosk.visit.handlers.choosing import choose
from kiosk.visit.states import CertificateStatus, Part, State, Step, Way

FACE_ATTEMPTS = 3


@on(Step.CONSENT, event=ev.Agreed)
def _(state: State, event: ev.Agreed) -> Outcome:
    agreed, camera = with_(state, agreed=True), state.equipment.reason(Part.CAMERA)
    return problem(agreed, camera, None) if camera else enter(agreed, Step.FACE)


@on(Step.CONSENT, event=ev.Declined)
def _(state: State, event: ev.Declined) -> Outcome:
    return problem(state, Reason.CONSENT_DECLINED, None)


@on(Step.FACE, event=ev.FaceMatched)
def _(state: State, event: ev.FaceMatched) -> Outcome:
    return enter(state, Step.SIGNING_IN)


@on(Step.FACE, event=ev.FaceFailed)
def _(state: State, event: ev.FaceFailed) -> Outcome:
    attempts = progress_of(state).face_attempts + 1
    again = Step.FACE if attempts < FACE_ATTEMPTS else None
    return problem(with_(state, face_attempts=attempts), event.reason, again)


@on(Step.SIGNING_IN, event=ev.SignedIn)
def signed_in(state: State, event: ev.SignedIn) -> Outcome:
    """The identity service knows the citizen; the list is on its way."""
    return with_(
        state, signed_in=True, level=event.level, signed_by=progress_of(state).way,
        acting=None, stepping_up=False, certificates=(), pages=(), fetching=frozenset(),
    ), ()


@on(Step.SIGNING_IN, event=ev.ActsFor)
def _(state: State, event: ev.ActsFor) -> Outcome:
    return with_(state, acting=event.relation), ()


@on(Step.SIGNING_IN, event=ev.SignInFailed)
def _(state: State, event: ev.SignInFailed) -> Outcome:
    return sign_in_failed(state, event.reason)


def sign_in_failed(state: State, reason: Reason) -> Outcome:
    """Nobody new is signed in; another person's document is forgotten."""
    progress = progress_of(state)
    if reason is Reason.ANOTHER_PERSON:
        after, effects = problem(with_(state, document_type=None), reason, None)
        return after, (ForgetDocument(), *effects)
    shown = problem(state, reason, STEP_OF_WAY[progress.way])
    card_way = progress.way in (Way.CALL, Way.STAFF) and progress.document_type is not None
    # Who said no, or was not reached, may still show a face.
    return forced(shown, Step.CONSENT) if card_way and shown[0].retry is None else shown


@on(Step.SIGNING_IN, event=ev.ListFailed)
def _(state: State, event: ev.ListFailed) -> Outcome:
    if event.reason is Reason.SIGNED_OUT:
        return signed_out(state, event.reason)
    return problem(state, event.reason, Step.SIGNING_IN)


@on(Step.SIGNING_IN, event=ev.ActingFailed)
def _(state: State, event: ev.ActingFailed) -> Outcome:
    if event.reason is Reason.SIGNED_OUT:
        return signed_out(state, event.reason)
    shown = problem(state, event.reason, Step.SIGNING_IN)
    # A guardian came for the child alone; an agent goes back to the own list.
    return shown if progress_of(state).ward else forced(shown, Step.SIGNING_IN)


@on(Step.SIGNING_IN, event=ev.CertificatesListed)
def _(state: State, event: ev.CertificatesListed) -> Outcome:
    if not progress_of(state).signed_in:
        return state, ()
    after = with_(
        state, certificates=event.certificates, missing=event.missing,
        pages=(), fetching=frozenset(), chosen=None,
    )
    if not event.certificates:
        reason = Reason.NETWORK if event.missing else Reason.NO_CERTIFICATES
        shown = problem(after, reason, Step.SIGNING_IN)
        other = progress_of(state).acting is not None and not progress_of(state).ward
        return forced(shown, Step.PRINCIPALS) if other else shown
    after, effects = back_to_list(after)
    if event.wanted is not None:
        return choose(after, event.wanted)
    level, valid = progress_of(after).level, CertificateStatus.VALID
    first = next((
        place for place, one in enumerate(event.certificates)
        if one.status is valid and one.printable and one.level <= level
    ), None)
    return fetch(after, first) if first is not None else (after, effects)
