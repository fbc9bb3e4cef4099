"""Signing in: what the assertion says, and what the service refuses."""

import itertools
from datetime import date

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.identity.dpop import ProofKey
from kiosk.identity.port import FaceEvidence
from sandbox.identity import ACR_CARD_AND_FACE, ACR_PHONE
from sandbox.people.registry import person
from sandbox.refused import Refused
from tests.kiosk.identity.desks import DOCUMENT, ISSUER, KEY, MATCHED, NOW

URL = f"{ISSUER}/library/certificates"


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
    desk.service.sign_in("T1", token, forged=False, key=KEY)
    with pytest.raises(Refused, match="used before"):
        desk.service.sign_in("T1", token, forged=False, key=KEY)


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
        desk.service.sign_in("T2", token, forged=False, key=KEY)


def test_an_assertion_signed_by_another_key_is_refused(desk):
    claims = desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED)
    token = desk.sign(claims, ECKey.generate_key("P-256"))
    with pytest.raises(Refused, match="no token of a known terminal"):
        desk.service.sign_in("T1", token, forged=False, key=KEY)


def test_without_a_matching_face_nobody_is_signed_in(desk):
    claims = desk.tokens.sign_in(ISSUER, DOCUMENT, FaceEvidence(False, ""))
    with pytest.raises(Refused, match="chip and face"):
        desk.service.sign_in("T1", desk.sign(claims), forged=False, key=KEY)


def test_an_expired_document_is_refused(desk):
    expired = IdentityDocument(
        DocumentType.CN_RESIDENT, "11990019750309055X", "何老三", valid_to=date(2025, 6, 1)
    )
    claims = desk.tokens.sign_in(ISSUER, expired, MATCHED)
    with pytest.raises(Refused, match="document has expired"):
        desk.service.sign_in("T1", desk.sign(claims), forged=False, key=KEY)


class Holder:
    """A visit's key, and requests that are proved by it."""

    def __init__(self, desk):
        self.desk = desk
        numbers = itertools.count()
        self.key = ProofKey(lambda: desk.now, lambda: f"proof-{next(numbers)}")
        shown = desk.service.check_proof(self.key.proof("POST", URL), "POST", URL)
        claims = desk.tokens.sign_in(ISSUER, DOCUMENT, MATCHED)
        answer = desk.service.sign_in("T1", desk.sign(claims), forged=False, key=shown)
        self.token = answer["access_token"]

    def grant(self, proof=None, method="GET", url=URL):
        made = proof or self.key.proof(method, url, self.token)
        return self.desk.service.grant(self.token, made, "GET", URL)


@pytest.fixture
def holder(desk):
    return Holder(desk)


def test_a_token_ends_by_time(desk, holder):
    assert holder.grant().terminal == "T1"
    desk.now += 301
    with pytest.raises(Refused, match="has expired"):
        holder.grant()


def test_a_token_ends_by_revocation(desk, holder):
    desk.service.revoke(holder.token)
    with pytest.raises(Refused, match="unknown"):
        holder.grant()


def test_a_token_is_of_no_use_to_another_key(desk, holder):
    other = ProofKey(lambda: desk.now, lambda: "one").proof("GET", URL, holder.token)
    with pytest.raises(Refused, match="bound to another key"):
        holder.grant(other)


def test_a_proof_is_for_one_request_once_and_now(desk, holder):
    for made in (
        holder.key.proof("POST", URL, holder.token),
        holder.key.proof("GET", URL + "/elsewhere", holder.token),
        holder.key.proof("GET", URL, "another token"),
        holder.key.proof("GET", URL),
    ):
        with pytest.raises(Refused, match="another request"):
            holder.grant(made)
    made = holder.key.proof("GET", URL, holder.token)
    holder.grant(made)
    with pytest.raises(Refused, match="used before"):
        holder.grant(made)
    old = holder.key.proof("GET", URL, holder.token)
    desk.now += 90
    with pytest.raises(Refused, match="not of this minute"):
        holder.grant(old)


@pytest.mark.parametrize("proof", ["", "a.b.c", "e30.e30.e30"])
def test_what_is_no_proof_is_refused(holder, proof):
    with pytest.raises(Refused):
        holder.desk.service.check_proof(proof, "GET", URL)


class TestPhone:
    """A sign-in by phone, as the service sees it."""

    def begin(self, desk):
        return desk.service.begin_phone("T1")

    def poll(self, desk, codes, terminal="T1"):
        return desk.service.poll_phone(terminal, codes["device_code"], False, KEY)

    def test_the_phone_shows_where_the_terminal_stands(self, desk):
        desk.service.register("T1", desk.key.as_dict(private=False), "柳塘村便民服务中心")
        assert desk.service.phone_place(self.begin(desk)["user_code"]) == (
            "柳塘村便民服务中心 · T1"
        )
        assert desk.service.phone_place("XXXX-XXXX") is None

    def test_yes_on_the_phone_signs_in_once(self, desk):
        codes = self.begin(desk)
        with pytest.raises(Refused, match="authorization_pending"):
            self.poll(desk, codes)
        desk.now += 2
        assert desk.service.answer_phone(codes["user_code"].lower(), person("li-xiulan"))
        answer = self.poll(desk, codes)
        key = ECKey.import_key(desk.service.jwks()["keys"][0])
        claims = jwt.decode(answer["id_token"], key, algorithms=["ES256"]).claims
        assert claims["acr"] == ACR_PHONE
        with pytest.raises(Refused, match="used"):
            self.poll(desk, codes)
        assert not desk.service.answer_phone(codes["user_code"], person("li-xiulan"))

    def test_no_on_the_phone_is_no(self, desk):
        codes = self.begin(desk)
        desk.service.answer_phone(codes["user_code"], None)
        with pytest.raises(Refused, match="access_denied"):
            self.poll(desk, codes)

    def test_a_code_runs_out_after_two_minutes(self, desk):
        codes = self.begin(desk)
        assert codes["expires_in"] <= 120
        desk.now += 121
        assert not desk.service.answer_phone(codes["user_code"], person("li-xiulan"))
        with pytest.raises(Refused, match="expired_token"):
            self.poll(desk, codes)

    def test_who_asks_too_often_is_told_to_slow_down(self, desk):
        codes = self.begin(desk)
        with pytest.raises(Refused, match="authorization_pending"):
            self.poll(desk, codes)
        with pytest.raises(Refused, match="slow_down"):
            self.poll(desk, codes)

    def test_a_code_is_of_no_use_to_another_terminal(self, desk):
        codes = self.begin(desk)
        desk.service.answer_phone(codes["user_code"], person("li-xiulan"))
        with pytest.raises(Refused, match="no such code"):
            self.poll(desk, codes, terminal="T2")

    def test_a_new_code_puts_the_old_one_out_of_use(self, desk):
        old = self.begin(desk)
        self.begin(desk)
        assert desk.service.phone_place(old["user_code"]) is None


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
