"""Reads the signed manifest of a publication; for the worker process (`certificates/proof/worker`).

A COSE_Sign1 object, signed by an authority of the trust folder, made for one collection and one
terminal (docs/content.md): none can stand in for another.
"""

from datetime import timedelta
from typing import Any

from kiosk.certificates.proof.cose import BadCose, as_map
from kiosk.certificates.proof.signed import (
    ISSUED_AT,
    TTL,
    moment,
    number,
    verified_claims,
)
from kiosk.gm import TrustList

AUDIENCE = 3
"""`aud` (RFC 8392): the terminal."""
COLLECTION, NUMBER, FILES = -70006, -70004, -70007
DIGEST_SIZE = 32


def read_manifest(
    data: bytes, trust: TrustList, collection: str, terminal: str
) -> dict[str, Any]:
    """Verify a manifest's signature and read it, as JSON. Raises BadCose."""
    what = f"the manifest of {collection}"
    claims = verified_claims(data, trust, what)
    if claims.get(COLLECTION) != collection:
        raise BadCose(f"{what}: it is that of {claims.get(COLLECTION)!r}")
    if claims.get(AUDIENCE) != terminal:
        raise BadCose(f"{what}: it is for {claims.get(AUDIENCE)!r}, not for {terminal!r}")
    listed = claims.get(FILES)
    if not isinstance(listed, list | tuple):
        raise BadCose(f"{what}: it has none")
    files = [_entry(one) for one in listed]
    if len({name for name, _, _ in files}) != len(files):
        raise BadCose(f"{what}: a file is there twice")
    made = moment(claims.get(ISSUED_AT))
    try:
        good_until = made + timedelta(seconds=number(claims.get(TTL)))
    except OverflowError as error:
        raise BadCose(f"{what}: {error}") from error
    return {
        "number": number(claims.get(NUMBER)), "made": made.isoformat(),
        "good_until": good_until.isoformat(), "files": files,
    }


def _entry(item: object) -> tuple[str, int, str]:
    """Name, size and digest (hex) of a file."""
    fields = as_map(item, "a file")
    name, size, digest = (fields.get(key) for key in (1, 2, 3))
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool):
        raise BadCose("a file without name or size")
    if not isinstance(digest, bytes) or len(digest) != DIGEST_SIZE:
        raise BadCose(f"{name!r}: no digest")
    return name, size, digest.hex()
