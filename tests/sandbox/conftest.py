"""The platform's desks in this process, with a clock that the test sets, and who comes to them."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from drivers.idcard.port import DocumentType, IdentityDocument
from kiosk.identity.dpop import ProofKey
from kiosk.identity.evidence import TokenFactory
from kiosk.identity.port import FaceEvidence
from sandbox.acting import ActingDesk
from sandbox.authorisations import AuthorityRegister
from sandbox.exchange import ACCESS_TOKEN, JWT, Exchange, ExchangeDesk
from sandbox.handover import HandoverDesk
from sandbox.identity import IdentityService
from sandbox.keys import KeyStore
from sandbox.people.registry import person, who_phones

ISSUER = "http://127.0.0.1:1"
NOW = 1_800_000_000.0
PHONE_WAIT = 2
NEW_KEY = "the thumbprint of the new token's key"


def document_of(name: str) -> IdentityDocument:
    """What a reader reads of a resident's card."""
    someone = person(name)
    until = someone.card["valid_to"]
    return IdentityDocument(
        DocumentType(someone.documents[0]), someone.number, someone.name,
        valid_to="permanent" if until == "长期" else date.fromisoformat(until),
    )


class Visitor:
    """Somebody who is signed in at a terminal: the token, and the key that it is bound to."""

    def __init__(self, counter: "Counter", terminal: str) -> None:
        self.terminal = terminal
        self.key = ProofKey(lambda: counter.now, counter.unique)
        url = counter.identity.token_endpoint
        self.thumbprint = counter.identity.check_proof(self.key.proof("POST", url), "POST", url)
        self.token = ""
        self.told = {}

    def proof(self, method: str, url: str) -> str:
        """The proof that goes with the token."""
        return self.key.proof(method, url, self.token)


class Counter:
    """The identity service's desks and the terminals T1 and T2."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.keys = KeyStore(folder)
        self.identity = IdentityService(ISSUER, self.keys, self.clock)
        self.register = AuthorityRegister(self.clock)
        self.acting = ActingDesk(self.identity, self.register, self.keys, self.clock)
        self.exchanges = ExchangeDesk(self.identity, self.acting, self.clock)
        self.handover = HandoverDesk(self.identity, self.clock)
        self._numbers = itertools.count()
        self._keys, self.tokens = {}, {}
        for name in ("T1", "T2"):
            self._keys[name] = ECKey.generate_key("P-256")
            self.identity.register(name, self._keys[name].as_dict(private=False))
            self.tokens[name] = TokenFactory(name, self.clock, self.unique)

    def clock(self) -> float:
        """The time of all desks."""
        return self.now

    def unique(self) -> str:
        """A name that was not there before."""
        return f"one-{next(self._numbers)}"

    def sign(self, claims, terminal: str = "T1") -> str:
        """A token by a terminal's key."""
        return jwt.encode({"alg": "ES256"}, claims, self._keys[terminal])

    def opened(self, token: str):
        """The claims of what the identity service signed."""
        key = ECKey.import_key(self.identity.jwks()["keys"][0])
        return jwt.decode(token, key, algorithms=["ES256"]).claims

    def sign_in(self, name: str, terminal: str = "T1") -> Visitor:
        """A resident by card and face."""
        visitor = Visitor(self, terminal)
        claims = self.tokens[terminal].sign_in(
            ISSUER, document_of(name), FaceEvidence(True, "chip_photo")
        )
        answer = self.identity.sign_in(
            terminal, self.sign(claims, terminal), forged=False, key=visitor.thumbprint
        )
        return self.took(visitor, answer)

    def sign_in_by_phone(self, name: str, terminal: str = "T1", acr: str = "") -> Visitor:
        """A resident, or a member of staff, by phone."""
        visitor = Visitor(self, terminal)
        codes = self.identity.begin_phone(terminal, acr)
        self.now += PHONE_WAIT
        self.identity.answer_phone(codes["user_code"], who_phones(name))
        answer = self.identity.poll_phone(
            terminal, codes["device_code"], False, visitor.thumbprint
        )
        return self.took(visitor, answer)

    def took(self, visitor: Visitor, answer) -> Visitor:
        """A visitor who has what was answered."""
        visitor.token = answer["access_token"]
        visitor.told = self.opened(answer["id_token"])
        return visitor

    def grant(self, visitor: Visitor, path: str = "/library/certificates"):
        """What a visitor's token opens."""
        url = ISSUER + path
        return self.identity.grant(visitor.token, visitor.proof("GET", url), "GET", url)

    def authorisations(self, visitor: Visitor) -> dict[str, str]:
        """What is listed to a visitor: the name of who is acted for, and the authorisation."""
        signed = self.acting.principals(self.grant(visitor))
        return {self.opened(one)["name"]: one for one in signed}

    def exchange(
        self, actor: Visitor, subject_token: str, terminal: str = "T1", **changes: str
    ) -> Visitor:
        """Who an exchange makes of a visitor; `changes` to what the terminal hands in."""
        made = Visitor(self, terminal)
        endpoint = self.identity.token_endpoint
        order = {
            "subject_token": subject_token, "subject_token_type": JWT,
            "actor_token": actor.token, "actor_token_type": ACCESS_TOKEN,
            "actor_proof": actor.proof("POST", endpoint),
        }
        answer = self.exchanges.exchange(
            terminal, Exchange(**{**order, **changes}), made.thumbprint, forged=False
        )
        return self.took(made, answer)


@pytest.fixture
def counter(tmp_path):
    """Desks with nobody before them."""
    return Counter(tmp_path)
