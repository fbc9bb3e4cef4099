"""A terminal, a card, and a package that the sandbox's library has sealed for both."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from offline.sealed.card import CardFacts, card_secret
from sandbox.package_seal import Recipient, card_key, seal
from sandbox.people.registry import person

TERMINAL = "TB-0001"
PACKAGE = bytes(range(16))
SIGNED = b"what the library signed"
LI = CardFacts("cn_resident", "119900195803120627", "20160801", "permanent")


@dataclass(frozen=True)
class Sealed:
    """A package, and all that opens it."""

    key: ec.EllipticCurvePrivateKey
    content: bytes


@pytest.fixture(scope="session")
def secret():
    return card_secret(LI, TERMINAL)


@pytest.fixture(scope="session")
def sealed() -> Sealed:
    key = ec.generate_private_key(ec.SECP256R1())
    theirs = card_key(person("li-xiulan"), TERMINAL)
    return Sealed(key, seal(SIGNED, PACKAGE, theirs, Recipient(TERMINAL, key.public_key())))
