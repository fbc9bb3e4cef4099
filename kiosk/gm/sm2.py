"""SM2 signatures (GB/T 32918.2): verification, keys and the forms a signature comes in.

The user id goes into what is signed. OpenSSL before 4.0 takes the empty one where none
is given, later ones the default: so here it is always given.
"""

from asn1crypto import core, keys
from asn1crypto.algos import DSASignature

from kiosk.gm.openssl import DigestContext, Key, OpenSslError, last_error, library

DEFAULT_USER_ID = b"1234567812345678"
"""The id of GM/T 0009 and GB/T 35276, for all who agreed on no other."""
CURVE = "1.2.156.10197.1.301"
EC_KEY = "1.2.840.10045.2.1"
SM2_SM3 = "1.2.156.10197.1.501"
CURVE_NAME = "sm2p256v1"
RAW_SIZE = 64
POINT_SIZE = 65


keys.NamedCurve.register(CURVE_NAME, CURVE, 32)


class BadKey(ValueError):
    """Not a public key of SM2; the message says why."""


class PublicKey:
    """A point on the SM2 curve that verifies signatures."""

    def __init__(self, der: bytes) -> None:
        """From a SubjectPublicKeyInfo (DER). Raises BadKey for another curve or none."""
        check_curve(der)
        try:
            self._key = Key.public(der)
        except OpenSslError as error:
            raise BadKey(str(error)) from error
        self.der = der

    @classmethod
    def from_point(cls, point: bytes) -> "PublicKey":
        """From an uncompressed point of 65 bytes, or its 64 without the first. Raises BadKey."""
        whole = b"\x04" + point if len(point) == POINT_SIZE - 1 else point
        if len(whole) != POINT_SIZE or whole[0] != 4:
            raise BadKey(f"a point of {len(point)} bytes")
        return cls(HEAD + whole)

    @property
    def point(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return self.der[-POINT_SIZE:]

    def verify(self, message: bytes, signature: bytes, *, user_id: bytes) -> bool:
        """Whether this key signed the message; `signature` as DER, or r and s of 32 bytes."""
        encoded = as_der(signature)
        with DigestContext(self._key, user_id) as context:
            context.begin("EVP_DigestVerifyInit")
            told = library().EVP_DigestVerify(
                context.digest, encoded, len(encoded), message, len(message)
            )
        if told != 1:
            last_error()
        return bool(told == 1)


def check_curve(der: bytes) -> None:
    """Raises BadKey unless a SubjectPublicKeyInfo is of the SM2 curve."""
    if der.startswith(HEAD) and len(der) == len(HEAD) + POINT_SIZE:
        return
    try:
        info = keys.PublicKeyInfo.load(der, strict=True)
        algorithm = info["algorithm"]["algorithm"].dotted
        if algorithm != EC_KEY:
            raise BadKey(f"a key of {algorithm}, not of SM2")
        curve = core.ObjectIdentifier.load(info["algorithm"]["parameters"].dump()).dotted
    except BadKey:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise BadKey(f"not a public key: {error}") from error
    if curve != CURVE:
        raise BadKey(f"a key of {algorithm} {curve}, not of SM2")


def as_der(signature: bytes) -> bytes:
    """A signature as DER; one of 64 raw bytes (r, then s) is encoded, another left as it is."""
    if len(signature) != RAW_SIZE or _is_der(signature):
        return signature
    encoded: bytes = DSASignature.from_p1363(signature).dump()
    return encoded


def as_raw(signature: bytes) -> bytes:
    """A DER signature as 64 raw bytes. Raises ValueError."""
    pair = DSASignature.load(signature, strict=True)
    numbers = pair["r"].native, pair["s"].native
    try:
        return b"".join(one.to_bytes(RAW_SIZE // 2, "big") for one in numbers)
    except OverflowError as error:
        raise ValueError("a signature with numbers that are none of SM2's") from error


def _is_der(signature: bytes) -> bool:
    try:
        pair = DSASignature.load(signature, strict=True)
        return bool(pair["r"].native > 0 and pair["s"].native > 0)
    except (ValueError, TypeError):
        return False


HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""What stands before the point in the SubjectPublicKeyInfo of every SM2 key."""
