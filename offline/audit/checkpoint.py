"""Checkpoints: the terminal signs where its chain stands, and sends that with every contact.

Whoever keeps a checkpoint away from the terminal can later tell that the chain before it was
rewritten or cut off. Between two of them somebody with the terminal's whole power can rewrite
the tail: their distance is the exposure.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from offline.audit.chain import canonical
from offline.audit.log import Head, head
from offline.transaction import Reads, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoint (
    number INTEGER PRIMARY KEY,
    chain TEXT NOT NULL,
    first INTEGER NOT NULL,
    head BLOB NOT NULL,
    at TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
"""
CHECKPOINT, EXPORT = "tongban audit checkpoint", "tongban audit export"
KEPT_EVERY = 500
"""Records between checkpoints that are kept for ever; those in between give way to the next."""

Sign = Callable[[bytes], bytes]
"""ES256 (RFC 7518, 3.4): r and s, 32 bytes each."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed place of the chain."""

    kiosk: str
    chain: str
    first: int
    """The first record that the terminal still had."""
    number: int
    head: bytes
    at: str
    signature: bytes

    def statement(self, what: str = CHECKPOINT) -> bytes:
        """What is signed. `what`: CHECKPOINT or EXPORT, so that neither stands for the other."""
        return canonical({
            "at": self.at, "chain": self.chain, "first": self.first, "head": self.head.hex(),
            "kiosk": self.kiosk, "number": self.number, "what": what,
        })

    def as_json(self) -> dict[str, Any]:
        """As it is sent and exported."""
        return {
            "kiosk": self.kiosk, "chain": self.chain, "first": self.first,
            "number": self.number, "head": self.head.hex(), "at": self.at,
            "signature": base64.urlsafe_b64encode(self.signature).rstrip(b"=").decode(),
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Checkpoint":
        """What `as_json` wrote. Raises ValueError, KeyError, TypeError."""
        text = str(said["signature"])
        return cls(
            str(said["kiosk"]), str(said["chain"]), int(said["first"]), int(said["number"]),
            bytes.fromhex(said["head"]), str(said["at"]),
            base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)),
        )

    def is_signed_by(self, key: ec.EllipticCurvePublicKey, what: str = CHECKPOINT) -> bool:
        """Whether this key signed it, as what."""
        half = len(self.signature) // 2
        r, s = (
            int.from_bytes(one, "big") for one in (self.signature[:half], self.signature[half:])
        )
        try:
            key.verify(encode_dss_signature(r, s), self.statement(what), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def signer(key: ec.EllipticCurvePrivateKey) -> Sign:
    """Signs with a terminal's key (P-256)."""

    def sign(content: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(content, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def check_in(txn: Transaction, sign: Sign) -> Checkpoint:
    """Sign where the chain stands now, and keep that."""
    made = sign_head(txn, head(txn), sign)
    _keep(txn, made)
    return made


def sign_head(txn: Reads, at: Head, sign: Sign, what: str = CHECKPOINT) -> Checkpoint:
    """Sign where the chain stands."""
    first = txn.execute("SELECT min(number) FROM audit")[0][0] or at.number + 1
    moment = txn.now.isoformat(timespec="milliseconds")
    plain = Checkpoint(txn.kiosk, at.chain, first, at.number, at.hash, moment, b"")
    return replace(plain, signature=sign(plain.statement(what)))


def kept(txn: Reads) -> list[Checkpoint]:
    """The checkpoints that are kept, in order."""
    rows = txn.execute(
        "SELECT chain, first, number, head, at, signature FROM checkpoint ORDER BY number"
    )
    return [Checkpoint(txn.kiosk, *row) for row in rows]


def _keep(txn: Transaction, made: Checkpoint) -> None:
    last = txn.execute("SELECT number FROM checkpoint ORDER BY number DESC LIMIT 2")
    if len(last) == 2 and last[0][0] - last[1][0] < KEPT_EVERY:
        txn.execute("DELETE FROM checkpoint WHERE number = ?", last[0])
    txn.execute(
        "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?)",
        (made.number, made.chain, made.first, made.head, made.at, made.signature),
    )
