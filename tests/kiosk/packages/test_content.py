"""What a library signed is read as it was signed, or not at all."""

from datetime import UTC, datetime

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.certificates.proof.cose import BadCose
from kiosk.gm import Certificate, TrustList
from kiosk.packages.content import COPIES, PACKAGE, read_content
from sandbox.proofs import sign_by_authority

FIELDS = {
    1: {"certificateIdentifier": "1.2", "certificateExpiringDate": None}, 2: b"file", 3: b"face",
    4: bytes(32), 5: 2, 6: "离线留存使用", 7: "2027-01-31", 8: ["TB1:A", "TB1:B"],
}
CLAIMS = {
    1: "issuer", 3: "TB-0001", 4: 1_900_000_000, 5: 1_700_000_000, 6: 1_700_000_000,
    7: bytes(16), PACKAGE: FIELDS,
}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(-10, 10), st.text(max_size=3), st.binary(max_size=3),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.integers(), st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def root(library_keys):
    return library_keys[0].root


@pytest.fixture(scope="module")
def read(root):
    trust = TrustList((Certificate(root.certificate.public_bytes(Encoding.DER)),))

    def read(data):
        return read_content(data, trust, datetime.now(UTC))

    return read


def test_what_was_signed_is_read(read, root):
    content = read(sign_by_authority(CLAIMS, root))
    assert (content.terminal, content.copies, content.codes) == ("TB-0001", 2, ("TB1:A", "TB1:B"))
    assert (content.file, content.face, content.id) == (b"file", b"face", "00" * 16)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_changed_byte_is_refused(read, root, data):
    signed = bytearray(sign_by_authority(CLAIMS, root))
    place = data.draw(st.integers(0, len(signed) - 1))
    signed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadCose):
        read(bytes(signed))


@given(field=st.sampled_from([*FIELDS]), value=ANYTHING)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_fields_of_any_form_are_read_or_refused(read, root, field, value):
    claims = {**CLAIMS, PACKAGE: {**FIELDS, field: value}}
    try:
        content = read(sign_by_authority(claims, root))
    except BadCose:
        return
    assert content.copies > 0
    assert len(content.codes) in (0, content.copies)


@pytest.mark.parametrize("missing", [3, 4, 5, 7, PACKAGE])
def test_a_package_without_one_of_its_claims_is_refused(read, root, missing):
    claims = {key: value for key, value in CLAIMS.items() if key != missing}
    with pytest.raises(BadCose):
        read(sign_by_authority(claims, root))


def test_codes_for_other_copies_than_those_that_are_allowed_are_refused(read, root):
    claims = {**CLAIMS, PACKAGE: {**FIELDS, COPIES: 3}}
    with pytest.raises(BadCose, match="not a code for each of 3 copies"):
        read(sign_by_authority(claims, root))


def test_a_stranger_signs_nothing(read, library_keys):
    with pytest.raises(BadCose, match="nobody whom this terminal trusts"):
        read(sign_by_authority(CLAIMS, library_keys[0].stranger))


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=list(HealthCheck))
def test_anything_else_is_refused(read, data):
    with pytest.raises(BadCose):
        read(data)
    with pytest.raises(BadCose):
        read(cbor2.dumps(data))
