"""Consent, the face, what the identity service says, and the list that follows."""

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
    STEP_OF_WAY,
    Outcome,
    back_to_list,
    enter,
    fetch,
    on,
    problem,
    progress_of,
    with_,
)
from kiosk.visit.handlers.choosing import choose
from kiosk.visit.states import CertificateStatus, Part, State, Step

FACE_ATTEMPTS = 3


@on(Step.CONSENT, event=ev.Agreed)
def _(state: State, event: ev.Agreed) -> Outcome:
    camera = state.equipment.reason(Part.CAMERA)
    return problem(state, camera, None) if camera else enter(state, Step.FACE)


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
    return with_(state, signed_in=True, level=event.level, acting=None), ()


@on(Step.SIGNING_IN, event=ev.ActsFor)
def _(state: State, event: ev.ActsFor) -> Outcome:
    return with_(state, acting=event.relation), ()


@on(Step.SIGNING_IN, event=ev.SignInFailed)
@on(Step.SIGNING_IN, event=ev.ListFailed)
def _(state: State, event: ev.SignInFailed | ev.ListFailed) -> Outcome:
    if event.reason is Reason.ANOTHER_PERSON:
        state = with_(state, document_type=None)
    return problem(state, event.reason, STEP_OF_WAY[progress_of(state).way])


@on(Step.SIGNING_IN, event=ev.CertificatesListed)
def _(state: State, event: ev.CertificatesListed) -> Outcome:
    if not progress_of(state).signed_in:
        return state, ()
    after = with_(
        state, certificates=event.certificates, missing=event.missing, stepping_up=False,
        pages=(), fetching=frozenset(), chosen=None,
    )
    if not event.certificates:
        reason = Reason.NETWORK if event.missing else Reason.NO_CERTIFICATES
        return problem(after, reason, STEP_OF_WAY[progress_of(state).way])
    after, effects = back_to_list(after)
    if event.wanted is not None:
        return choose(after, event.wanted)
    level, valid = progress_of(after).level, CertificateStatus.VALID
    first = next((
        place for place, one in enumerate(event.certificates)
        if one.status is valid and one.printable and one.level <= level
    ), None)
    return fetch(after, first) if first is not None else (after, effects)
