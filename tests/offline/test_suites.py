"""A field opens where it was sealed, with the key that sealed it, unchanged; nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.failures import VaultFailure, VaultReason
from offline.suites import SUITES, make_sealer

KEY = bytes(range(32))
suites = st.sampled_from(sorted(SUITES))


@given(suites, st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_opens_in_its_place(suite, plain, row):
    sealer = make_sealer(suite, KEY, "K")
    assert sealer.unseal("table", row, sealer.seal("table", row, plain)) == plain


@settings(max_examples=200)
@given(suites, st.binary(max_size=60), st.data())
def test_any_changed_byte_is_noticed(suite, plain, data):
    sealer = make_sealer(suite, KEY, "K")
    sealed = bytearray(sealer.seal("table", "1", plain))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VaultFailure) as caught:
        sealer.unseal("table", "1", bytes(sealed))
    assert caught.value.reason is VaultReason.TAMPERED


@pytest.mark.parametrize("suite", sorted(SUITES))
@pytest.mark.parametrize("place", [("table", "2"), ("other", "1"), ("tabl", "e1")])
def test_a_field_that_was_moved_does_not_open(suite, place):
    sealer = make_sealer(suite, KEY, "K")
    with pytest.raises(VaultFailure):
        sealer.unseal(*place, sealer.seal("table", "1", b"x"))


@pytest.mark.parametrize("suite", sorted(SUITES))
@pytest.mark.parametrize("cut", [0, 1, 12, 13, 20])
def test_a_field_that_was_cut_off_does_not_open(suite, cut):
    sealer = make_sealer(suite, KEY, "K")
    with pytest.raises(VaultFailure):
        sealer.unseal("table", "1", sealer.seal("table", "1", b"something")[:cut])


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_another_terminals_field_does_not_open(suite):
    sealed = make_sealer(suite, KEY, "K").seal("table", "1", b"x")
    with pytest.raises(VaultFailure):
        make_sealer(suite, KEY, "L").unseal("table", "1", sealed)


def test_the_same_text_is_sealed_differently_each_time():
    sealer = make_sealer("aes-256-gcm", KEY, "K")
    assert sealer.seal("table", "1", b"x") != sealer.seal("table", "1", b"x")


def test_a_keyed_hash_is_the_same_for_the_same_text_and_key_only():
    here, there = make_sealer("sm4-gcm", KEY, "K"), make_sealer("sm4-gcm", bytes(32), "K")
    assert here.digest("119900195803120627") == here.digest("119900195803120627")
    assert here.digest("119900195803120627") != there.digest("119900195803120627")
    assert "0627" not in here.digest("119900195803120627")
