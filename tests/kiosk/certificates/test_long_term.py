"""PDFs that last: signers who ran out or were revoked since, and what the file proves of then."""

import io
import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from cryptography import x509 as made_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kiosk.certificates.trust import Trust
from kiosk.certificates.verdict import Verdict
from kiosk.certificates.verify import verify_file
from kiosk.gm import Certificate, RevocationList, TrustList
from sandbox.keys import subject
from sandbox.lasting_pdf import Hands, Lasting, revocations, sign_lasting
from sandbox.ofd.sealed import signers
from sandbox.ofd.seals import signed_data
from sandbox.other_signers import RSA_SHA256, KeySigner, certify, common_name
from sandbox.sm2_pdf import sign_pdf

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
SIGNED = NOW - 200 * DAY
LONG = (NOW - 900 * DAY, NOW + 900 * DAY)
PAST = (NOW - 400 * DAY, NOW - 100 * DAY)


@dataclass(frozen=True)
class Office:
    hands: Hands
    stranger: KeySigner
    page: bytes

    def trust(self, *lists: bytes) -> Trust:
        root = self.hands.root.certificate
        return Trust(
            TrustList((Certificate(root),), tuple(map(RevocationList, lists))),
            (x509.Certificate.load(root),),
            tuple(asn1_crl.CertificateList.load(one) for one in lists),
        )

    def judge(self, wish: Lasting, *lists: bytes, hands: Hands | None = None):
        made = sign_lasting(self.page, hands or self.hands, wish)
        found = verify_file(made, self.trust(*lists), NOW)
        return found.verdict, found.signatures[0]


def certified(name, root_name, root_key, span, **more) -> KeySigner:
    key = rsa.generate_private_key(65537, 2048)
    made = certify(name, key, root_name, root_key or key, span=span, **more)
    return KeySigner(key, made, RSA_SHA256)


@pytest.fixture(scope="module")
def office():
    root = certified("Root", "Root", None, LONG, is_authority=True)
    signer = certified("Office", "Root", root.key, PAST)
    tsa = certified("Time", "Root", root.key, LONG, makes_timestamps=True)
    strange_root = certified("Elsewhere", "Elsewhere", None, LONG, is_authority=True)
    stranger = certified("Foreign", "Elsewhere", strange_root.key, LONG, makes_timestamps=True)
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return Office(Hands(root, signer, tsa), stranger, out.getvalue())


def test_a_signer_who_ran_out_since_is_good_by_what_the_file_proves(office):
    verdict, signature = office.judge(Lasting(SIGNED))
    assert (verdict, signature.chain, signature.long_term) == (Verdict.GENUINE, "trusted", True)
    assert (signature.signed_at, signature.time_proven_by) == (SIGNED.isoformat(), "Time")


@pytest.mark.parametrize(
    "wish", [Lasting(SIGNED, store=False), Lasting(SIGNED, store=False, timestamp=False)]
)
def test_without_what_was_known_of_revocations_the_signer_has_run_out(office, wish):
    verdict, signature = office.judge(wish)
    assert (verdict, signature.chain, signature.long_term) == (
        Verdict.UNTRUSTED, "expired", False
    )


def test_a_timestamp_over_the_document_is_enough(office):
    verdict, signature = office.judge(Lasting(SIGNED, timestamp=False))
    assert (verdict, signature.long_term) == (Verdict.GENUINE, True)


def test_a_list_without_any_timestamp_proves_nothing_of_then(office):
    verdict, _ = office.judge(Lasting(SIGNED, timestamp=False, seal_store=False))
    assert verdict is Verdict.UNTRUSTED


def test_one_revoked_before_the_proven_time_is_not_good(office):
    verdict, signature = office.judge(Lasting(SIGNED, revoked=SIGNED - DAY))
    assert verdict is Verdict.UNTRUSTED
    assert signature.long_term is False


@pytest.mark.parametrize("hole", [0, 1])
def test_every_changed_byte_of_a_signature_or_timestamp_is_found(office, hole):
    valid = certified("Office", "Root", office.hands.root.key, LONG)
    hands = replace(office.hands, signer=valid)
    made = sign_lasting(office.page, hands, Lasting(SIGNED))
    start = [found.start() for found in re.finditer(b"<3082", made)][hole]
    used = len(made[start : made.index(b">", start)].rstrip(b"0"))
    dice = random.Random(7)
    for _ in range(150):
        at, bit = start + dice.randrange(used), 1 << dice.randrange(8)
        changed = made[:at] + bytes([made[at] ^ bit]) + made[at + 1 :]
        found = verify_file(changed, office.trust(), NOW).verdict
        assert found is not Verdict.GENUINE, f"byte {at - start}, bit {bit}"


def test_timestamps_by_a_foreign_authority_prove_nothing(office):
    verdict, _ = office.judge(
        Lasting(SIGNED), hands=replace(office.hands, tsa=office.stranger)
    )
    assert verdict is Verdict.UNTRUSTED


def test_one_whom_the_terminals_list_has_is_revoked_and_good_only_before(office):
    valid = certified("Office", "Root", office.hands.root.key, LONG)
    hands = replace(office.hands, signer=valid)
    later = revocations(hands, Lasting(NOW - DAY, revoked=NOW - 50 * DAY))
    verdict, signature = office.judge(Lasting(SIGNED, store=False, timestamp=False), later,
                                      hands=hands)
    assert (verdict, signature.chain) == (Verdict.UNTRUSTED, "revoked")
    verdict, signature = office.judge(Lasting(SIGNED), later, hands=hands)
    assert (verdict, signature.long_term) == (Verdict.GENUINE, True)
    before = revocations(hands, Lasting(NOW - DAY, revoked=SIGNED - DAY))
    verdict, signature = office.judge(Lasting(SIGNED), before, hands=hands)
    assert verdict is Verdict.UNTRUSTED


def test_signatures_with_sm2_and_others_in_one_file_are_judged_each_by_its_branch(office):
    valid = certified("Office", "Root", office.hands.root.key, LONG)
    hands = replace(office.hands, signer=valid)
    first = sign_lasting(office.page, hands, Lasting(NOW, store=False))
    root, signer, _ = signers()
    both = sign_pdf(first, lambda data: signed_data(signer, (), data, NOW), NOW)
    trust = office.trust()
    known = replace(trust, chains=TrustList((*trust.chains.anchors, Certificate(root.certificate))))
    found = verify_file(both, known, NOW)
    assert [one.kind for one in found.signatures] == ["PAdES", "SM2-PKCS7"]
    assert (found.verdict, found.detail) == (Verdict.GENUINE, "")
    half = verify_file(both, trust, NOW)
    assert (half.verdict, half.signatures[0].chain, half.signatures[1].chain) == (
        Verdict.UNTRUSTED, "trusted", "unknown"
    )
    changed = verify_file(both + b"% more\n", known, NOW)
    assert (changed.verdict, changed.uncovered) == (
        Verdict.ALTERED, (f"bytes {len(both)} to {len(both) + 7}",)
    )


def revoking(authority: KeySigner, one: KeySigner, suspected=None) -> bytes:
    """The authority's list of yesterday that has one since 50 days ago."""
    entry = made_x509.RevokedCertificateBuilder().serial_number(
        made_x509.load_der_x509_certificate(one.certificate).serial_number
    ).revocation_date(NOW - 50 * DAY)
    if suspected is not None:
        entry = entry.add_extension(made_x509.InvalidityDate(suspected), critical=False)
    builder = (
        made_x509.CertificateRevocationListBuilder()
        .issuer_name(subject(common_name(authority)))
        .last_update(NOW - DAY).next_update(NOW + 7 * DAY).add_revoked_certificate(entry.build())
    )
    made = builder.sign(authority.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


@pytest.fixture(scope="module")
def between(office):
    """An authority between, a signer and a maker of timestamps below it."""
    root = office.hands.root
    middle = certified("Middle", "Root", root.key, LONG, is_authority=True)
    signer = certified("Branch", "Middle", middle.key, LONG)
    tsa = certified("Clock", "Middle", middle.key, LONG, makes_timestamps=True)
    return Hands(root, signer, tsa, (middle,))


@pytest.mark.parametrize("who", ["signer", "middle"])
def test_a_revocation_counts_where_only_the_signature_brings_the_authority_between(
    office, between, who
):
    wish, (middle,) = Lasting(NOW - 80 * DAY, store=False, timestamp=False), between.between
    assert office.judge(wish, hands=between)[0] is Verdict.GENUINE
    told = {
        "signer": revoking(middle, between.signer), "middle": revoking(between.root, middle),
    }
    verdict, signature = office.judge(wish, told[who], hands=between)
    assert (verdict, signature.chain) == (Verdict.UNTRUSTED, "revoked")


def test_a_maker_of_timestamps_that_is_revoked_below_an_authority_between_proves_nothing(
    office, between
):
    hands = replace(between, signer=office.hands.signer)
    assert office.judge(Lasting(SIGNED), hands=hands)[0] is Verdict.GENUINE
    told = revoking(between.between[0], between.tsa)
    assert office.judge(Lasting(SIGNED), told, hands=hands)[0] is Verdict.UNTRUSTED


def test_one_whose_key_was_lost_before_the_proven_time_is_not_good_though_revoked_later(office):
    valid = certified("Office", "Root", office.hands.root.key, LONG)
    hands, wish = replace(office.hands, signer=valid), Lasting(NOW - 80 * DAY)
    later = revoking(hands.root, valid, suspected=NOW - 60 * DAY)
    assert office.judge(wish, later, hands=hands)[0] is Verdict.GENUINE
    before = revoking(hands.root, valid, suspected=NOW - 100 * DAY)
    assert office.judge(wish, before, hands=hands)[0] is Verdict.UNTRUSTED
