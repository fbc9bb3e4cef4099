"""Which certificate, whether it may be printed, and for what."""

from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.chart import (
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
from kiosk.visit.effects import Effect, Remember
from kiosk.visit.states import (
    ENDING,
    KEPT_PURPOSE,
    CertificateFact,
    CertificateStatus,
    Progress,
    State,
    Step,
)

UNUSABLE = {
    CertificateStatus.EXPIRED: Reason.CERTIFICATE_EXPIRED,
    CertificateStatus.UNKNOWN: Reason.CERTIFICATE_UNREADABLE,
}
"""Why a certificate of a status is not printed; of any other status it was revoked."""


@on(Step.CERTIFICATES, event=ev.CertificateChosen)
def _(state: State, event: ev.CertificateChosen) -> Outcome:
    return choose(state, event.index)


def choose(state: State, index: int) -> Outcome:
    """A certificate was chosen: it is shown, or why not, or what it needs first."""
    certificates = progress_of(state).certificates
    if not 0 <= index < len(certificates):
        return state, ()
    after = with_(state, chosen=index, purpose=None, copies=1)
    fact = certificates[index]
    obstacle = _obstacle(fact)
    if obstacle is not None:
        return _refused(after, obstacle)
    if fact.level > progress_of(after).level:
        return enter(after, Step.STEP_UP)
    after, effects = enter(after, Step.PREVIEW)
    after, fetching = fetch(after, index)
    return after, (*effects, *fetching)


def _obstacle(fact: CertificateFact) -> Reason | None:
    if fact.status is not CertificateStatus.VALID:
        return UNUSABLE.get(fact.status, Reason.CERTIFICATE_REVOKED)
    return None if fact.printable else Reason.CERTIFICATE_NOT_PRINTABLE


def _refused(state: State, reason: Reason) -> Outcome:
    """A certificate that cannot be printed; another can be chosen."""
    return forced(problem(state, reason, None), Step.CERTIFICATES)


@on(Step.STEP_UP, event=ev.StepsUp)
def _(state: State, event: ev.StepsUp) -> Outcome:
    progress, lies_there = progress_of(state), state.equipment.card_present
    if progress.document_type is not None:
        step = Step.CONSENT
    else:
        step = Step.READING if lies_there else Step.PLACE_CARD
    after, effects = enter(with_(state, stepping_up=True), step)
    return after, (*_remember(progress), *effects)


def _remember(progress: Progress) -> tuple[Effect, ...]:
    """What was chosen is still wanted after the next sign-in."""
    return () if progress.chosen is None else (Remember(progress.chosen),)


@on(Step.STEP_UP, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    return back_to_list(state)


@on(event=ev.CertificateReady)
def _certificate_ready(state: State, event: ev.CertificateReady) -> Outcome:
    if state.progress is None or state.step in ENDING:
        return state, ()
    progress = state.progress
    return with_(
        state,
        fetching=progress.fetching - {event.index},
        pages=(*progress.pages, (event.index, event.pages)),
    ), ()


@on(event=ev.CertificateFailed)
def _certificate_failed(state: State, event: ev.CertificateFailed) -> Outcome:
    if state.progress is None or state.step in ENDING:
        return state, ()
    progress = state.progress
    after = with_(state, fetching=progress.fetching - {event.index})
    if state.step is not Step.PREVIEW:
        return after, ()
    if event.reason is Reason.SIGNED_OUT:
        after, effects = signed_out(after, event.reason)
        return after, (*_remember(progress), *effects)
    if progress.chosen != event.index:
        return after, ()
    if event.reason is Reason.LEVEL_TOO_LOW:
        return enter(after, Step.STEP_UP)
    if len(progress.certificates) > 1:
        return _refused(after, event.reason)
    return problem(after, event.reason, Step.CERTIFICATES)


@on(Step.PREVIEW, event=ev.PreviewAccepted)
def _(state: State, event: ev.PreviewAccepted) -> Outcome:
    progress = progress_of(state)
    if progress.page_count(progress.chosen) is None:
        return state, ()
    if progress.offline:
        # The codes of its copies were signed for one purpose.
        return enter(with_(state, purpose=KEPT_PURPOSE), Step.COPIES)
    return enter(state, Step.PURPOSE)


@on(Step.PURPOSE, event=ev.PurposeChosen)
def _(state: State, event: ev.PurposeChosen) -> Outcome:
    fact = progress_of(state).chosen_fact
    if fact is not None and fact.purposes and event.purpose not in fact.purposes:
        return state, ()
    return enter(with_(state, purpose=event.purpose), Step.COPIES)


@on(Step.COPIES, event=ev.CopiesChanged)
def _(state: State, event: ev.CopiesChanged) -> Outcome:
    progress = progress_of(state)
    return with_(state, copies=min(progress.most_copies, max(1, event.copies))), ()


BACK = {
    Step.PREVIEW: Step.CERTIFICATES,
    Step.PURPOSE: Step.PREVIEW,
    Step.COPIES: Step.PURPOSE,
}
"""One step back."""


@on(*BACK, event=ev.WentBack)
def _(state: State, event: ev.WentBack) -> Outcome:
    back = BACK[state.step]
    offline = progress_of(state).offline
    return enter(state, Step.PREVIEW if offline and back is Step.PURPOSE else back)
