"""Claims that an authority of the terminal's trust folder has signed (COSE_Sign1).

Lists of keys, of revoked copies and of regions come so: over any line, from anybody.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.certificates.proof.cose import Algorithm, BadCose, Key, read_signed
from kiosk.gm import Certificate, TrustList

ISSUED_AT, TTL = 6, 65534
"""`iat` (RFC 8392), and for how many seconds the claims are good (token status list)."""
KEY_ID_SIZE = 8


def key_id(der: bytes) -> bytes:
    """How a certificate or key is named in a header."""
    return sha256(der).digest()[:KEY_ID_SIZE]


def verified_claims(
    data: bytes, trust: TrustList, what: str, now: datetime | None = None
) -> dict[Any, Any]:
    """The claims of a signed object; `what` it is, for the error. Raises BadCose.

    Who signs has to be an authority, in its time (`now`, else the clock's), and not revoked.
    """
    signed, at = read_signed(data), now or datetime.now(UTC)
    for one in trust.anchors:
        if key_id(one.der) == signed.key_id:
            _check_authority(one, trust, what, at)
            key = authority_key(one)
            if key is not None and signed.verify(key):
                return dict(signed.claims)
            raise BadCose(f"{what}: its signature is not that of {one.name}")
    raise BadCose(f"{what}: signed by nobody whom this terminal trusts")


def _check_authority(one: Certificate, trust: TrustList, what: str, at: datetime) -> None:
    begin, end = one.validity
    if not begin <= at <= end:
        raise BadCose(f"{what}: {one.name} was valid from {begin:%F} to {end:%F}")
    if not one.usage.is_authority:
        raise BadCose(f"{what}: {one.name} is no authority")
    if any(
        found.issuer == one.issuer and one.serial in found.revoked for found in trust.revocations
    ):
        raise BadCose(f"{what}: {one.name} was revoked")


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


def number(value: object) -> int:
    """A number above zero of sensible size. Raises BadCose."""
    if not isinstance(value, int) or not 0 < value < 10**10:
        raise BadCose(f"a number: {value!r}")
    return value


def moment(value: object) -> datetime:
    """A time as seconds. Raises BadCose."""
    return datetime.fromtimestamp(number(value), UTC)
