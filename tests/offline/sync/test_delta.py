"""What a manifest may say, when it may take another's place, and what has to be fetched."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.sync.delta import LARGEST_FILE, Entry, Manifest, check_follows, missing
from offline.sync.failures import SyncFailure, SyncReason

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B = Entry(1, "a" * 64), Entry(2, "b" * 64)


def manifest(number=7, made=NOW, files=None, good=DAY):
    return Manifest(number, made, made + good, {"a.toml": A} if files is None else files)


@pytest.mark.parametrize(("new", "kept", "why"), [
    (manifest(made=NOW - 2 * DAY), None, "its time was over"),
    (manifest(made=NOW + 2 * DAY), None, "made in the future"),
    (manifest(number=6), manifest(made=NOW - DAY), "number 6 after 7 was kept"),
    (manifest(made=NOW - DAY / 2), manifest(), "after one of"),
    (manifest(files={"a.toml": B}), manifest(), "number 7 twice, with other files"),
])
def test_an_old_manifest_does_not_take_a_newer_ones_place(new, kept, why):
    with pytest.raises(SyncFailure, match=why) as caught:
        check_follows(new, kept, NOW)
    assert caught.value.reason is SyncReason.STALE


def test_a_newer_one_and_the_same_again_do():
    check_follows(manifest(), None, NOW)
    check_follows(manifest(), manifest(), NOW)
    check_follows(manifest(number=8, files={"b.toml": B}), manifest(), NOW)


@pytest.mark.parametrize("files", [
    {"../passwd": A}, {"": A}, {".hidden": A}, {"a/b": A}, {"a\n": A}, {"a" * 101: A},
    {"a": Entry(-1, "a" * 64)}, {"a": Entry(LARGEST_FILE + 1, "a" * 64)},
    {"a": Entry(1, "A" * 64)}, {"a": Entry(1, "../" + "a" * 61)},
    {f"f{n}": Entry(LARGEST_FILE, f"{n:064x}") for n in range(5)},
    {f"f{n}": A for n in range(1001)},
])
def test_names_sizes_and_digests_that_no_publication_has_are_refused(files):
    with pytest.raises(SyncFailure) as caught:
        manifest(files=files)
    assert caught.value.reason is SyncReason.NOT_UNDERSTOOD


DIGESTS = st.sampled_from([f"{n:064x}" for n in range(6)])


@given(st.dictionaries(st.sampled_from("abcdefgh"), DIGESTS), st.sets(DIGESTS))
def test_exactly_what_is_not_there_is_fetched_and_each_content_once(named, have):
    new = manifest(files={name: Entry(1, digest) for name, digest in named.items()})
    fetched = [one.digest for one in missing(new, have)]
    assert sorted(fetched) == sorted(set(named.values()) - have)
