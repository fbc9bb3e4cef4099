"""Ways of signing by their identifiers: RSA-PSS with its parameters, and what is refused."""

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gm.schemes import PSS, NotAccepted, digest_of, is_signed


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def public(key) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def parameters(digest="sha256", salt=32) -> bytes:
    return algos.RSASSAPSSParams({
        "hash_algorithm": {"algorithm": digest},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
        "salt_length": salt,
    }).dump()


def test_a_signature_by_rsa_pss_is_good_with_its_parameters(key):
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    made = key.sign(b"message", scheme, hashes.SHA256())
    assert is_signed(public(key), PSS, b"message", made, parameters=parameters())
    assert not is_signed(public(key), PSS, b"other", made, parameters=parameters())
    assert not is_signed(public(key), PSS, b"message", made, parameters=parameters(salt=20))


@pytest.mark.parametrize("given", [b"", parameters("sha1"), parameters(salt=-1),
                                   parameters(salt=10**6), b"\x30\x03\x02\x01\x00"])
def test_rsa_pss_with_other_parameters_is_not_accepted(key, given):
    with pytest.raises(NotAccepted):
        is_signed(public(key), PSS, b"message", b"x" * 256, parameters=given)


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_parameters_and_keys_are_answered(key_bytes, told):
    with pytest.raises(NotAccepted):
        is_signed(key_bytes, PSS, b"message", b"signature", parameters=told)


@pytest.mark.parametrize("oid", ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.3.4"])
def test_weak_and_unknown_identifiers_name_no_digest(oid):
    with pytest.raises(NotAccepted):
        digest_of(oid)
