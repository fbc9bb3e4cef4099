"""What the terminal believes of a provider that lists authorisations and exchanges tokens."""

import base64
import itertools
import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.errors import Failure
from kiosk.identity.acting import TYPE, Acting
from kiosk.identity.dpop import ProofKey, s256
from kiosk.identity.exchange import ACCESS_TOKEN, GRANT, JWT
from kiosk.identity.levels import ACR_CARD_FACE, ACR_CARD_STAFF, ACR_PHONE, ACR_STAFF
from kiosk.identity.oidc import OidcClient
from kiosk.identity.phone import PhoneSignIn
from kiosk.identity.port import Principal, Relation, Session, StaffEvidence
from kiosk.identity.staff import Staff
from kiosk.platform import Platform, Reply
from kiosk.reasons import Reason

ISSUER, NOW = "https://id.example", 1_800_000_000.0
CITIZEN, PRINCIPAL, STAFF = "citizen", "principal", "staff"
CHILD = IdentityDocument(DocumentType.CN_RESIDENT, "119900201704200216", "周小宝")


class Provider(Platform):
    """A provider that says what the test wants, by keys that it has published."""

    def __init__(self) -> None:
        super().__init__(ISSUER, 1.0)
        self.key = ECKey.generate_key("P-256", {"kid": "k"})
        self.listed: object = None
        self.identity: dict[str, object] = {}
        self.answer: dict[str, object] = {}
        self.refusal: tuple[int, str] | None = None
        self.asked: dict[str, str] = {}
        self.proof = ""

    async def get_json(self, url, headers=None):
        if url.endswith("openid-configuration"):
            return {
                "issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", "token_endpoint": f"{ISSUER}/token",
                "principals_endpoint": f"{ISSUER}/principals",
            }
        if url.endswith("/keys"):
            return {"keys": [self.key.as_dict(private=False)]}
        assert headers["Authorization"] == "DPoP token of citizen"
        return self.listed

    def authorisation(self, typ=TYPE, key=None, **change):
        """An authorisation of the citizen, with what is changed of it."""
        claims = {
            "iss": ISSUER, "sub": PRINCIPAL, "may_act": {"sub": CITIZEN}, "name": "某人",
            "relation": "agent", "iat": NOW, "exp": NOW + 300, "jti": "1", **change,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "ES256", "typ": typ, "kid": "k"}, claims, key or self.key)

    async def exchange(self, url, form, headers):
        assert url == f"{ISSUER}/token"
        self.asked, self.proof = dict(form), headers["DPoP"]
        if self.refusal is not None:
            status, error = self.refusal
            return Reply(status, {}, json.dumps({"error": error}).encode())
        nonce = json.loads(unsigned(form["subject_token"])).get("jti")
        actor = form["actor_token"].removeprefix("token of ")
        identity = {
            "iss": ISSUER, "aud": "T1", "sub": PRINCIPAL, "act": {"sub": actor}, "iat": NOW,
            "exp": NOW + 300, "acr": ACR_CARD_FACE, "nonce": nonce, **self.identity,
        }
        answer = {
            "access_token": "new", "token_type": "DPoP", "issued_token_type": ACCESS_TOKEN,
            "id_token": jwt.encode({"alg": "ES256", "kid": "k"}, identity, self.key),
            **self.answer,
        }
        return Reply(200, {}, json.dumps(answer).encode())


def unsigned(token):
    """The claims of a token as JSON, not verified."""
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Terminal:
    """A terminal before the provider, and who is signed in at it."""

    def __init__(self) -> None:
        numbers = itertools.count()
        self.provider = Provider()
        self.client = OidcClient(
            self.provider, "T1", ECKey.generate_key("P-256"), lambda: NOW,
            lambda: f"one-{next(numbers)}",
        )
        self.acting = Acting(self.provider, self.client)
        self.staff = Staff(self.client, PhoneSignIn(self.client))

    def session(self, subject=CITIZEN, acr=ACR_CARD_FACE):
        key = ProofKey(lambda: NOW, lambda: "proof")
        return Session(f"token of {subject}", acr, (), key, subject)

    def principal(self, **change):
        return Principal("某人", Relation.AGENT, self.provider.authorisation(**change), (), None)


@pytest.fixture
def terminal():
    return Terminal()


async def offered(terminal, *authorisations):
    terminal.provider.listed = {"principals": [{"authorisation": one} for one in authorisations]}
    return await terminal.acting.principals(terminal.session())


async def reason_of(asked):
    with pytest.raises(Failure) as caught:
        await asked
    return caught.value.reason


BAD = [
    {"iss": "https://elsewhere.example"}, {"sub": None}, {"exp": NOW - 61}, {"exp": None},
    {"may_act": {"sub": "another"}}, {"may_act": None}, {"may_act": "citizen"},
    {"typ": "JWT"}, {"key": ECKey.generate_key("P-256", {"kid": "k"})}, {"name": None},
]


@pytest.mark.parametrize("change", BAD)
async def test_an_authorisation_that_does_not_hold_is_left_out_and_the_others_stay(
    terminal, change
):
    bad = terminal.provider.authorisation(**change)
    good = terminal.provider.authorisation(name="别人")
    assert [one.name for one in await offered(terminal, bad, good)] == ["别人"]


@pytest.mark.parametrize("change", BAD[:-1])
async def test_an_authorisation_that_does_not_hold_is_not_exchanged(terminal, change):
    asked = terminal.acting.act_for(terminal.session(), terminal.principal(**change))
    terminal.provider.refusal = (400, "invalid_grant")
    assert await reason_of(asked) is Reason.NOT_AUTHORISED
    assert terminal.provider.asked == {}


@pytest.mark.parametrize("listed", [None, [], {}, {"principals": {}}, {"principals": None}])
async def test_what_is_no_list_of_principals_is_one_reason(terminal, listed):
    terminal.provider.listed = listed
    asked = terminal.acting.principals(terminal.session())
    assert await reason_of(asked) is Reason.PLATFORM_INVALID


async def test_an_entry_that_is_none_is_left_out(terminal):
    terminal.provider.listed = {"principals": [None, {}, {"authorisation": 7}, "x"]}
    assert await terminal.acting.principals(terminal.session()) == []


async def test_the_exchange_is_asked_for_as_the_standard_has_it_with_both_keys(terminal):
    session, principal = terminal.session(), terminal.principal()
    acting = await terminal.acting.act_for(session, principal)
    asked = terminal.provider.asked
    assert asked["grant_type"] == GRANT
    assert (asked["subject_token"], asked["subject_token_type"]) == (principal.authorisation, JWT)
    assert (asked["actor_token"], asked["actor_token_type"]) == (session.token, ACCESS_TOKEN)
    own = json.loads(unsigned(asked["actor_proof"]))
    new = json.loads(unsigned(terminal.provider.proof))
    assert (own["htm"], own["htu"]) == ("POST", f"{ISSUER}/token")
    assert own["ath"] == s256(session.token)
    assert "ath" not in new
    assert acting.proof_key is not session.proof_key
    assert (acting.subject, acting.actor, acting.token) == (PRINCIPAL, CITIZEN, "new")


@pytest.mark.parametrize(
    ("identity", "answer", "reason"),
    [
        ({"sub": "another"}, {}, Reason.PLATFORM_INVALID),
        ({"act": {"sub": "another"}}, {}, Reason.PLATFORM_INVALID),
        ({"act": None}, {}, Reason.PLATFORM_INVALID),
        ({"acr": ACR_PHONE}, {}, Reason.LEVEL_TOO_LOW),
        ({}, {"issued_token_type": JWT}, Reason.PLATFORM_INVALID),
        ({}, {"issued_token_type": None}, Reason.PLATFORM_INVALID),
        ({}, {"token_type": "Bearer"}, Reason.PLATFORM_INVALID),
    ],
)
async def test_a_session_for_another_or_by_another_is_not_believed(
    terminal, identity, answer, reason
):
    terminal.provider.identity, terminal.provider.answer = identity, answer
    asked = terminal.acting.act_for(terminal.session(), terminal.principal())
    assert await reason_of(asked) is reason


async def test_who_is_nobody_to_the_provider_acts_for_nobody(terminal):
    terminal.provider.identity = {"act": {"sub": ""}}
    asked = terminal.acting.act_for_child(terminal.session(subject=""), CHILD)
    assert await reason_of(asked) is Reason.PLATFORM_INVALID


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (400, "invalid_request", Reason.NOT_AUTHORISED),
        (400, "invalid_grant", Reason.NOT_AUTHORISED),
        (400, "invalid_target", Reason.NOT_AUTHORISED),
        (403, "access_denied", Reason.NOT_AUTHORISED),
        (400, "invalid_scope", Reason.SCOPE_NOT_AUTHORISED),
        (401, "invalid_client", Reason.SIGN_IN_REFUSED),
        (503, "server_error", Reason.PLATFORM_ERROR),
    ],
)
async def test_each_refusal_has_its_reason(terminal, status, error, reason):
    terminal.provider.refusal = (status, error)
    asked = terminal.acting.act_for_child(terminal.session(), CHILD)
    assert await reason_of(asked) is reason


async def test_the_answer_about_a_child_must_be_to_this_request(terminal):
    assert (await terminal.acting.act_for_child(terminal.session(), CHILD)).actor == CITIZEN
    terminal.provider.identity = {"nonce": "of another"}
    asked = terminal.acting.act_for_child(terminal.session(), CHILD)
    assert await reason_of(asked) is Reason.PLATFORM_INVALID


async def test_what_the_terminal_says_of_a_child_has_its_chip_and_no_face(terminal):
    await terminal.acting.act_for_child(terminal.session(), CHILD)
    said = json.loads(unsigned(terminal.provider.asked["subject_token"]))
    evidence = said["verified_claims"]["verification"]["evidence"][0]
    assert [one["check_method"] for one in evidence["check_details"]] == ["vcrypt"]


async def test_vouching_that_yields_less_than_was_asked_for_is_not_taken(terminal):
    evidence = StaffEvidence(terminal.session(STAFF, ACR_STAFF))
    terminal.provider.identity = {"acr": ACR_CARD_STAFF}
    assert (await terminal.staff.vouch(CHILD, evidence)).actor == STAFF
    said = json.loads(unsigned(terminal.provider.asked["subject_token"]))
    checks = said["verified_claims"]["verification"]["evidence"][0]["check_details"]
    assert [one["check_method"] for one in checks] == ["vcrypt", "pvp"]
    terminal.provider.identity = {"acr": ACR_PHONE}
    assert await reason_of(terminal.staff.vouch(CHILD, evidence)) is Reason.LEVEL_TOO_LOW
