"""Whom to trust for printed copies, and which copies were revoked: two signed lists.

Both are COSE_Sign1 objects, signed by an authority of the terminal's trust folder; they are
fetched while there is a line and kept for when there is none.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.certificates.proof.cose import (
    Algorithm,
    BadCose,
    Key,
    as_map,
    read_signed,
    to_algorithm,
)
from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.gm import Certificate, TrustList

ISSUED_AT, TTL, STATUS_LIST = 6, 65534, 65533
"""`iat`, and the claims of the token status list (draft-ietf-oauth-status-list)."""
KEYS = -70002
KEY_ID_SIZE = 8
LARGEST_LIST = 64 << 20
"""Bits; so many copies can be told apart."""


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A key that signs codes, whose it is, and when it may be used."""

    key: Key
    name: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Lists:
    """Both lists, verified."""

    keys: dict[bytes, PaperKey]
    revoked: bytes
    """A bit for each copy, the first in the lowest bit of the first byte."""
    as_of: datetime
    """When the older of the two was made."""
    good_until: datetime

    def is_revoked(self, index: int) -> bool:
        """Whether a copy was revoked; copies beyond the list were not."""
        place, bit = divmod(index, 8)
        return 0 <= place < len(self.revoked) and bool(self.revoked[place] >> bit & 1)


def key_id(der: bytes) -> bytes:
    """How a certificate or key is named in a header."""
    return sha256(der).digest()[:KEY_ID_SIZE]


def load_lists(folder: Path, trust: TrustList) -> Lists:
    """The lists that lie in a folder. Raises BadCose, OSError."""
    return read_lists(
        (folder / KEYS_FILE).read_bytes(), (folder / STATUS_FILE).read_bytes(), trust
    )


def read_lists(keys: bytes, status: bytes, trust: TrustList) -> Lists:
    """Verify both lists. Raises BadCose."""
    key_claims = _verified(keys, trust, "the list of keys")
    status_claims = _verified(status, trust, "the list of revoked copies")
    made = [_moment(one.get(ISSUED_AT)) for one in (key_claims, status_claims)]
    ends = [
        when + timedelta(seconds=_number(one.get(TTL)))
        for when, one in zip(made, (key_claims, status_claims), strict=True)
    ]
    entries = key_claims.get(KEYS)
    if not isinstance(entries, list | tuple):
        raise BadCose("the list of keys has none")
    return Lists(
        dict(_entry(one) for one in entries), _bits(status_claims), min(made), min(ends)
    )


def _verified(data: bytes, trust: TrustList, what: str) -> dict[Any, Any]:
    signed = read_signed(data)
    for one in trust.anchors:
        if key_id(one.der) == signed.key_id:
            key = authority_key(one)
            if key is not None and signed.verify(key):
                return dict(signed.claims)
            raise BadCose(f"{what}: its signature is not that of {one.name}")
    raise BadCose(f"{what}: signed by nobody whom this terminal trusts")


def authority_key(certificate: Certificate) -> Key | None:
    """The key of an authority; None where it is of no kind that signs lists."""
    if certificate.is_sm2:
        return Key(Algorithm.SM2, certificate.public_key_der)
    try:
        key = serialization.load_der_public_key(certificate.public_key_der)
    except (ValueError, TypeError):
        return None
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        return Key(Algorithm.ES256, certificate.public_key_der)
    return None


def _entry(item: object) -> tuple[bytes, PaperKey]:
    fields = as_map(item, "a key")
    der, name = fields.get(2), fields.get(3)
    if not isinstance(der, bytes) or not isinstance(name, str):
        raise BadCose("a key without its parts")
    key = Key(to_algorithm(fields.get(1)), der)
    times = _moment(fields.get(4)), _moment(fields.get(5))
    return key_id(der), PaperKey(key, name, *times)


def _bits(claims: dict[Any, Any]) -> bytes:
    packed = as_map(claims.get(STATUS_LIST), "the status list").get("lst")
    if not isinstance(packed, bytes):
        raise BadCose("the status list is empty")
    state = zlib.decompressobj()
    try:
        bits = state.decompress(packed, LARGEST_LIST // 8)
    except zlib.error as error:
        raise BadCose(f"the status list: {error}") from error
    if not state.eof:
        raise BadCose("the status list is too long")
    return bits


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 10**10:
        raise BadCose(f"a number: {value!r}")
    return value


def _moment(value: object) -> datetime:
    return datetime.fromtimestamp(_number(value), UTC)


