"""What a token answer must be before it begins a session: bound, ours, fresh, of the level."""

import base64
import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from kiosk.errors import Failure
from kiosk.identity.levels import ACR_CARD_FACE, ACR_CARD_PHONE, ACR_PHONE, ACR_STAFF, meets
from kiosk.identity.oidc import OidcClient, certificate_of
from kiosk.reasons import Reason

ISSUER = "https://platform.example"
NOW = 1_800_000_000
OWN = "own-thumbprint"
DISCOVERY = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}
BINDS = {
    "token_endpoint_auth_methods_supported": ["private_key_jwt", "tls_client_auth"],
    "tls_client_certificate_bound_access_tokens": True,
}


class Provider:
    """A platform that answers discovery and keys, and what it signs."""

    def __init__(self, discovery, thumbprint=""):
        self.address = ISSUER
        self.tls = SimpleNamespace(thumbprint=thumbprint)
        self.key = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256", "use": "sig"})
        self._discovery = discovery

    async def get_json(self, url):
        if url == f"{ISSUER}/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        return self._discovery

    def answer(self, token_type="DPoP", access_token="opaque", **changes):
        claims = {
            "iss": ISSUER, "aud": "T1", "sub": "pseudonym", "iat": NOW, "exp": NOW + 60,
            "auth_time": NOW - 5, "acr": ACR_PHONE,
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": "ES256", "kid": "1"}, kept, self.key)
        return {"token_type": token_type, "access_token": access_token, "id_token": signed}


async def client_of(provider):
    client = OidcClient(
        provider, "T1", ECKey.generate_key("P-256"), lambda: NOW, lambda: "unique"
    )
    await client.discover()
    return client


async def session(answer_fields, *, discovery=DISCOVERY, thumbprint="", **asked):
    provider = Provider(discovery, thumbprint)
    client = await client_of(provider)
    answer = provider.answer(**answer_fields)
    return client.open_session(answer, client.new_proof_key(), **asked)


def bound(thumbprint):
    """An access token that can be looked into."""
    body = {"cnf": {"x5t#S256": thumbprint}} if thumbprint else {}
    encoded = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    return f"e30.{encoded}.c2ln"


async def refused(*given, **asked):
    with pytest.raises(Failure) as caught:
        await session(*given, **asked)
    return caught.value.reason


async def test_a_token_that_is_bound_to_the_key_begins_a_session():
    made = await session({"wanted": "identifier-1"}, acr=ACR_PHONE, max_age=600)
    assert (made.acr, made.wanted) == (ACR_PHONE, "identifier-1")
    assert made.proof_key is not None


async def test_a_bearer_token_is_refused_where_nothing_binds_it():
    assert await refused({"token_type": "Bearer"}) is Reason.PLATFORM_INVALID
    only_dpop = {"discovery": DISCOVERY, "thumbprint": OWN}
    assert await refused({"token_type": "Bearer"}, **only_dpop) is Reason.PLATFORM_INVALID
    unbound = DISCOVERY | BINDS | {"tls_client_certificate_bound_access_tokens": False}
    answer = {"token_type": "Bearer"}
    reason = await refused(answer, discovery=unbound, thumbprint=OWN)
    assert reason is Reason.PLATFORM_INVALID


@pytest.mark.parametrize("token", ["opaque", bound(OWN)])
async def test_a_token_that_is_bound_to_our_certificate_begins_a_session(token):
    answer = {"token_type": "Bearer", "access_token": token}
    made = await session(answer, discovery=DISCOVERY | BINDS, thumbprint=OWN)
    assert made.proof_key is None
    assert made.authorise("GET", ISSUER) == {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("token", [bound("another"), bound(""), "e30.!.c2ln", "e30.W10.c2ln"])
async def test_a_token_that_is_bound_to_another_certificate_is_refused(token):
    answer = {"token_type": "Bearer", "access_token": token}
    reason = await refused(answer, discovery=DISCOVERY | BINDS, thumbprint=OWN)
    assert reason is Reason.PLATFORM_INVALID


@pytest.mark.parametrize("auth_time", [None, NOW - 700, "soon", "nan"])
async def test_a_sign_in_that_is_not_fresh_is_refused_where_that_was_asked_for(auth_time):
    assert await refused({"auth_time": auth_time}, max_age=600) is Reason.PLATFORM_INVALID
    assert await session({"auth_time": auth_time})


async def test_a_nonce_of_another_request_is_refused():
    assert await refused({"nonce": "theirs"}, nonce="ours") is Reason.PLATFORM_INVALID


@pytest.mark.parametrize("acr", [None, "", ACR_PHONE, "urn:elsewhere:best"])
async def test_a_level_below_what_was_asked_for_is_too_low(acr):
    assert await refused({"acr": acr}, acr=ACR_CARD_FACE) is Reason.LEVEL_TOO_LOW


@pytest.mark.parametrize(
    ("acr", "asked", "enough"),
    [
        (ACR_CARD_PHONE, ACR_PHONE, True),
        (ACR_CARD_PHONE, ACR_CARD_FACE, True),
        (ACR_PHONE, ACR_CARD_PHONE, False),
        (ACR_STAFF, ACR_STAFF, True),
        (ACR_CARD_FACE, ACR_STAFF, False),
        (ACR_STAFF, ACR_PHONE, False),
        ("", "", True),
        ("", ACR_PHONE, False),
    ],
)
def test_a_level_is_met_by_itself_and_by_higher_ones(acr, asked, enough):
    assert meets(acr, asked) is enough


@given(st.text())
def test_a_token_of_any_form_is_looked_into_or_refused(token):
    try:
        told = certificate_of(token)
    except ValueError:
        return
    assert told is None or isinstance(told, str)
