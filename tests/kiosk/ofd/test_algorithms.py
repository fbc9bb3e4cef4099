"""Seals and signatures by RSA and ECDSA: what is accepted, and the reason where it is not."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.gm import Certificate, TrustList
from kiosk.gm.hashes import SHA256
from kiosk.ofd.judge import Signed, judge_value
from kiosk.ofd.seal import SealForm
from sandbox.ofd.seals import SealOrder, make_seal, seal_signature, signed_data
from sandbox.other_signers import (
    RSA_SHA1,
    KeySigner,
    certify,
    issue_ecdsa,
    issue_rsa,
    rsa_authority,
)

NOW = datetime.now(UTC).replace(microsecond=0)
DATA = b"<Signature/>"
MEANT = Signed(DATA, "Signature.xml")


@pytest.fixture(scope="module")
def root():
    return rsa_authority("RSA Root")


def sealed(root, signer, form=SealForm.V4) -> bytes:
    seal = make_seal(issue_rsa(root, "Maker"), SealOrder(
        "S", "样本局", (signer.certificate,), b"", "png", NOW - timedelta(days=1), form
    ))
    return seal_signature(signer, seal, form, DATA, "Signature.xml", NOW)


def judge(root, value, meant=MEANT):
    return judge_value(value, meant, TrustList((Certificate(root.certificate),)), NOW)


@pytest.mark.parametrize("make", [issue_rsa, issue_ecdsa])
@pytest.mark.parametrize("form", list(SealForm))
def test_a_seal_by_rsa_or_ecdsa_is_good(root, make, form):
    value = sealed(root, make(root, "样本局"), form)
    assert judge(root, value).problems == ()
    changed = judge(root, value, Signed(b"<Other/>", "Signature.xml"))
    assert changed.problems == ("Signature.xml was changed",)


@pytest.mark.parametrize("make", [issue_rsa, issue_ecdsa])
def test_signed_data_by_rsa_or_ecdsa_is_good(root, make):
    value = signed_data(make(root, "样本局"), (), DATA, NOW)
    found = judge(root, value)
    assert (found.problems, found.value_valid, found.digest_valid) == ((), True, True)
    assert judge(root, value, Signed(b"<Other/>", "Signature.xml")).digest_valid is False


def test_rsa_with_the_digest_named_apart_is_good(root):
    signer = issue_rsa(root, "样本局")
    plain = KeySigner(signer.key, signer.certificate, "1.2.840.113549.1.1.1")
    assert judge(root, signed_data(plain, (), DATA, NOW)).problems == ()
    assert judge(root, sealed(root, plain)).problems == ()


@pytest.mark.parametrize(
    ("algorithm", "why"),
    [
        (RSA_SHA1, "a signature over SHA-1 proves nothing"),
        ("1.2.840.10040.4.3", "signatures by 1.2.840.10040.4.3 are not supported"),
        ("1.2.840.10045.4.3.2", "an ECDSA signature, and a key of another kind"),
        ("1.2.156.10197.1.501", "a key of 1.2.840.113549.1.1.1"),
    ],
)
def test_what_proves_nothing_or_is_not_supported_says_so(root, algorithm, why):
    signer = issue_rsa(root, "样本局")
    wrong = KeySigner(signer.key, signer.certificate, algorithm, SHA256)
    for value in (sealed(root, wrong), signed_data(wrong, (), DATA, NOW)):
        found = judge(root, value)
        assert found.value_valid is False
        assert any(why in one for one in found.problems), found.problems


def test_a_small_rsa_key_proves_nothing(root):
    found = judge(root, sealed(root, issue_rsa(root, "样本局", 1024)))
    assert "an RSA key of 1024 bits proves nothing" in found.problems


def test_a_certificate_by_another_authority_is_not_trusted(root):
    signer = issue_rsa(root, "样本局")
    other = rsa_authority("RSA Root")
    certificate = certify("样本局", signer.key, "RSA Root", other.key)
    found = judge(root, sealed(root, KeySigner(signer.key, certificate, signer.algorithm)))
    assert found.chain.verdict == "unknown"
