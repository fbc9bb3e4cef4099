"""What a citizen can do here now, and why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.reasons import Reason
from kiosk.visit.offers import Offer, offers, out_of_service, shown
from kiosk.visit.states import Equipment, Kept, Part, State, Step

EVERYTHING = frozenset({Kept.PAPER_LISTS, Kept.GUIDES, Kept.PACKAGES})
REASONS = {
    Part.READER: Reason.READER_FAULT, Part.CAMERA: Reason.CAMERA_FAULT,
    Part.DOCUMENT_PRINTER: Reason.PRINTER_NO_PAPER, Part.PLATFORM: Reason.NETWORK,
    Part.RECEIPT_PRINTER: Reason.RECEIPT_PRINTER_NO_PAPER, Part.STORE: Reason.STORE_FULL,
    Part.MACHINE: Reason.DISK_FULL,
}


def with_lost(*parts: Part, kept=EVERYTHING) -> State:
    lost = tuple((part, REASONS[part]) for part in parts)
    return State(Step.IDLE, Equipment(lost, kept=frozenset(kept)))


def refused(state: State) -> dict[Offer, Reason]:
    return {offer: why for offer, why in offers(state).items() if why is not None}


def test_with_all_parts_everything_works():
    assert refused(with_lost()) == {}


@pytest.mark.parametrize(
    ("part", "without"),
    [
        (Part.PLATFORM, {Offer.CERTIFICATES}),
        (Part.DOCUMENT_PRINTER, {Offer.CERTIFICATES, Offer.PACKAGE}),
        (Part.CAMERA, {Offer.PACKAGE, Offer.CHECK_PAPER}),
        (Part.READER, {Offer.PACKAGE}),
        (Part.RECEIPT_PRINTER, set()),
        (Part.STORE, set(Offer)),
        (Part.MACHINE, set(Offer)),
    ],
)
def test_a_lost_part_takes_with_it_what_needs_it_and_is_the_reason(part, without):
    assert refused(with_lost(part)) == dict.fromkeys(without, REASONS[part])


@pytest.mark.parametrize(
    ("kept", "reasons"),
    [
        (set(), {Offer.PACKAGE: Reason.NOTHING_KEPT, Offer.CHECK_PAPER: Reason.NOTHING_KEPT,
                 Offer.GUIDES: Reason.NOTHING_KEPT}),
        ({Kept.OLD_PAPER_LISTS, Kept.GUIDES, Kept.PACKAGES},
         {Offer.CHECK_PAPER: Reason.LISTS_TOO_OLD}),
    ],
)
def test_what_is_not_kept_or_too_old_is_no_offer(kept, reasons):
    assert refused(with_lost(kept=kept)) == reasons


def test_what_is_kept_of_certificates_is_shown_only_while_there_is_no_line():
    assert Offer.PACKAGE not in shown(with_lost())
    assert shown(with_lost(Part.PLATFORM))[Offer.PACKAGE] is None
    without = shown(with_lost(Part.PLATFORM, kept=set()))
    assert without[Offer.PACKAGE] is Reason.NOTHING_KEPT


@given(st.sets(st.sampled_from(Part)), st.sets(st.sampled_from(Kept)))
def test_a_terminal_is_out_of_service_exactly_when_nothing_works(parts, kept):
    state = with_lost(*parts, kept=kept)
    works = [offer for offer, why in offers(state).items() if why is None]
    assert (out_of_service(state.equipment) is None) == bool(works)
    assert bool(works) == parts.isdisjoint({Part.STORE, Part.MACHINE})
