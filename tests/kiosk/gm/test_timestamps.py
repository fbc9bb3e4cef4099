"""Timestamps: what proves a time, and each way not to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gm import BadCertificate, Certificate, RevocationList, TrustList
from kiosk.gm.der import BadDer
from kiosk.gm.hashes import SHA256, SM3
from kiosk.gm.timestamps import judge_timestamp, read_timestamp
from sandbox.other_signers import RSA_SHA1, SHA1, KeySigner, issue_tsa, rsa_authority
from sandbox.sm2 import TIMESTAMPS, Wish, issue, make_authority, revocation_list
from sandbox.timestamps import TokenHabits, timestamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = NOW - timedelta(hours=3)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def root():
    return make_authority("Time Root")


@pytest.fixture(scope="module")
def tsa(root):
    return issue(root, "Time Authority", TIMESTAMPS)


def judge(token, root, revoked=()):
    lists = tuple(RevocationList(one) for one in revoked)
    trust = TrustList((Certificate(root.certificate),), lists)
    return judge_timestamp(token, b"a signature", trust, NOW)


@pytest.mark.parametrize(
    "habits", [TokenHabits(), TokenHabits(imprint_method=SHA256), TokenHabits(whole_answer=True)]
)
def test_a_good_timestamp_proves_its_time(root, tsa, habits):
    proof = judge(timestamp(tsa, b"a signature", AT, habits), root)
    assert (proof.problem, proof.made, proof.by) == ("", AT, "Time Authority")


def test_a_timestamp_with_rsa_proves_its_time(root):
    other = rsa_authority("Other Root")
    token = timestamp(issue_tsa(other, "RSA Time"), b"a signature", AT)
    assert judge(token, other).problem == ""
    assert judge(timestamp(issue_tsa(other, "RSA Time"), b"a signature", AT,
                           TokenHabits(imprint_method=SM3)), other).problem == ""


def test_an_authority_that_does_not_come_along_is_found_among_the_trusted(root, tsa):
    token = timestamp(tsa, b"a signature", AT, TokenHabits(with_certificate=False))
    assert "signer's certificate is not there" in judge(token, root).problem
    assert judge(token, tsa).problem == ""


def test_a_timestamp_over_something_else_proves_nothing(root, tsa):
    assert judge(timestamp(tsa, b"another", AT), root).problem == "it is over something else"


def test_a_timestamp_over_sha_1_proves_nothing(root, tsa):
    token = timestamp(tsa, b"a signature", AT, TokenHabits(imprint_method=SHA1))
    assert "proves nothing" in judge(token, root).problem


def test_a_timestamp_signed_over_sha_1_proves_nothing():
    other = rsa_authority("Other Root")
    good = issue_tsa(other, "RSA Time")
    token = timestamp(KeySigner(good.key, good.certificate, RSA_SHA1), b"a signature", AT)
    assert judge(token, other).problem == "a signature over SHA-1 proves nothing"


def test_an_authority_that_nobody_knows_proves_nothing(root):
    foreign = issue(make_authority("Elsewhere"), "Foreign Time", TIMESTAMPS)
    proof = judge(timestamp(foreign, b"a signature", AT), root)
    assert proof.problem.startswith("its authority is unknown")


def test_one_who_signs_documents_makes_no_timestamps(root):
    token = timestamp(issue(root, "Office"), b"a signature", AT)
    assert judge(token, root).problem == "'Office' may not make timestamps"


def test_an_authority_must_have_been_valid_when_it_made_the_timestamp(root):
    ended = issue(root, "Old Time", Wish(ends=AT - DAY, purposes=("time_stamping",)))
    assert "its authority is expired" in judge(timestamp(ended, b"a signature", AT), root).problem
    since = issue(root, "Old Time", Wish(ends=AT + DAY / 12, purposes=("time_stamping",)))
    assert judge(timestamp(since, b"a signature", AT), root).problem == ""


def test_an_authority_that_was_revoked_proves_nothing(root, tsa):
    revoked = revocation_list(root, [tsa.certificate], NOW)
    proof = judge(timestamp(tsa, b"a signature", AT), root, [revoked])
    assert "its authority is revoked" in proof.problem


def test_a_timestamp_from_the_future_proves_nothing(root, tsa):
    assert "in the future" in judge(timestamp(tsa, b"a signature", NOW + 2 * DAY), root).problem


def test_a_timestamp_that_names_another_certificate_proves_nothing(root, tsa):
    habits = TokenHabits(names_certificate=root.certificate)
    token = timestamp(tsa, b"a signature", AT, habits)
    assert judge(token, root).problem == "it names another signer than its certificate's"


def test_no_changed_byte_of_a_timestamp_proves_another_time(root, tsa):
    token = timestamp(tsa, b"a signature", AT)
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1
        proof = judge(bytes(changed), root)
        assert proof.problem or proof.made == AT, place


@given(st.binary(max_size=300))
def test_any_bytes_are_a_timestamp_or_refused_with_a_reason(garbage):
    for data in (garbage, b"\x30\x82" + garbage):
        with pytest.raises((BadDer, BadCertificate)):
            read_timestamp(data)
