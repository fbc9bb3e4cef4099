"""A platform without a line: discovery, keys, and answers that it signs."""

from types import SimpleNamespace

from joserfc import jwt
from joserfc.jwk import ECKey

from kiosk.identity.levels import ACR_PHONE
from kiosk.identity.oidc import OidcClient

ISSUER = "https://platform.example"
NOW = 1_800_000_000
DISCOVERY = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}


class Provider:
    """A platform that answers discovery and keys, and what it signs."""

    def __init__(self, discovery=DISCOVERY, thumbprint=""):
        self.address = ISSUER
        self.tls = SimpleNamespace(thumbprint=thumbprint)
        self.key = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256", "use": "sig"})
        self._discovery = discovery
        self.revoked = []

    def believe(self, *urls):
        """Any host is as good as another here."""

    async def post(self, url, form):
        """A token that is revoked."""
        self.revoked.append(form["token"])

    async def get_json(self, url):
        if url == f"{ISSUER}/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        return self._discovery

    def answer(self, token_type="DPoP", access_token="opaque", **changes):
        """A token answer; a claim that is None is left out."""
        claims = {
            "iss": ISSUER, "aud": "T1", "sub": "pseudonym", "iat": NOW, "exp": NOW + 60,
            "auth_time": NOW - 5, "acr": ACR_PHONE,
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": "ES256", "kid": "1"}, kept, self.key)
        return {"token_type": token_type, "access_token": access_token, "id_token": signed}


async def client_of(provider):
    """A terminal that has discovered a platform."""
    client = OidcClient(
        provider, "T1", ECKey.generate_key("P-256"), lambda: NOW, lambda: "unique"
    )
    await client.discover()
    return client
