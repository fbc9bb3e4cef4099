"""The statechart as a picture, explored from the code: the text of docs/visit.md.

From the first state every sample event is tried, and again from every state that this
leads to. What the picture shows is therefore what the transitions do.
"""

from collections import deque
from dataclasses import replace
from functools import cache

from kiosk.content.port import Domain
from kiosk.identity.levels import Level
from kiosk.identity.port import Relation
from kiosk.reasons import Reason
from kiosk.services.port import CallTime, Draft, Kind, RequestStatus
from kiosk.visit import events as ev
from kiosk.visit.delays import SECONDS, Delay
from kiosk.visit.states import (
    PRINTED,
    WITHOUT_VISIT,
    CertificateFact,
    CertificateStatus,
    Kept,
    Part,
    Progress,
    Slip,
    State,
    Step,
    Way,
)
from kiosk.visit.transitions import GLOBAL_HANDLERS, transition

VALID = CertificateFact("valid kind", CertificateStatus.VALID)
REVOKED = CertificateFact("revoked kind", CertificateStatus.REVOKED)
GUARDED = CertificateFact("guarded kind", CertificateStatus.VALID, Level.HIGH)

SAMPLES: tuple[ev.Event, ...] = (
    ev.ChoseCheckPaper(), ev.PaperJudged("genuine"), ev.PaperFailed(Reason.NETWORK),
    ev.Touched(), ev.Agreed(), ev.Declined(), ev.ChosePhone(), ev.PhoneCodeShown(),
    ev.ChoseScan(), ev.ChoseShow(), ev.ChoseStaff(), ev.StepsUp(), ev.ChoseForOther(),
    ev.PrincipalsListed((Relation.AGENT,)), ev.PrincipalsFailed(Reason.NETWORK),
    ev.PrincipalChosen(0), ev.PrincipalChosen(None), ev.ActsFor(Relation.AGENT), ev.ActsFor(None),
    ev.ChoseHandOver(), ev.HandOverTaken(), ev.NumberCompared(True), ev.NumberCompared(False),
    ev.HandedOver(), ev.HandOverFailed(Reason.TIMEOUT), ev.ActingFailed(Reason.NOT_AUTHORISED),
    ev.ListFailed(Reason.SIGNED_OUT),
    ev.CertificateChosen(0), ev.CertificateChosen(1), ev.CertificateChosen(2),
    ev.PreviewAccepted(), ev.PurposeChosen("school"),
    ev.PrintConfirmed(), ev.WentBack(), ev.Cancelled(), ev.WantsAnother(), ev.Leaves(),
    ev.StillHere(), ev.TriedAgain(), ev.CardFound(), ev.CardRead("cn_resident"),
    ev.CardRead("cn_resident", expired=True), ev.CardRead("cn_resident", under_14=True),
    ev.CardFailed(Reason.REMOVED_EARLY),
    ev.CardRemoved(), ev.Ready(), ev.PartLost(Part.READER, Reason.READER_FAULT),
    ev.PartBack(Part.READER), ev.PartLost(Part.CAMERA, Reason.CAMERA_FAULT),
    ev.PartBack(Part.CAMERA), ev.PartLost(Part.DOCUMENT_PRINTER, Reason.PRINTER_NO_PAPER),
    ev.PartBack(Part.DOCUMENT_PRINTER), ev.PartLost(Part.PLATFORM, Reason.NETWORK),
    ev.PartBack(Part.PLATFORM), ev.PartLost(Part.STORE, Reason.STORE_FULL),
    ev.PartBack(Part.STORE), ev.ContentChanged(frozenset(Kept)), ev.ContentChanged(frozenset()),
    ev.FaceMatched("chip_photo"), ev.PackagesFailed(Reason.PACKAGE_NONE),
    ev.FaceFailed(Reason.FACE_MISMATCH), ev.SignedIn("acr"),
    ev.SignedIn("acr", Level.SUBSTANTIAL), ev.SignInFailed(Reason.NETWORK),
    ev.SignInFailed(Reason.ANOTHER_PERSON),
    ev.CertificatesListed((VALID, REVOKED, GUARDED)), ev.CertificatesListed(()),
    ev.ListFailed(Reason.NETWORK), ev.CertificateReady(0, 1),
    ev.CertificateFailed(0, Reason.CERTIFICATE_ALTERED), ev.PagePrinted(1), ev.Printed(),
    ev.PrintFailed(Reason.PRINTER_JAMMED), ev.PrintFailed(Reason.PRINT_UNKNOWN),
    ev.ChoseGuides(), ev.DomainChosen(Domain.HOUSING), ev.GuideChosen("service"), ev.PrintsGuide(),
    ev.ChoseRequest(), ev.ChoseRating(), ev.ChoseFollowUp(), ev.KindChosen(Kind.RATING),
    ev.KindChosen(Kind.COMPLAINT), ev.AboutChosen("service"), ev.RatingChosen(4),
    ev.CategoryChosen("slow"), ev.Typed(True), ev.TypingDone(), ev.LeavesNoNumber(),
    ev.CallTimeChosen(CallTime.ANY), ev.SendConfirmed(), ev.RequestKept(Kind.COMPLAINT),
    ev.RequestFailed(Reason.STORE_FULL), ev.RequestFound(RequestStatus.ARRIVED),
    ev.SlipPrinted(), ev.SlipFailed(Reason.RECEIPT_PRINTER_FAULT),
    ev.ReceiptPrinted(), ev.ReceiptFailed(Reason.RECEIPT_PRINTER_FAULT), ev.Broke(),
    ev.DoorOpened(), ev.DoorClosed(), ev.ServiceResumed(),
    *(ev.Elapsed(delay) for delay in Delay),
)
"""One event of each kind, and two where the outcome differs."""

DRAWN_ALL_THE_SAME = ("CardFound", "CardRemoved", f"after {Delay.FAREWELL}")
"""Global events that are the way on from some steps."""

WITH_WAY = frozenset({
    Step.PHONE, Step.SHOW_PHONE, Step.STAFF, Step.SIGNING_IN, Step.PROBLEM,
})
WITH_CAMERA_OR_NOT = frozenset({Step.CONSENT, Step.PHONE})
ALIKE = {Way.STAFF: Way.CALL, Way.SHOW: Way.PHONE}
WITH_ACTING = frozenset({Step.SIGNING_IN, Step.CERTIFICATES, Step.PRINCIPALS})
WITH_CHOICE = frozenset({
    Step.STEP_UP, Step.PREVIEW, Step.PURPOSE, Step.COPIES, Step.PRINTING,
})
"""Steps in which the way, a lost camera, the acting, the choice can make a difference."""

WITH_DRAFT = frozenset({
    Step.ABOUT, Step.RATING, Step.CATEGORY, Step.CONTACT, Step.CALL_TIME, Step.REVIEW, Step.SENDING,
})
WITH_TYPED = frozenset({Step.CONTACT, Step.REQUEST_CODE})

Edge = tuple[Step, str, Step]


@cache
def explore() -> tuple[frozenset[State], frozenset[Edge]]:
    """All states that can be reached, and the edges between their steps."""
    first = State()
    seen: set[State] = {first}
    met: set[State] = set()
    edges: set[Edge] = set()
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        for event in SAMPLES:
            after, _ = transition(state, event)
            if after is state:
                continue
            if after.step is not state.step:
                edges.add((state.step, label(event), after.step))
            if after in met:
                continue
            met.add(after)
            same = normalised(after)
            if same not in seen:
                seen.add(same)
                waiting.append(same)
    return frozenset(seen), frozenset(edges)


def normalised(state: State) -> State:
    """A state without what only counts, or means nothing in its step, so that exploring ends.

    Of the parts that are lost the last is left, and only where a handler asks for one: what
    two do together none asks. Of ways that are begun anew alike one stands for both.
    """
    lost, kept = state.equipment.lost[-1:], state.equipment.kept
    if state.step not in WITHOUT_VISIT:
        lost = tuple(one for one in lost if _matters(one[0], state.step))
        kept = frozenset()
    door = state.equipment.door_open and state.step in (Step.STARTING, Step.TECHNICIAN)
    equipment = replace(state.equipment, lost=lost, kept=kept, door_open=door)
    state = replace(state, visits=0, equipment=equipment)
    if state.progress is None:
        return state
    step, before = state.step, state.progress
    chosen = step in WITH_CHOICE or state.retry is Step.COPIES
    progress = replace(
        before,
        number=1,
        document_type="any" if before.document_type else None,
        card_attempts=0,
        face_attempts=0,
        fetching=frozenset(),
        pages=before.pages[:1] if chosen or step is Step.CERTIFICATES else (),
        purpose=None,
        pages_printed=0,
        extended=0,
        outcome=PRINTED if before.outcome == PRINTED else None,
        verdict=before.verdict if step is Step.CHECK_PAPER else None,
        way=before.way if step in WITH_WAY else ALIKE.get(before.signed_by, before.signed_by),
        signed_by=ALIKE.get(before.signed_by, before.signed_by),
        agreed=before.agreed or before.signed_in,
        settling=before.settling and step is Step.HAND_OVER,
        code_shown=before.code_shown and step is Step.HAND_OVER,
        taken=before.taken and step is Step.HAND_OVER,
        acting=before.acting if step in WITH_ACTING else None,
        principals=before.principals if step is Step.PRINCIPALS else None,
        ward=before.ward and (not before.signed_in or step in (Step.SIGNING_IN, Step.PROBLEM)),
        chosen=before.chosen if chosen else None,
    )
    return replace(state, progress=_without_answers(progress, state))


def _without_answers(progress: Progress, state: State) -> Progress:
    """The same without what was answered, but for the kind and whether to call."""
    step, draft = state.step, progress.draft
    if draft is not None:
        wanted = step in WITH_DRAFT or state.retry is Step.REVIEW
        draft = Draft(draft.kind, call=draft.call) if wanted else None
    return replace(
        progress,
        domain=progress.domain if step in (Step.GUIDES, Step.GUIDE) else None,
        guide="any" if step is Step.GUIDE else None,
        slip=progress.slip if step is Step.GUIDE else Slip.NONE,
        draft=draft,
        typed=progress.typed and step in WITH_TYPED,
        status=None,
    )


def _matters(part: Part, step: Step) -> bool:
    """Whether it makes a difference in a step of a visit that a part is lost."""
    return part is Part.CAMERA and step in WITH_CAMERA_OR_NOT


def label(event: ev.Event) -> str:
    """The name of an event in the picture."""
    if isinstance(event, ev.Elapsed):
        return f"after {event.delay}"
    return type(event).__name__


def mermaid(edges: frozenset[Edge]) -> str:
    """A Mermaid state diagram; edges that every step has are left out."""
    everywhere = {event.__name__ for event in GLOBAL_HANDLERS}
    everywhere |= {f"after {delay}" for delay in Delay}
    grouped: dict[tuple[Step, Step], list[str]] = {}
    for source, name, target in sorted(edges):
        if name not in everywhere or name in DRAWN_ALL_THE_SAME:
            grouped.setdefault((source, target), []).append(name)
    lines = ["stateDiagram-v2", f"    [*] --> {Step.STARTING}"]
    for (source, target), names in grouped.items():
        lines.append(f"    {source} --> {target}: {', '.join(names)}")
    return "\n".join(lines)


def visit_page() -> str:
    """The text of docs/visit.md."""
    states, edges = explore()
    rows = "\n".join(f"| `{delay}` | {SECONDS[delay]:g} s |" for delay in Delay)
    names = ", ".join(sorted(f"`{event.__name__}`" for event in GLOBAL_HANDLERS))
    intro = f"{len(states)} states, {len(edges)} edges between {len(Step)} steps"
    return f"""# The visit

Generated by `python -m kiosk.generate` from `kiosk/visit/transitions.py`, by trying
every event in every state that can be reached ({intro}).

```mermaid
{mermaid(edges)}
```

These events are handled in every step, and are drawn only where they are the way on:
{names}.

## Delays

| delay | length |
|---|---|
{rows}
"""
