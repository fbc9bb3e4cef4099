"""A terminal as the platform's inbox sees it: signs its own calls and its checkpoints."""

import base64
import itertools
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jwt
from joserfc.jwk import ECKey

from sandbox.digests import digest_of

PATH = "/terminals/check-in"
AT = "2026-11-24T10:00:00+08:00"


def record(number: int, key: str = "", kind: str = "request", **changes):
    """A record as a terminal sends it."""
    return {
        "number": number, "key": key or str(uuid.uuid4()), "kind": kind, "at": AT,
        "body": {"words": "made up"}, **changes,
    }


class Caller:
    """One terminal with a key."""

    def __init__(self, address: str, name: str = "T1") -> None:
        self.address = address
        self.name = name
        self.key = ECKey.generate_key("P-256")
        self.store = str(uuid.uuid4())
        self._numbers = itertools.count(1)

    @property
    def public(self):
        """The key as the platform gets it."""
        return self.key.as_dict(private=False)

    def body(self, lanes, checkpoint=None, **changes) -> bytes:
        """A check-in."""
        return json.dumps({
            "terminal": self.name, "store": self.store, "boot": "boot-1", "lanes": lanes,
            "checkpoint": checkpoint, "health": {"queued": 1}, **changes,
        }).encode()

    def token(self, body: bytes, **changes) -> str:
        """The token for a body."""
        now = int(time.time())
        claims = {
            "iss": self.name, "sub": self.name, "aud": self.address + PATH, "iat": now,
            "exp": now + 60, "jti": f"{self.store}-{next(self._numbers)}",
            "digest": digest_of(body), **changes,
        }
        return jwt.encode({"alg": "ES256"}, claims, self.key)

    def headers(self, body: bytes, **changes):
        """What goes with a body."""
        return {
            "Authorization": f"Bearer {self.token(body, **changes)}",
            "Content-Type": "application/json",
        }

    def checkpoint(self, number: int, head: str, **changes):
        """A signed checkpoint of the terminal's audit chain."""
        said = {
            "kiosk": self.name, "chain": "chain-1", "first": 1, "number": number, "head": head,
            "at": AT,
        }
        signed = {**said, "what": "tongban audit checkpoint"}
        message = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
        r, s = decode_dss_signature(self.key.private_key.sign(message, ec.ECDSA(hashes.SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {**said, "signature": encoded(raw), **changes}


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
