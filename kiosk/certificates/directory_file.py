"""Reads the signed directory of regional libraries; for the worker process (`proof/worker.py`).

A COSE_Sign1 object, signed by an authority of the trust folder (docs/certificates.md). An address
that is not in it never sees a citizen's token, so only plain HTTPS addresses count.
"""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from kiosk.certificates.directory import WHAT, Directory, RegionalEntry
from kiosk.certificates.port import Region
from kiosk.certificates.proof.cose import BadCose, as_map
from kiosk.certificates.proof.signed import (
    ISSUED_AT,
    TTL,
    moment,
    number,
    verified_claims,
)
from kiosk.gm import TrustList

NUMBER, HOME, REGIONS = -70004, -70005, -70003
AREA = re.compile(r"[0-9]{6}")
"""An area's code of GB/T 2260."""


def read_directory(data: bytes, trust: TrustList) -> Directory:
    """Verify a directory's signature and read it. Raises BadCose."""
    claims = verified_claims(data, trust, WHAT)
    made = moment(claims.get(ISSUED_AT))
    listed = claims.get(REGIONS)
    if not isinstance(listed, list | tuple):
        raise BadCose(f"{WHAT}: it has none")
    entries = {one.region.code: one for one in map(_entry, listed)}
    if len(entries) != len(listed):
        raise BadCose(f"{WHAT}: a region is there twice")
    home = entries.pop(_words(claims.get(HOME), "its home"), None)
    if home is None:
        raise BadCose(f"{WHAT}: its home is not among the regions")
    return Directory(
        number(claims.get(NUMBER)), home.region, tuple(entries.values()),
        made, made + timedelta(seconds=number(claims.get(TTL))),
    )


def _entry(item: object) -> RegionalEntry:
    fields = as_map(item, "a region")
    code = _words(fields.get(1), "a region's code")
    if not AREA.fullmatch(code):
        raise BadCose(f"a region's code {code!r} is not of six digits")
    names = (_words(fields.get(key), f"the name of {code}") for key in (2, 3))
    return RegionalEntry(
        Region(code, *names), _address(fields.get(4), code),
        moment(fields.get(5)), moment(fields.get(6)),
    )


def _words(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadCose(f"{what} is not there")
    return value


def _address(value: Any, code: str) -> str:
    """A library's address: HTTPS, or this machine's own for simulations. Raises BadCose."""
    written = _words(value, f"the address of {code}")
    try:
        if any(one.isspace() or not one.isprintable() for one in written):
            raise ValueError("it holds what no address holds")
        parts = urlsplit(written)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise BadCose(f"the address of {code}: {error}") from error
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    private = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    if not (plain and private and parts.hostname):
        raise BadCose(f"the address of {code} is no plain HTTPS address")
    return written.rstrip("/")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
