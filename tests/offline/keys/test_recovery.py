import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from offline.keys.port import KeyFailure, KeyReason
from offline.keys.recovery import open_recovery, read_private, read_public, wrap_for_recovery

KEY = bytes(range(32))
OPERATORS = ec.generate_private_key(ec.SECP256R1())
WRAPPED = wrap_for_recovery(KEY, OPERATORS.public_key(), "kiosk-7")


def reason(call, *arguments) -> KeyReason:
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    return caught.value.reason


def public_pem(key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def test_the_operators_open_what_the_terminal_wrapped_with_their_public_key():
    wrapped = wrap_for_recovery(KEY, read_public(public_pem(OPERATORS)), "kiosk-7")
    locked = private_pem(OPERATORS, BestAvailableEncryption(b"of the operators"))
    assert open_recovery(wrapped, read_private(locked, b"of the operators"), "kiosk-7") == KEY


def test_no_two_wraps_of_a_key_are_alike():
    assert wrap_for_recovery(KEY, OPERATORS.public_key(), "kiosk-7") != WRAPPED


def test_another_terminals_wrap_is_not_taken_for_this_ones():
    assert reason(open_recovery, WRAPPED, OPERATORS, "kiosk-8") == KeyReason.NOT_OURS
    renamed = WRAPPED.replace(b"kiosk-7", b"kiosk-8")
    assert reason(open_recovery, renamed, OPERATORS, "kiosk-8") == KeyReason.UNREADABLE


def test_another_key_says_for_which_one_the_wrap_was_made():
    other = ec.generate_private_key(ec.SECP256R1())
    assert reason(open_recovery, WRAPPED, other, "kiosk-7") == KeyReason.BAD_RECOVERY_KEY


@given(place=st.integers(0, 112), bit=st.integers(0, 7))
def test_every_changed_bit_is_found(place, bit):
    whole = json.loads(WRAPPED)
    sealed = bytearray(base64.b64decode(whole["fields"]["sealed"]))
    sealed[place] ^= 1 << bit
    whole["fields"]["sealed"] = base64.b64encode(sealed).decode()
    changed = json.dumps(whole).encode()
    assert reason(open_recovery, changed, OPERATORS, "kiosk-7") == KeyReason.UNREADABLE


@pytest.mark.parametrize(
    "pem",
    [b"", b"no PEM", public_pem(rsa.generate_private_key(65537, 2048)),
     public_pem(ec.generate_private_key(ec.SECP384R1()))],
)  # fmt: skip
def test_only_public_keys_of_p256_are_taken(pem):
    assert reason(read_public, pem) == KeyReason.BAD_RECOVERY_KEY


@pytest.mark.parametrize(
    "pem",
    [b"", public_pem(OPERATORS), private_pem(ec.generate_private_key(ec.SECP384R1())),
     private_pem(OPERATORS, BestAvailableEncryption(b"another password"))],
)  # fmt: skip
def test_only_private_keys_of_p256_are_taken(pem):
    assert reason(read_private, pem) == KeyReason.BAD_RECOVERY_KEY
