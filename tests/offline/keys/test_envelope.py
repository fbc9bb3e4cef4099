import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.keys.envelope import read_envelope, read_own, write_envelope
from offline.keys.port import KeyFailure, KeyReason


def reason(call, *arguments) -> KeyReason:
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    return caught.value.reason


@given(text=st.text(max_size=40), binary=st.binary(max_size=200))
def test_a_wrapped_key_says_what_wrapped_it_and_with_what(text, binary):
    envelope = read_own(write_envelope("tpm", {"a": text, "b": binary}), "tpm")
    assert (envelope.by, envelope.text("a"), envelope.binary("b")) == ("tpm", text, binary)


@given(st.binary(max_size=300))
def test_whatever_lies_there_ends_in_one_reason(wrapped):
    assert reason(read_envelope, wrapped) == KeyReason.UNREADABLE


@pytest.mark.parametrize(
    "change",
    [{"form": "x"}, {"by": 3}, {"fields": []}, {"fields": {"a": 1}}, {"fields": None}],
)
def test_a_form_that_is_not_whole_is_damaged(change):
    whole = {**json.loads(write_envelope("tpm", {})), **change}
    assert reason(read_envelope, json.dumps(whole).encode()) == KeyReason.UNREADABLE


def test_a_newer_version_is_told_as_such():
    newer = write_envelope("tpm", {}).replace(b'"version": 1', b'"version": 2')
    assert reason(read_envelope, newer) == KeyReason.UNKNOWN_VERSION


def test_what_another_keeper_wrapped_is_not_opened():
    assert reason(read_own, write_envelope("file", {}), "tpm") == KeyReason.NOT_OURS


def test_missing_and_broken_fields_are_named():
    envelope = read_envelope(write_envelope("tpm", {"b": "not Base64!"}))
    with pytest.raises(KeyFailure, match="a is missing"):
        envelope.text("a")
    with pytest.raises(KeyFailure, match="b is not Base64"):
        envelope.binary("b")


def test_what_is_far_too_long_is_not_even_parsed():
    assert reason(read_envelope, b"[" * 100_000) == KeyReason.UNREADABLE
