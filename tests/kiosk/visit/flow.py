"""A visit as a list of steps: what happens, and where the visit is then.

A flow that goes another way fails with the place where it did.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.identity.levels import Level
from kiosk.visit import events as ev
from kiosk.visit.effects import Effect
from kiosk.visit.journal import derive
from kiosk.visit.states import (
    CertificateFact,
    CertificateStatus,
    Equipment,
    Kept,
    State,
    Step,
)
from kiosk.visit.transitions import transition

VALID = CertificateFact("household", CertificateStatus.VALID)
GUARDED = CertificateFact("no_crime", CertificateStatus.VALID, Level.HIGH)
REVOKED = CertificateFact("senior_card", CertificateStatus.REVOKED)


READY = State(Step.IDLE, Equipment(kept=frozenset({Kept.PAPER_LISTS, Kept.GUIDES})))
"""The first screen of a terminal at which everything works."""


@dataclass
class Walked:
    """Where a flow ended, and all that it caused on the way."""

    state: State
    effects: list[Effect] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def walk(steps: Sequence[tuple[ev.Event, Step]], state: State | None = None) -> Walked:
    """Let events happen one after the other and check the step after each."""
    walked = Walked(state or READY)
    for number, (event, expected) in enumerate(steps):
        before = walked.state
        walked.state, effects = transition(before, event)
        walked.effects += effects
        walked.records += [str(name) for name, _ in derive(before, event, walked.state)]
        found = walked.state.step
        assert found is expected, f"step {number}: {event} led to {found}, not {expected}"
    return walked


TO_CONSENT = [
    (ev.CardFound(), Step.READING),
    (ev.CardRead("cn_resident"), Step.CONSENT),
]
TO_LIST = [
    *TO_CONSENT,
    (ev.Agreed(), Step.FACE),
    (ev.FaceMatched("chip_photo"), Step.SIGNING_IN),
    (ev.SignedIn("acr"), Step.SIGNING_IN),
    (ev.CertificatesListed((VALID, REVOKED)), Step.CERTIFICATES),
]
TO_PHONE = [(ev.ChosePhone(), Step.PHONE), (ev.PhoneCodeShown(), Step.PHONE)]
BY_PHONE = [
    *TO_PHONE,
    (ev.SignedIn("phone", Level.SUBSTANTIAL), Step.SIGNING_IN),
    (ev.CertificatesListed((VALID, GUARDED)), Step.CERTIFICATES),
]
TO_COPIES = [
    *TO_LIST,
    (ev.CertificateReady(0, 1), Step.CERTIFICATES),
    (ev.CertificateChosen(0), Step.PREVIEW),
    (ev.PreviewAccepted(), Step.PURPOSE),
    (ev.PurposeChosen("school"), Step.COPIES),
]
TO_PRINTED = [
    *TO_COPIES,
    (ev.CopiesChanged(2), Step.COPIES),
    (ev.PrintConfirmed(), Step.PRINTING),
    (ev.PagePrinted(1), Step.PRINTING),
    (ev.Printed(), Step.RECEIPT),
    (ev.ReceiptPrinted(), Step.ANOTHER),
]
