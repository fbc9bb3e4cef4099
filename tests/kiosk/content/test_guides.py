"""Guides, catalogue and prompts as they are published: read strictly, refused with the place."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.content.catalogue import read_catalogue
from kiosk.content.guides import read_guides
from kiosk.content.port import Domain
from kiosk.content.prompts import read_prompts
from offline.sync.failures import SyncFailure
from sandbox.publishing import DATA

GUIDE = (DATA / "guides" / "no-crime.toml").read_text(encoding="utf-8")


def files(collection):
    return {one.name: one.read_bytes() for one in (DATA / collection).glob("*")}


def test_the_sandboxs_guides_are_in_both_languages_and_in_the_order_of_the_domains():
    guides = read_guides(files("guides"))
    places = [list(Domain).index(one.domain) for one in guides]
    assert places == sorted(places)
    assert len(guides) == 16
    assert all(len(one.bring_zh) == len(one.bring_en) > 0 for one in guides)
    assert {one.id for one in read_catalogue(files("catalogue"))} == {one.id for one in guides}


def test_days_that_nobody_promises_may_be_left_out():
    (guide,) = read_guides({"a.toml": GUIDE.replace("days = 3\n", "").encode()})
    assert guide.days is None


@pytest.mark.parametrize(("old", "new", "why"), [
    ('id = "no_crime"\n', "", "a.toml: id is missing"),
    ('id = "no_crime"', 'colour = "red"', "a.toml: unknown field colour"),
    ('"public_security"', '"police"', "a.toml: domain is none of education"),
    ("days = 3", "days = -1", "a.toml: days is no number from 0"),
    ("days = 3", "days = true", "a.toml: days is no number from 0"),
    ('fee_en = "Free of charge"', "fee_en = 0", "a.toml: fee_en is no text"),
    ('fee_en = "Free of charge"', 'fee_en = ""', "a.toml: fee_en is no text"),
    ('fee_en = "Free of charge"', 'fee_en = "a\\u202eb"', "a.toml: fee_en holds what no screen"),
    ('  "Your own resident ID card",\n', "", "bring_zh and bring_en are not as many"),
    ("bring_en = [", "bring_en = [ 1,", "a.toml: bring_en is no text"),
    ("id = ", "id : ", "a.toml: "),
])
def test_a_guide_that_is_not_whole_is_refused_with_the_place(old, new, why):
    assert old in GUIDE
    with pytest.raises(SyncFailure, match=why):
        read_guides({"a.toml": GUIDE.replace(old, new).encode()})


def test_two_guides_of_one_service_are_refused():
    with pytest.raises(SyncFailure, match="two guides have one id"):
        read_guides({"a.toml": GUIDE.encode(), "b.toml": GUIDE.encode()})


@pytest.mark.parametrize(("content", "why"), [
    ({}, "not catalogue.toml alone"), ({"catalogue.toml": b"x = 1"}, "not a list of services"),
    ({"catalogue.toml": b"service = [1]"}, "service 1: not a table"),
    ({"catalogue.toml": b"\xff"}, "catalogue.toml: "),
])
def test_a_catalogue_that_is_none_is_refused(content, why):
    with pytest.raises(SyncFailure, match=why):
        read_catalogue(content)


def test_prompts_are_found_by_key_and_language():
    words = read_prompts(files("prompts"))
    assert words["en", "guides.welcome"].startswith("Guides")
    with pytest.raises(SyncFailure, match="no language"):
        read_prompts({"tlh.toml": b""})
    with pytest.raises(SyncFailure, match="x is no section"):
        read_prompts({"en.toml": b"x = 1"})


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3), max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(tomllib.loads(GUIDE))), VALUES))
def test_whatever_is_published_is_a_guide_or_refused(changes):
    from kiosk.content.port import Guide
    from kiosk.content.tables import typed

    try:
        guide = typed(Guide, {**tomllib.loads(GUIDE), **changes}, "a.toml")
    except SyncFailure as failure:
        assert failure.detail.startswith("a.toml: ")  # noqa: PT017
    else:
        assert all(text.isprintable() for text in (guide.title_zh, *guide.bring_en))
