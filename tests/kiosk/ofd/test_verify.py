"""Seals and signatures: the forms in use, and every way to tamper with one."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.gm import Certificate, ChainVerdict, TrustList
from kiosk.ofd import OfdError, OfdFile, verify
from kiosk.ofd.seal import SealForm
from sandbox.ofd.objects import document, plain
from sandbox.ofd.package import SIGNATURES, SignatureWish, StampWish, pack, signed_parts
from sandbox.ofd.sealed import STAMP_BOX, seal_document, signers
from sandbox.ofd.seals import Habits, SealOrder, make_seal, seal_signature
from sandbox.sm2 import issue, make_authority
from tests.kiosk.ofd.conftest import parts_of, zipped

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.mark.parametrize("form", list(SealForm))
@pytest.mark.parametrize("habits", [
    Habits(), Habits(raw_value=True), Habits(wrap_digest=True), Habits(behind=b"\x00\x00"),
])
def test_a_seal_of_every_form_and_habit_is_trusted(form, habits, judge):
    found = judge(seal_document(form, habits))
    assert (found.intact, found.trusted, found.uncovered) == (True, True, ())
    assert found.signatures[0].value.kind == form
    assert found.signatures[0].value.signer == "样本局"


@pytest.mark.parametrize("name", ["attributes", "content", "base64", "bare"])
def test_signed_data_of_both_conventions_is_trusted(files, judge, name):
    found = judge(files[f"signed {name}"])
    assert (found.intact, found.trusted) == (True, True)
    assert found.signatures[0].value.kind == "GB/T 35275"


@pytest.mark.parametrize("method", ["SM3", "sm3", "1.2.156.10197.1.401.2"])
@pytest.mark.parametrize("written", [
    "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d%H%M%SZ", "%Y-%m-%dT%H:%M:%S",
])
def test_digests_and_times_are_read_as_vendors_write_them(judge, method, written):
    found = judge(seal_document(
        SealForm.V4, Habits(), method=method, time_format=written, kind=None, by_digest=True
    ))
    assert found.trusted


@pytest.mark.parametrize("method", ["MD5", "SHA1", "CRC32"])
def test_a_weak_or_unknown_digest_proves_nothing(judge, method):
    found = judge(seal_document(SealForm.V4, Habits(), method=method))
    assert not found.trusted
    assert any(method in one for one in found.signatures[0].problems)


def test_every_single_changed_byte_of_a_covered_file_is_found(sealed, judge):
    parts = parts_of(sealed)
    name = "Doc_0/Document.xml"
    for at in range(len(parts[name])):
        changed = bytearray(parts[name])
        changed[at] ^= 1
        assert_not_trusted(judge, parts | {name: bytes(changed)}, f"{name} byte {at}")


def test_a_thousand_changed_bytes_of_all_files_are_found(sealed, judge):
    parts = parts_of(sealed)
    dice, names = random.Random(20261124), sorted(parts_of(sealed))
    for _ in range(1000):
        name = dice.choice(names)
        changed = bytearray(parts[name])
        at = dice.randrange(len(changed))
        changed[at] ^= 1 << dice.randrange(8)
        assert_not_trusted(judge, parts | {name: bytes(changed)}, f"{name} byte {at}")


def assert_not_trusted(judge, parts, what):
    try:
        found = judge(zipped(list(parts.items())))
    except OfdError:
        return
    assert not found.trusted, what


def test_a_file_that_is_added_is_told_though_all_else_is_well(sealed, judge):
    found = judge(zipped([*parts_of(sealed).items(), ("Doc_0/Annots/Page_0.xml", b"<x/>")]))
    assert found.intact
    assert found.uncovered == ("Doc_0/Annots/Page_0.xml",)
    assert found.uncovered_and_shown == ()


def test_what_is_shown_but_not_covered_is_not_trusted(judge):
    page = "Doc_0/Pages/Page_0/Content.xml"
    found = judge(seal_document(SealForm.V4, Habits(), leave_out=(page,)))
    assert (found.intact, found.trusted) == (True, False)
    assert found.uncovered_and_shown == (page,)


def test_a_root_that_is_not_covered_is_told_and_no_more(judge):
    found = judge(seal_document(SealForm.V4, Habits(), leave_out=("OFD.xml", SIGNATURES)))
    assert (found.uncovered, found.trusted) == (("Doc_0/Signs/Signatures.xml", "OFD.xml"), True)


def test_a_covered_file_that_is_gone_is_found(sealed, judge):
    parts = parts_of(sealed)
    del parts["Doc_0/DocumentRes.xml"]
    found = judge(zipped(list(parts.items())))
    assert "Doc_0/DocumentRes.xml: missing_part" in found.signatures[0].problems


def test_bytes_before_the_package_are_told(sealed, judge):
    assert judge(b"MZ" * 10 + sealed).uncovered == ("bytes 0 to 20",)


def test_a_seal_moved_from_another_file_does_not_fit(sealed, judge):
    other = parts_of(seal_document(SealForm.V4, Habits()))
    mine = parts_of(sealed)
    value = "Doc_0/Signs/Sign_0/SignedValue.dat"
    moved = mine | {value: other[value], "Doc_0/Signs/Sign_0/Seal.esl": mine[
        "Doc_0/Signs/Sign_0/Seal.esl"]}
    found = judge(zipped(list(moved.items())))
    assert found.intact is False


def test_a_bare_signature_has_no_signer_to_be_trusted(sealed, judge):
    parts = parts_of(sealed) | {"Doc_0/Signs/Sign_0/SignedValue.dat": b"\x01" * 64}
    found = judge(zipped(list(parts.items())))
    assert found.signatures[0].value.kind == "SM2"
    assert not found.trusted


def test_a_document_without_signatures_is_neither_intact_nor_not(files, judge):
    found = judge(files["plain"])
    assert (found.signatures, found.intact, found.trusted) == ((), None, False)


class Case:
    """A document sealed by chosen hands at a chosen time."""

    def __init__(self) -> None:
        self.root, self.signer, self.maker = signers()
        self.users = (self.signer.certificate,)
        self.at, self.created, self.valid = NOW, NOW - DAY, 100 * DAY

    def make(self) -> bytes:
        seal = make_seal(self.maker, SealOrder(
            "S", "样本局", self.users, b"\x89PNG", "png", self.created, valid=self.valid,
        ))

        def value(raw: bytes, part: str) -> bytes:
            return seal_signature(self.signer, seal, SealForm.V4, raw, part, self.at)

        wish = SignatureWish(value, self.at, (StampWish(1, STAMP_BOX),), seal)
        return pack(signed_parts(document(plain, SIGNATURES), [wish]))

    def judge(self) -> tuple[bool | None, str]:
        trust = TrustList((Certificate(self.root.certificate),))
        found = verify(OfdFile(self.make()), trust, NOW)
        assert found.trusted is not bool(found.signatures[0].problems)
        return found.intact, "; ".join(found.signatures[0].problems)


@pytest.fixture
def case():
    return Case()


def test_all_is_well_with_an_ordinary_seal(case):
    assert case.judge() == (True, "")


def test_a_signer_who_is_not_among_the_users_is_told(case):
    case.users = (issue(case.root, "别人").certificate,)
    assert case.judge() == (True, "the signer is not among the seal's users")


def test_a_seal_by_a_maker_whom_nobody_knows_is_told(case):
    case.maker = issue(make_authority("Elsewhere"), "Maker")
    intact, problems = case.judge()
    assert intact
    assert problems.startswith("the seal's maker is unknown")


def test_a_signature_after_the_seal_ran_out_is_told(case):
    case.valid = timedelta(hours=1)
    intact, problems = case.judge()
    assert intact
    assert "the seal is for" in problems


def test_a_signature_from_the_future_is_told(case):
    case.at = NOW + 3 * DAY
    assert "signed in the future" in case.judge()[1]


def test_a_signer_whom_nobody_trusts_is_unknown(case, trust):
    found = verify(OfdFile(case.make()), TrustList(), NOW)
    assert found.intact
    assert found.signatures[0].value.chain.verdict is ChainVerdict.UNKNOWN
