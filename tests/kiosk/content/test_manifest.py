"""What a manifest must say, whoever signs it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.trust import load_trust
from kiosk.content.manifest_file import AUDIENCE, COLLECTION, FILES, NUMBER, read_manifest
from sandbox.keys import KeyStore
from sandbox.proofs import TTL, sign_by_authority
from sandbox.server import create_app

NOW = int(time.time())
FILE = {1: "a.toml", 2: 3, 3: bytes(32)}
CLAIMS = {AUDIENCE: "T1", 6: NOW, TTL: 60, COLLECTION: "guides", NUMBER: 7, FILES: [FILE]}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    create_app("http://127.0.0.1:1", folder)
    return KeyStore(folder / "keys"), load_trust(folder / "trust").chains


@pytest.fixture
def read(town):
    keys, chains = town
    return lambda changes: read_manifest(
        sign_by_authority(CLAIMS | changes, keys.root), chains, "guides", "T1"
    )


def test_a_manifest_names_its_files(read):
    said = read({})
    assert (said["number"], said["files"]) == (7, [("a.toml", 3, "00" * 32)])


@pytest.mark.parametrize(("changes", "why"), [
    ({COLLECTION: "prompts"}, "it is that of 'prompts'"), ({AUDIENCE: "T2"}, "it is for 'T2'"),
    ({AUDIENCE: None}, "it is for None"), ({FILES: None}, "it has none"),
    ({FILES: [FILE, FILE]}, "twice"), ({NUMBER: 0}, "a number: 0"), ({6: "now"}, "a number"),
    ({FILES: [1]}, "no map"), ({FILES: [{**FILE, 3: b"x"}]}, "no digest"),
    ({FILES: [{**FILE, 2: True}]}, "without name or size"),
])
def test_what_is_not_whole_is_refused(read, changes, why):
    with pytest.raises(BadCose, match=why):
        read(changes)


@given(st.dictionaries(
    st.sampled_from([AUDIENCE, 6, TTL, COLLECTION, NUMBER, FILES]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.binary()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.integers(1, 3), inner, max_size=3)
        ),
        max_leaves=8,
    ),
))
def test_whatever_an_authority_signs_is_a_manifest_or_refused(town, changes):
    keys, chains = town
    data = sign_by_authority(CLAIMS | changes, keys.root)
    try:
        said = read_manifest(data, chains, "guides", "T1")
    except BadCose as error:
        assert str(error)  # noqa: PT017
    else:
        assert said["number"] > 0


def test_one_that_was_changed_or_that_a_stranger_signed_is_refused(town):
    keys, chains = town
    data = sign_by_authority(CLAIMS, keys.root)
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(BadCose):
            read_manifest(changed, chains, "guides", "T1")
    with pytest.raises(BadCose, match="signed by nobody"):
        read_manifest(sign_by_authority(CLAIMS, keys.stranger), chains, "guides", "T1")
