"""The national algorithms against the standards' own vectors."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gm import DEFAULT_USER_ID, BadKey, PublicKey, openssl, require_sm2, sm3
from kiosk.gm.hashes import NONCE_SIZE, Sm4Gcm
from kiosk.gm.openssl import SmUnavailable
from kiosk.gm.signing import PrivateKey
from kiosk.gm.sm2 import as_der, as_raw

# GB/T 32918.5-2017, annex A.2.
SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


@pytest.fixture(scope="module")
def key():
    return PublicKey.from_point(POINT)


def test_the_signature_of_the_standard_verifies_in_both_forms(key):
    assert key.verify(MESSAGE, SIGNATURE, user_id=DEFAULT_USER_ID)
    assert key.verify(MESSAGE, as_der(SIGNATURE), user_id=DEFAULT_USER_ID)
    assert as_raw(as_der(SIGNATURE)) == SIGNATURE


def test_another_user_id_is_another_signature(key):
    assert not key.verify(MESSAGE, SIGNATURE, user_id=b"")
    assert not key.verify(MESSAGE, SIGNATURE, user_id=b"ALICE123@YAHOO.COM")


def test_every_changed_bit_of_message_or_signature_is_found(key):
    for bit in range(len(SIGNATURE) * 8):
        changed = bytearray(SIGNATURE)
        changed[bit // 8] ^= 1 << bit % 8
        assert not key.verify(MESSAGE, bytes(changed), user_id=DEFAULT_USER_ID)
    assert not key.verify(MESSAGE + b"!", SIGNATURE, user_id=DEFAULT_USER_ID)


@given(st.binary(max_size=120))
def test_any_bytes_are_a_wrong_signature_and_nothing_worse(garbage):
    key = PublicKey.from_point(POINT)
    assert not key.verify(MESSAGE, garbage, user_id=DEFAULT_USER_ID)


def test_what_a_key_signs_verifies_with_its_public_half():
    own = PrivateKey.from_numbers(SECRET, POINT)
    assert own.public.point == POINT
    made = own.sign(b"something", user_id=DEFAULT_USER_ID)
    assert own.public.verify(b"something", made, user_id=DEFAULT_USER_ID)
    other = PrivateKey.generate()
    assert not other.public.verify(b"something", made, user_id=DEFAULT_USER_ID)


def test_a_key_of_another_curve_is_refused():
    der = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(BadKey, match="not of SM2"):
        PublicKey(der)


@pytest.mark.parametrize("point", [b"", POINT[:-1], b"\x02" + POINT[1:33], b"\x04" + b"\x01" * 64])
def test_what_is_no_point_of_the_curve_is_refused(point):
    with pytest.raises(BadKey):
        PublicKey.from_point(point)


def test_sm3_of_the_standard():
    # GB/T 32905-2016, annex A.
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_sm4_in_gcm_mode_of_rfc_8998():
    # RFC 8998, appendix A.1.
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    data = b"".join(bytes([one]) * 8 for one in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = Sm4Gcm(key).encrypt(nonce, data, associated)
    assert sealed[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"
    assert sealed[:16].hex() == "17f399f08c67d5ee19d0dc9969c4bb7d"
    assert Sm4Gcm(key).decrypt(nonce, sealed, associated) == data


def test_what_was_encrypted_with_sm4_opens_only_as_it_was():
    box, nonce = Sm4Gcm(b"k" * 16), b"n" * NONCE_SIZE
    sealed = box.encrypt(nonce, b"secret", b"place")
    for wrong in ((sealed, b"elsewhere"), (sealed[:-1] + b"\x00", b"place"), (b"short", b"")):
        with pytest.raises(ValueError, match=r"tag|not what"):
            box.decrypt(nonce, *wrong)


def test_a_system_without_sm2_is_refused_at_start(monkeypatch):
    require_sm2.cache_clear()
    openssl.library.cache_clear()
    monkeypatch.setattr(openssl.ctypes.util, "find_library", lambda _: None)
    with pytest.raises(SmUnavailable, match="OpenSSL 3 with SM2 is needed"):
        require_sm2()
    monkeypatch.undo()
    openssl.library.cache_clear()
    assert int(require_sm2().split(".")[0]) >= 3
