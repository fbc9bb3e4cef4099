"""A terminal before the sandbox's identity service, without a line between them."""

import itertools
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.identity.evidence import TokenFactory
from kiosk.identity.port import FaceEvidence
from sandbox.identity import IdentityService
from sandbox.keys import KeyStore

ISSUER = "http://127.0.0.1:1"
NOW = 1_800_000_000.0
DOCUMENT = IdentityDocument(
    DocumentType.CN_RESIDENT, "119900195803120627", "李秀兰", valid_to="permanent",
    photo=b"secret picture",
)
KEY = "thumbprint"
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
        return self.service.sign_in("T1", self.sign(claims), forged=False, key=KEY)

    def told(self, answer):
        """What the identity token of an answer says."""
        key = ECKey.import_key(self.service.jwks()["keys"][0])
        return jwt.decode(answer["id_token"], key, algorithms=["ES256"]).claims
