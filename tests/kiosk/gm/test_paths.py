"""Certificate paths: trusted, and each way not to be."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.gm import (
    BadCertificate,
    Certificate,
    ChainVerdict,
    RevocationList,
    TrustList,
    judge_chain,
)
from sandbox.sm2 import AUTHORITY, Wish, issue, make_authority, revocation_list

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def root():
    return make_authority("Root")


def judge(signer, root, *others, revoked=None, at=NOW):
    lists = () if revoked is None else (RevocationList(revocation_list(root, revoked, NOW)),)
    trust = TrustList((Certificate(root.certificate),), lists)
    return judge_chain(
        Certificate(signer.certificate), [Certificate(one.certificate) for one in others], trust, at
    )


def test_a_signer_below_a_trusted_root_is_trusted(root):
    found = judge(issue(root, "Office"), root)
    assert (found.verdict, found.names) == (ChainVerdict.TRUSTED, ("Office", "Root"))
    assert found.notes == ("no revocation list of 'Root'",)


@pytest.mark.parametrize("purpose", ["server_auth", "client_auth", "time_stamping"])
def test_who_is_certified_for_something_else_signs_no_documents(root, purpose):
    other = issue(root, "Other", Wish(purposes=(purpose,)))
    assert judge(other, root).verdict is ChainVerdict.UNTRUSTED
    both = issue(root, "Both", Wish(purposes=(purpose, "email_protection")))
    assert judge(both, root).verdict is ChainVerdict.TRUSTED


def test_authorities_between_are_found_among_what_came_along(root):
    middle = issue(root, "Middle", AUTHORITY)
    found = judge(issue(middle, "Office"), root, middle)
    assert (found.verdict, found.names) == (ChainVerdict.TRUSTED, ("Office", "Middle", "Root"))
    assert judge(issue(middle, "Office"), root).verdict is ChainVerdict.UNKNOWN


def test_a_stranger_is_unknown_even_under_a_trusted_name(root):
    impostor = make_authority("Root")
    found = judge(issue(impostor, "Office"), root, impostor)
    assert found.verdict is ChainVerdict.UNKNOWN


def test_one_whose_time_is_over_is_expired(root):
    signer = issue(root, "Office", Wish(ends=NOW - timedelta(days=1)))
    assert judge(signer, root).verdict is ChainVerdict.EXPIRED
    assert judge(signer, root, at=NOW - timedelta(days=2)).verdict is ChainVerdict.TRUSTED


def test_a_revoked_one_is_revoked_and_says_when(root):
    signer = issue(root, "Office")
    found = judge(signer, root, revoked=[signer.certificate])
    assert (found.verdict, found.why) == (
        ChainVerdict.REVOKED, "'Office' was revoked on 2026-11-24"
    )
    assert judge(signer, root, revoked=[]).notes == ()


def test_a_list_that_is_too_old_is_noted(root):
    found = judge(issue(root, "Office"), root, revoked=[], at=NOW + timedelta(days=40))
    assert found.notes == ("revocations by 'Root' known as of 2026-11-24",)


def test_a_list_is_too_old_by_the_day_of_asking_where_no_time_is_proven(root):
    signer, lists = issue(root, "Office"), revocation_list(root, [], NOW - timedelta(days=40))
    trust = TrustList((Certificate(root.certificate),), (RevocationList(lists),))
    office, at = Certificate(signer.certificate), NOW - timedelta(days=20)
    told = judge_chain(office, (), trust, at, now=NOW)
    assert told.notes == ("revocations by 'Root' known as of 2026-10-15",)
    assert judge_chain(office, (), trust, at, now=NOW, proven=True).notes == ()


def test_a_list_of_some_certificates_revokes_but_clears_nobody(root):
    signer = issue(root, "Office")
    part = revocation_list(root, [signer.certificate], NOW, partial=True)
    clear = revocation_list(root, [], NOW)
    empty = revocation_list(root, [], NOW, partial=True)
    office = Certificate(signer.certificate)

    def told(*lists):
        anchors = (Certificate(root.certificate),)
        return judge_chain(
            office, (), TrustList(anchors, tuple(map(RevocationList, lists))), NOW
        )

    assert told(clear, part).verdict is ChainVerdict.REVOKED
    assert told(empty).notes == ("no revocation list of 'Root'",)


def test_a_list_from_the_future_is_not_asked(root):
    signer = issue(root, "Office")
    found = judge(signer, root, revoked=[signer.certificate], at=NOW - timedelta(days=1))
    assert found.verdict is ChainVerdict.TRUSTED


@pytest.mark.parametrize(
    ("middle", "signer", "why"),
    [
        (Wish(), Wish(), "is no authority"),
        (Wish(is_authority=True, key_usage=frozenset({"crl_sign"})), Wish(), "sign certificates"),
        (AUTHORITY, Wish(key_usage=frozenset({"key_encipherment"})), "may not sign documents"),
        (AUTHORITY, Wish(critical="1.2.3.4.5"), "critical extension 1.2.3.4.5"),
    ],
)
def test_what_a_certificate_may_not_do_is_not_trusted(root, middle, signer, why):
    between = issue(root, "Middle", middle)
    found = judge(issue(between, "Office", signer), root, between)
    assert found.verdict is ChainVerdict.UNTRUSTED
    assert why in found.why


def test_a_path_may_not_be_longer_than_an_authority_allows(root):
    first = issue(root, "First", Wish(is_authority=True, path_length=0))
    second = issue(first, "Second", AUTHORITY)
    found = judge(issue(second, "Office"), root, second, first)
    assert (found.verdict, found.why) == (
        ChainVerdict.UNTRUSTED, "too many authorities below 'First'"
    )


def test_many_certificates_of_one_name_do_not_take_long(root):
    crowd = [make_authority("Middle") for _ in range(40)]
    middle = make_authority("Middle")
    assert judge(issue(middle, "Office"), root, *crowd).verdict is ChainVerdict.UNKNOWN


def test_a_changed_certificate_is_not_trusted(root):
    signer = issue(root, "Office")
    changed = bytearray(signer.certificate)
    changed[len(changed) // 2] ^= 1
    try:
        found = judge_chain(
            Certificate(bytes(changed)), (), TrustList((Certificate(root.certificate),)), NOW
        )
    except BadCertificate:
        return
    assert found.verdict is not ChainVerdict.TRUSTED


def test_a_trust_folder_names_the_file_that_is_none(tmp_path, root):
    (tmp_path / "good.crt").write_bytes(root.certificate)
    (tmp_path / "bad.crl").write_text("nonsense")
    with pytest.raises(BadCertificate, match=r"bad\.crl: not a revocation list"):
        TrustList.from_folder(tmp_path)
