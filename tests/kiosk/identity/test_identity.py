"""Signing in: what the assertion says, and what the service refuses."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.identity.evidence import TokenFactory
from kiosk.identity.port import FaceEvidence
from sandbox.identity import ACR_CARD_AND_FACE, IdentityService, Refused
from sandbox.keys import KeyStore

ISSUER = "http://127.0.0.1:1"
NOW = 1_800_000_000.0
DOCUMENT = IdentityDocument(
    DocumentType.CN_RESIDENT, "119900195803120627", "李秀兰", valid_to="permanent",
    photo=b"secret picture",
)
MATCHED = FaceEvidence(True, "chip_photo")


class Desk:
    """A terminal with its key, and the service that knows it."""

    def __init__(self, folder: Path):
        self.now = NOW
        self.service = IdentityService(ISSUER, KeyStore(folder), lambda: self.now)
        self.key = ECKey.generate_key("P-256")
        self.service.register("T1", self.key.as_dict(private=False))
        numbers = itertools.count()
        self.tokens = TokenFactory("T1", lambda: self.now, lambda: f"jti-{next(numbers)}")

    def sign(self, claims, key=None):
        return jwt.encode({"alg": "ES256"}, claims, key or self.key)

    def sign_in(self, **changes):
        claims = self.tokens.sign_in(ISSUER, DOCUMENT, MATCHED) | changes
        return self.service.sign_in("T1", self.sign(claims), forged=False)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_sign_in_yields_a_short_token_with_acr_and_amr(desk):
    answer = desk.sign_in()
    assert answer["expires_in"] <= 300
    key = ECKey.import_key(desk.service.jwks()["keys"][0])
    claims = jwt.decode(answer["id_token"], key, algorithms=["ES256"]).claims
    assert claims["acr"] == ACR_CARD_AND_FACE
    assert {"sc", "face"} <= set(claims["amr"])
    assert "119900195803120627" not in str(claims)


def test_the_assertion_carries_evidence_but_no_face(desk):
    claims = desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED)
    assert claims["exp"] - claims["iat"] <= 60
    evidence = claims["verified_claims"]["verification"]["evidence"][0]
    assert {check["check_method"] for check in evidence["check_details"]} == {"vcrypt", "bvp"}
    assert "secret" not in str(claims)
    assert "distance" not in str(claims)


def test_an_assertion_is_good_once(desk):
    token = desk.sign(desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED))
    desk.service.sign_in("T1", token, forged=False)
    with pytest.raises(Refused, match="used before"):
        desk.service.sign_in("T1", token, forged=False)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"exp": NOW + 3600}, "not of this minute"),
        ({"iat": NOW - 600, "exp": NOW - 540}, "not of this minute"),
        ({"aud": "https://elsewhere"}, "somebody else"),
        ({"sub": "119900194908210510"}, "nobody has such a document"),
        ({"verified_claims": {}}, "no evidence"),
    ],
)
def test_an_assertion_that_is_not_right_is_refused(desk, changes, why):
    with pytest.raises(Refused, match=why):
        desk.sign_in(**changes)


def test_an_assertion_in_the_hands_of_another_terminal_is_refused(desk):
    token = desk.sign(desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED))
    with pytest.raises(Refused, match="another terminal"):
        desk.service.sign_in("T2", token, forged=False)


def test_an_assertion_signed_by_another_key_is_refused(desk):
    claims = desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED)
    token = desk.sign(claims, ECKey.generate_key("P-256"))
    with pytest.raises(Refused, match="no token of a known terminal"):
        desk.service.sign_in("T1", token, forged=False)


def test_without_a_matching_face_nobody_is_signed_in(desk):
    claims = desk.tokens.sign_in(ISSUER, DOCUMENT, FaceEvidence(False, ""))
    with pytest.raises(Refused, match="chip and face"):
        desk.service.sign_in("T1", desk.sign(claims), forged=False)


def test_an_expired_document_is_refused(desk):
    expired = IdentityDocument(
        DocumentType.CN_RESIDENT, "11990019750309055X", "何老三", valid_to=date(2025, 6, 1)
    )
    claims = desk.tokens.sign_in(ISSUER, expired, MATCHED)
    with pytest.raises(Refused, match="document has expired"):
        desk.service.sign_in("T1", desk.sign(claims), forged=False)


def test_a_token_ends_by_time_and_by_revocation(desk):
    token = desk.sign_in()["access_token"]
    assert desk.service.grant(token).terminal == "T1"
    desk.service.revoke(token)
    with pytest.raises(Refused, match="unknown or has expired"):
        desk.service.grant(token)
    token = desk.sign_in()["access_token"]
    desk.now += 301
    with pytest.raises(Refused, match="unknown or has expired"):
        desk.service.grant(token)


def test_a_reference_picture_needs_consent(desk):
    claims = desk.tokens.face_reference(ISSUER, DOCUMENT)
    assert desk.service.face_reference("T1", desk.sign(claims)).id == "li-xiulan"
    claims = desk.tokens.face_reference(ISSUER, DOCUMENT)
    del claims["consent"]
    with pytest.raises(Refused, match="consent is missing"):
        desk.service.face_reference("T1", desk.sign(claims))


def test_a_terminal_authenticates_by_its_own_key_only(desk):
    from sandbox.identity import CLIENT_ASSERTION

    good = desk.sign(desk.tokens.client(ISSUER))
    assert desk.service.authenticate(CLIENT_ASSERTION, good) == "T1"
    with pytest.raises(Refused, match="private_key_jwt"):
        desk.service.authenticate("password", good)
    with pytest.raises(Refused, match="no token of a known terminal"):
        desk.service.authenticate(CLIENT_ASSERTION, "not.a.token")


