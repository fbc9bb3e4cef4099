"""Which way of signing an algorithm identifier means, and whether a key signed by it.

SM2 with SM3 (GB/T 32918.2), RSA by PKCS #1 v1.5 and PSS (RFC 8017), and ECDSA, over digests
that prove something: SM3, SHA-256, SHA-384, SHA-512. What is not accepted has a reason.
"""

from functools import lru_cache

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from kiosk.gm.hashes import SHA256, SHA384, SHA512, SM3
from kiosk.gm.sm2 import CURVE, DEFAULT_USER_ID, SM2_SM3, BadKey, PublicKey

SM2_NAMES = frozenset({SM2_SM3, "1.2.156.10197.1.301.1", CURVE})
"""SM2 with SM3, and what writers put for it: the signing half of SM2, and the curve."""
PSS = "1.2.840.113549.1.1.10"
RSA = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": SHA256,
    "1.2.840.113549.1.1.12": SHA384,
    "1.2.840.113549.1.1.13": SHA512,
    PSS: None,
}
"""RSA by the digest that the identifier names; None where it is named elsewhere."""
ECDSA = {
    "1.2.840.10045.4.3.2": SHA256,
    "1.2.840.10045.4.3.3": SHA384,
    "1.2.840.10045.4.3.4": SHA512,
    "1.2.840.10045.2.1": None,
}
WEAK = {
    "1.2.840.113549.1.1.4": "MD5", "1.2.840.113549.1.1.5": "SHA-1",
    "1.3.14.3.2.29": "SHA-1", "1.2.840.10045.4.1": "SHA-1",
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    SHA256: hashes.SHA256(), SHA384: hashes.SHA384(), SHA512: hashes.SHA512(),
}
SMALLEST_RSA = 2048
LONGEST_SALT = 512
KEYS_KEPT = 64


class NotAccepted(ValueError):
    """A signature by a way that proves nothing, or that is not known; the message says which."""


def is_sm2(algorithm: str) -> bool:
    """Whether an identifier is one of those for SM2."""
    return algorithm in SM2_NAMES


def digest_of(algorithm: str) -> str | None:
    """The digest that an identifier names, SM3 for SM2; None where it names none.

    Raises NotAccepted for an identifier that is not known or whose digest proves nothing.
    """
    if is_sm2(algorithm):
        return SM3
    if algorithm in WEAK:
        raise NotAccepted(f"a signature over {WEAK[algorithm]} proves nothing")
    for known in (RSA, ECDSA):
        if algorithm in known:
            return known[algorithm]
    raise NotAccepted(f"signatures by {algorithm} are not supported")


def is_signed(
    key: bytes, algorithm: str, signed: bytes, signature: bytes, digest: str | None = None,
    parameters: bytes = b"",
) -> bool:
    """Whether a key made a signature over some bytes.

    `key` is a SubjectPublicKeyInfo, `digest` the one named beside the algorithm where that
    names none itself, `parameters` those of the algorithm (DER). Raises NotAccepted.
    """
    named = digest_of(algorithm)
    if is_sm2(algorithm):
        return _by_sm2(key, signed, signature)
    if algorithm == PSS:
        return _by_pss(_rsa_key(key), signed, signature, parameters)
    chosen = HASHES.get(named or digest or "")
    if chosen is None:
        raise NotAccepted(f"a signature over the digest {named or digest} is not supported")
    if algorithm in RSA:
        return _by_rsa(_rsa_key(key), signed, signature, padding.PKCS1v15(), chosen)
    return _by_ecdsa(key, signed, signature, chosen)


def _by_sm2(key: bytes, signed: bytes, signature: bytes) -> bool:
    try:
        return _sm2_key(key).verify(signed, signature, user_id=DEFAULT_USER_ID)
    except BadKey as error:
        raise NotAccepted(str(error)) from error


@lru_cache(maxsize=KEYS_KEPT)
def _sm2_key(key: bytes) -> PublicKey:
    """A key, loaded; those of authorities come again with every file."""
    return PublicKey(key)


def _by_pss(key: rsa.RSAPublicKey, signed: bytes, signature: bytes, parameters: bytes) -> bool:
    try:
        told = algos.RSASSAPSSParams.load(parameters or b"\x30\x00", strict=True)
        digest = HASHES.get(told["hash_algorithm"]["algorithm"].dotted)
        mask = told["mask_gen_algorithm"]
        inner = HASHES.get(mask["parameters"]["algorithm"].dotted)
        salt, generator = told["salt_length"].native, mask["algorithm"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAccepted(f"the parameters of RSA-PSS: {error}") from error
    if digest is None or inner is None or generator != "mgf1":
        raise NotAccepted("RSA-PSS with a digest or a mask that is not supported")
    if not 0 <= salt <= LONGEST_SALT:
        raise NotAccepted(f"RSA-PSS with a salt of {salt} bytes")
    return _by_rsa(key, signed, signature, padding.PSS(padding.MGF1(inner), salt), digest)


def _by_rsa(
    key: rsa.RSAPublicKey, signed: bytes, signature: bytes,
    scheme: padding.PKCS1v15 | padding.PSS, digest: hashes.HashAlgorithm,
) -> bool:
    try:
        key.verify(signature, signed, scheme, digest)
    except (InvalidSignature, ValueError, OverflowError):
        return False
    return True


def _by_ecdsa(
    key: bytes, signed: bytes, signature: bytes, digest: hashes.HashAlgorithm
) -> bool:
    loaded = _load(key)
    if not isinstance(loaded, ec.EllipticCurvePublicKey):
        raise NotAccepted("an ECDSA signature, and a key of another kind")
    try:
        loaded.verify(signature, signed, ec.ECDSA(digest))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _rsa_key(key: bytes) -> rsa.RSAPublicKey:
    loaded = _load(key)
    if not isinstance(loaded, rsa.RSAPublicKey):
        raise NotAccepted("an RSA signature, and a key of another kind")
    if loaded.key_size < SMALLEST_RSA:
        raise NotAccepted(f"an RSA key of {loaded.key_size} bits proves nothing")
    return loaded


def _load(key: bytes) -> object:
    try:
        return serialization.load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAccepted(f"a key that cannot be used: {error}") from error
