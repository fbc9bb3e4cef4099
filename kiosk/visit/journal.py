"""Audit records, derived from (before, event, after): no change of state goes unrecorded."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from kiosk.audit_events import AuditEvent
from kiosk.visit import events as ev
from kiosk.visit.states import WITHOUT_VISIT, Progress, State, Step

Record = tuple[AuditEvent, dict[str, str | int]]


BEGUN_BY: dict[type[ev.Event], str] = {
    ev.CardFound: "card", ev.ChosePhone: "phone", ev.ChoseCheckPaper: "check",
    ev.ChoseGuides: "guides", ev.ChoseRequest: "request",
}


def derive(before: State, event: ev.Event, after: State) -> Iterator[Record]:
    """The records of one transition."""
    yield from _equipment(before, event, after)
    if before.progress is None and after.progress is not None:
        by = BEGUN_BY.get(type(event), "touch")
        yield AuditEvent.VISIT_BEGUN, {"by": by}
    yield from _visit(before, event, after)
    if before.progress is not None and after.step in WITHOUT_VISIT:
        yield AuditEvent.VISIT_ENDED, {"outcome": before.progress.outcome or "left"}
    yield from _service(before, after)


def _equipment(before: State, event: ev.Event, after: State) -> Iterator[Record]:
    old, new = dict(before.equipment.lost), dict(after.equipment.lost)
    for part in new.keys() - old.keys():
        if part == "platform":
            yield AuditEvent.PLATFORM_LOST, {"reason": str(new[part])}
        else:
            yield AuditEvent.DEVICE_LOST, {"device": str(part), "reason": str(new[part])}
    for part in old.keys() - new.keys():
        if part == "platform":
            yield AuditEvent.PLATFORM_BACK, {}
        else:
            yield AuditEvent.DEVICE_BACK, {"device": str(part)}
    if isinstance(event, ev.CardRemoved):
        yield AuditEvent.CARD_REMOVED, {}


def _service(before: State, after: State) -> Iterator[Record]:
    if after.step is not before.step and Step.TECHNICIAN in (before.step, after.step):
        came = after.step is Step.TECHNICIAN
        yield AuditEvent.TECHNICIAN_CAME if came else AuditEvent.TECHNICIAN_LEFT, {}
    if after.step is Step.OUT_OF_SERVICE and (before.step, before.reason) != (
        after.step,
        after.reason,
    ):
        yield AuditEvent.OUT_OF_SERVICE, {"reason": str(after.reason)}
    if after.step is Step.IDLE and before.step in (
        Step.STARTING, Step.OUT_OF_SERVICE, Step.TECHNICIAN,
    ):
        yield AuditEvent.IN_SERVICE, {}


def _visit(before: State, event: ev.Event, after: State) -> Iterator[Record]:
    progress = after.progress or before.progress
    if before == after or progress is None:
        return
    record = RECORDS.get(type(event))
    if record is not None:
        yield record(event, progress)
    if isinstance(event, ev.CertificateChosen) and after.step is Step.PROBLEM:
        yield AuditEvent.CERTIFICATE_FAILED, {
            "certificate_type": progress.chosen_type,
            "reason": str(after.reason),
        }
    if isinstance(event, ev.Elapsed) and after.warned:
        yield AuditEvent.IDLE_WARNED, {}


def _plain(name: AuditEvent) -> "Writer":
    return lambda event, progress: (name, {})


def _reason(name: AuditEvent) -> "Writer":
    return lambda event, progress: (name, {"reason": str(event.reason)})


def _attempt(name: AuditEvent, count: Callable[[Progress], int]) -> "Writer":
    return lambda event, progress: (
        name,
        {"reason": str(event.reason), "attempt": count(progress)},
    )


def pseudonym(name: str) -> str:
    """How somebody is named in the audit: what the platform calls them here, made short.

    The platform's name for somebody is another at each terminal and says nothing by itself.
    """
    return hashlib.sha256(name.encode()).hexdigest()[:16] if name else ""


def _people(event: ev.SignedIn | ev.ActsFor) -> dict[str, str | int]:
    return {"subject": pseudonym(event.subject), "actor": pseudonym(event.actor)}


def _type_of(progress: Progress, index: int) -> str:
    known = 0 <= index < len(progress.certificates)
    return progress.certificates[index].type if known else ""


Writer = Callable[[Any, Progress], Record]
RECORDS: dict[type[ev.Event], Writer] = {
    ev.CardRead: lambda event, progress: (
        AuditEvent.CHILD_CARD_READ if event.under_14 else AuditEvent.CARD_READ,
        {"document_type": event.document_type},
    ),
    ev.CardFailed: _attempt(AuditEvent.CARD_FAILED, lambda p: p.card_attempts),
    ev.Agreed: _plain(AuditEvent.CONSENT_GIVEN),
    ev.Declined: _plain(AuditEvent.CONSENT_DECLINED),
    ev.ChosePhone: _plain(AuditEvent.PHONE_CHOSEN),
    ev.FaceMatched: lambda event, progress: (
        AuditEvent.FACE_MATCHED,
        {"reference": event.reference},
    ),
    ev.PackagesFailed: _reason(AuditEvent.PACKAGES_FAILED),
    ev.FaceFailed: _attempt(AuditEvent.FACE_FAILED, lambda p: p.face_attempts),
    ev.ChoseShow: _plain(AuditEvent.SHOW_CHOSEN),
    ev.ChoseStaff: _plain(AuditEvent.STAFF_CHOSEN),
    ev.StepsUp: lambda event, progress: (
        AuditEvent.STEP_UP_BEGUN, {"certificate_type": progress.chosen_type},
    ),
    ev.SignedIn: lambda event, progress: (
        AuditEvent.SIGNED_IN, {"acr": event.acr, **_people(event)},
    ),
    ev.ActsFor: lambda event, progress: (
        AuditEvent.ACTING_FOR, {"relation": str(event.relation or "self"), **_people(event)},
    ),
    ev.PrincipalsFailed: _reason(AuditEvent.ACTING_FAILED),
    ev.ActingFailed: _reason(AuditEvent.ACTING_FAILED),
    ev.HandOverTaken: _plain(AuditEvent.HAND_OVER_TAKEN),
    ev.NumberCompared: lambda event, progress: (
        AuditEvent.HAND_OVER_COMPARED, {"same": "yes" if event.same else "no"},
    ),
    ev.HandedOver: _plain(AuditEvent.HANDED_OVER),
    ev.HandOverFailed: _reason(AuditEvent.HAND_OVER_FAILED),
    ev.SignInFailed: _reason(AuditEvent.SIGN_IN_FAILED),
    ev.CertificatesListed: lambda event, progress: (
        AuditEvent.CERTIFICATES_LISTED,
        {"count": len(event.certificates), "missing": event.missing},
    ),
    ev.ListFailed: _reason(AuditEvent.LIBRARY_FAILED),
    ev.CertificateChosen: lambda event, progress: (
        AuditEvent.CERTIFICATE_CHOSEN,
        {"certificate_type": progress.chosen_type},
    ),
    ev.CertificateReady: lambda event, progress: (
        AuditEvent.CERTIFICATE_VERIFIED,
        {"certificate_type": _type_of(progress, event.index)},
    ),
    ev.CertificateFailed: lambda event, progress: (
        AuditEvent.CERTIFICATE_FAILED,
        {"certificate_type": _type_of(progress, event.index), "reason": str(event.reason)},
    ),
    ev.PrintConfirmed: lambda event, progress: (
        AuditEvent.PRINT_BEGUN,
        {
            "certificate_type": progress.chosen_type,
            "purpose": progress.purpose or "",
            "copies": progress.copies,
        },
    ),
    ev.Printed: lambda event, progress: (
        AuditEvent.PRINT_SETTLED,
        {"certificate_type": progress.chosen_type, "copies": progress.copies},
    ),
    ev.PrintFailed: lambda event, progress: (
        AuditEvent.PRINT_FAILED,
        {"certificate_type": progress.chosen_type, "reason": str(event.reason)},
    ),
    ev.PaperJudged: lambda event, progress: (
        AuditEvent.PAPER_CHECKED,
        {"verdict": event.verdict},
    ),
    ev.PaperFailed: _reason(AuditEvent.PAPER_CHECK_FAILED),
    ev.GuideChosen: lambda event, progress: (AuditEvent.GUIDE_READ, {"service": event.id}),
    ev.RequestKept: lambda event, progress: (AuditEvent.REQUEST_KEPT, {"kind": str(event.kind)}),
    ev.RequestFailed: _reason(AuditEvent.REQUEST_FAILED),
    ev.RequestFound: lambda event, progress: (
        AuditEvent.REQUEST_FOUND, {"status": str(event.status)},
    ),
    ev.SlipPrinted: _plain(AuditEvent.SLIP_PRINTED),
    ev.SlipFailed: _reason(AuditEvent.SLIP_FAILED),
    ev.ReceiptPrinted: _plain(AuditEvent.RECEIPT_PRINTED),
    ev.ReceiptFailed: _reason(AuditEvent.RECEIPT_FAILED),
}
"""How each event of a visit that changed its state is recorded."""
