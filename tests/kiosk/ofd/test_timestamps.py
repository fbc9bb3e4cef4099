"""Seals and signatures with timestamps: whose time counts, and what it proves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.gm import Certificate, ChainVerdict, RevocationList, TrustList
from kiosk.ofd import OfdFile, verify
from kiosk.ofd.seal import SealForm
from sandbox.ofd.objects import document, plain
from sandbox.ofd.package import SIGNATURES, SignatureWish, StampWish, pack, signed_parts
from sandbox.ofd.sealed import STAMP_BOX
from sandbox.ofd.seals import Habits, SealOrder, make_seal, seal_signature, signed_data
from sandbox.sm2 import AUTHORITY, TIMESTAMPS, Wish, issue, make_authority, revocation_list
from sandbox.timestamps import stamper

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNED = NOW - 200 * DAY
STAMPED = SIGNED + timedelta(minutes=1)
EXPIRED_SINCE = Wish(begins=NOW - 400 * DAY, ends=NOW - 100 * DAY)
LONG = timedelta(days=3000)


class Office:
    """Whose certificate ran out since it signed, and who stamps its signatures."""

    def __init__(self) -> None:
        self.root = make_authority("Root", wish=replace(AUTHORITY, begins=NOW - 600 * DAY))
        self.trust = TrustList((Certificate(self.root.certificate),))
        self.signer = issue(self.root, "样本局", EXPIRED_SINCE)
        self.maker = issue(self.root, "Maker", Wish(begins=NOW - 500 * DAY))
        self.tsa = issue(self.root, "Time", replace(TIMESTAMPS, begins=NOW - 500 * DAY))
        self.stamp = stamper(self.tsa, STAMPED)
        self.seal_stamp = None
        self.form = SealForm.V4
        self.said = SIGNED

    def sealed(self) -> bytes:
        seal = make_seal(self.maker, SealOrder(
            "S", "样本局", (self.signer.certificate,), b"\x89PNG", "png", SIGNED - DAY, self.form,
            valid=LONG, timestamp=self.seal_stamp,
        ))
        habits = Habits(timestamp=self.stamp)

        def value(raw: bytes, part: str) -> bytes:
            return seal_signature(self.signer, seal, self.form, raw, part, self.said, habits)

        return self._packed(SignatureWish(value, self.said, (StampWish(1, STAMP_BOX),), seal))

    def signed(self) -> bytes:
        habits = Habits(timestamp=self.stamp)

        def value(raw: bytes, _: str) -> bytes:
            return signed_data(self.signer, (), raw, self.said, habits)

        return self._packed(SignatureWish(value, self.said, kind="Sign"))

    def _packed(self, wish: SignatureWish) -> bytes:
        return pack(signed_parts(document(plain, SIGNATURES), [wish]))

    def revoke(self, day: datetime, suspected: datetime | None = None) -> None:
        made = revocation_list(self.root, [self.signer.certificate], NOW - DAY, day, suspected)
        self.trust = replace(self.trust, revocations=(RevocationList(made),))

    def judge(self, data: bytes | None = None):
        found = verify(OfdFile(data or self.sealed()), self.trust, NOW)
        (only,) = found.signatures
        assert found.trusted is not bool(only.problems)
        assert found.intact
        return only.value


@pytest.fixture
def office():
    return Office()


@pytest.mark.parametrize("form", [SealForm.V4, SealForm.V5])
def test_a_timestamp_proves_when_a_seal_was_set(office, form):
    office.form = form
    found = office.judge()
    assert found.problems == ()
    assert (found.signed_at, found.time_proven_by) == (STAMPED, "Time")
    assert found.chain.verdict is ChainVerdict.TRUSTED


def test_a_timestamp_proves_when_data_was_signed(office):
    found = office.judge(office.signed())
    assert (found.problems, found.signed_at, found.time_proven_by) == ((), STAMPED, "Time")


def test_without_a_timestamp_the_time_is_the_signers_word(office):
    office.stamp = None
    found = office.judge()
    assert (found.problems, found.signed_at, found.time_proven_by) == ((), SIGNED, "")


def test_a_timestamp_over_another_signature_fails_the_seal(office):
    good = office.stamp
    office.stamp = lambda _: good(b"another")
    found = office.judge()
    assert found.problems == ("the timestamp: it is over something else",)
    assert found.time_proven_by == ""


def test_a_timestamp_by_a_foreign_authority_fails_the_seal(office):
    foreign = issue(make_authority("Elsewhere"), "Foreign", TIMESTAMPS)
    office.stamp = stamper(foreign, STAMPED)
    assert "the timestamp: its authority is unknown" in office.judge().problems[0]


def test_a_timestamp_that_is_none_fails_the_seal(office):
    office.stamp = lambda _: b"\x30\x03\x02\x01\x00"
    assert "the timestamp: it cannot be read" in office.judge().problems[0]


def test_a_signer_who_had_run_out_when_it_was_stamped_is_expired(office):
    office.stamp = stamper(office.tsa, NOW - DAY)
    found = office.judge()
    assert found.chain.verdict is ChainVerdict.EXPIRED
    assert "the signer is expired" in found.problems[0]


def test_a_time_of_signing_after_the_timestamp_is_told(office):
    office.said = STAMPED + 3 * DAY
    assert "signed after its timestamp" in office.judge().problems[0]


def test_a_signer_revoked_after_the_proven_time_signed_well(office):
    office.revoke(NOW - 50 * DAY)
    found = office.judge()
    assert (found.problems, found.chain.verdict) == ((), ChainVerdict.TRUSTED)
    assert "was revoked on 2026-10-05, after it signed" in found.notes[0]


def test_a_signer_revoked_before_the_proven_time_did_not(office):
    office.revoke(SIGNED - DAY)
    assert office.judge().chain.verdict is ChainVerdict.REVOKED


def test_a_signer_whose_key_was_suspected_before_the_proven_time_did_not(office):
    office.revoke(NOW - 50 * DAY, SIGNED - DAY)
    assert office.judge().chain.verdict is ChainVerdict.REVOKED


def test_a_revocation_counts_whenever_it_was_where_no_time_is_proven(office):
    office.stamp = None
    office.revoke(NOW - 50 * DAY)
    assert office.judge().chain.verdict is ChainVerdict.REVOKED


def test_a_seals_own_timestamp_must_be_good(office):
    office.form, office.seal_stamp = SealForm.V5, office.stamp
    assert office.judge().problems == ()
    good = office.stamp
    office.seal_stamp = lambda _: good(b"another")
    assert office.judge().problems == ("the seal's timestamp: it is over something else",)
