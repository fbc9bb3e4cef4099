"""A package opens for its terminal and its card, and for nobody else."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.sealed import envelope
from offline.sealed.card import CardSecret, card_secret, document_digest
from offline.sealed.envelope import open_package
from offline.sealed.reasons import SealedFailure, SealedReason
from sandbox import package_seal
from sandbox.people.registry import person
from tests.offline.sealed.conftest import LI, PACKAGE, SIGNED, TERMINAL


def refused(content, key, secret, package=PACKAGE, terminal=TERMINAL):
    with pytest.raises(SealedFailure) as caught:
        open_package(content, package, terminal, key, secret)
    return caught.value


def test_what_the_library_seals_the_terminal_opens_with_the_card(sealed, secret):
    assert open_package(sealed.content, PACKAGE, TERMINAL, sealed.key, secret) == SIGNED


def test_a_package_is_found_by_its_card_without_its_number_being_in_the_list(secret):
    theirs = package_seal.card_key(person("li-xiulan"), TERMINAL)
    assert package_seal.tag_of(theirs) == secret.tag
    assert LI.number not in secret.tag


def test_the_same_card_has_another_tag_at_another_terminal(secret):
    assert card_secret(LI, "TB-0002").tag != secret.tag


def test_a_package_names_its_holders_document_alike_on_both_sides():
    theirs = package_seal.document_digest(person("li-xiulan"), PACKAGE)
    assert document_digest(LI, PACKAGE) == theirs


@given(data=st.data())
@settings(max_examples=200)
def test_any_changed_byte_is_refused(sealed, secret, data):
    place = data.draw(st.integers(0, len(sealed.content) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(sealed.content)
    changed[place] ^= other
    assert refused(bytes(changed), sealed.key, secret).reason is SealedReason.NOT_OPENED


@given(cut=st.integers(0, 1000), more=st.binary(max_size=40))
def test_any_other_length_is_refused(sealed, secret, cut, more):
    content = sealed.content[: max(0, len(sealed.content) - cut)] + more
    if content != sealed.content:
        assert refused(content, sealed.key, secret).reason is SealedReason.NOT_OPENED


@given(content=st.binary(max_size=300))
def test_anything_else_is_refused(sealed, secret, content):
    assert refused(content, sealed.key, secret).reason is SealedReason.NOT_OPENED


def test_whoever_has_the_terminals_key_and_no_card_opens_nothing(sealed):
    for guess in (bytes(32), b"\xff" * 32):
        failure = refused(sealed.content, sealed.key, CardSecret(guess))
        assert failure.reason is SealedReason.NOT_OPENED


@pytest.mark.parametrize("other", [
    {"number": "119900195803120635"}, {"valid_from": "20160802"}, {"valid_to": "20360801"},
    {"document_type": "cn_hmt_permit"},
])
def test_another_card_opens_nothing(sealed, other):
    secret = card_secret(replace(LI, **other), TERMINAL)
    assert refused(sealed.content, sealed.key, secret).detail == "not for this card"


def test_the_card_alone_opens_nothing(sealed, secret):
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert refused(sealed.content, stranger, secret).detail == "not for this terminal's key"


def test_a_package_opens_under_its_own_name_and_at_its_own_terminal_only(sealed, secret):
    refused(sealed.content, sealed.key, secret, package=bytes(16))
    refused(sealed.content, sealed.key, secret, terminal="TB-0002")


def test_a_package_without_end_is_not_even_tried(sealed, secret):
    content = b"\x01" * (envelope.LARGEST + 1)
    assert refused(content, sealed.key, secret).reason is SealedReason.TOO_LARGE


def test_no_secret_shows_itself(secret):
    assert LI.number not in repr(LI)
    assert secret.key.hex() not in repr(secret)
