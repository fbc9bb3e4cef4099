"""Typed values cross the border of a process as they are, and nothing else crosses it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device import Status
from drivers.idcard.port import (
    PERMANENT,
    Assurance,
    DocumentType,
    IdentityDocument,
    Sex,
    Wanted,
    Warn,
)
from drivers.receipt_printer.port import Align, Line
from kiosk.apart.forms import BadForm, pack, unpack

TEXTS = st.text(max_size=20)
DOCUMENTS = st.builds(
    IdentityDocument,
    document_type=st.sampled_from(DocumentType), number=TEXTS, name=TEXTS,
    name_latin=st.none() | TEXTS, sex=st.sampled_from(Sex), ethnicity=st.none() | TEXTS,
    birth_date=st.none() | st.dates(), valid_to=st.none() | st.just(PERMANENT) | st.dates(),
    issue_count=st.none() | st.integers(0, 99), assurance=st.sampled_from(Assurance),
    warnings=st.lists(st.sampled_from(Warn), max_size=3).map(tuple),
    added_addresses=st.lists(TEXTS, max_size=3).map(tuple),
    photo=st.binary(max_size=1024), fingerprint=st.binary(max_size=64),
)


def across(kind, value):
    blobs: list[bytes] = []
    form = pack(value, blobs)
    return unpack(kind, form, blobs)


@given(DOCUMENTS)
def test_a_document_arrives_as_it_was_read(document):
    arrived = across(IdentityDocument, document)
    assert arrived == document
    assert (arrived.photo, arrived.fingerprint) == (document.photo, document.fingerprint)


@given(st.lists(st.builds(Line, TEXTS, st.sampled_from(Align), st.integers(1, 8))))
def test_lines_of_a_receipt_arrive_as_they_are(lines):
    assert across(tuple[Line, ...], tuple(lines)) == tuple(lines)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (Status, "asleep"),
        (Status, 3),
        (bool, 1),
        (int, True),
        (float, "1.5"),
        (str, None),
        (date, "2026-02-30"),
        (date, 20260228),
        (bytes, 1),
        (bytes, "x"),
        (tuple[int, ...], {"0": 1}),
        (tuple[int, ...], [1, "2"]),
        (Wanted, {"photo": True}),
        (Wanted, []),
        (None, 0),
        (date | None, "soon"),
    ],
)
def test_what_has_not_the_form_of_its_type_is_refused(kind, form):
    with pytest.raises(BadForm):
        unpack(kind, form, [b"only"])


def test_a_refusal_says_where_and_not_what():
    form = pack(IdentityDocument(DocumentType.CN_RESIDENT, "number", "name"), blobs := [])
    with pytest.raises(BadForm, match=r"answer\.birth_date") as refusal:
        unpack(IdentityDocument, {**form, "birth_date": "a secret"}, blobs, "answer")
    assert "secret" not in str(refusal.value)


def test_nothing_else_crosses():
    with pytest.raises(TypeError, match="object does not cross"):
        pack(object(), [])
