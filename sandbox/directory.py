"""Signs the directory of regional libraries, as terminals of the home region get it.

Written for the standard, not from the terminal's reader: CWT (RFC 8392) in COSE_Sign1 (RFC 9052).
What the fields mean: docs/certificates.md.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.keys import KeyStore
from sandbox.library.regions import home, other_regions
from sandbox.proofs import DAY, LIST_SECONDS, TTL, sign_by_authority

REGIONS, NUMBER, HOME = -70003, -70004, -70005


class DirectoryService:
    """Where the libraries of all regions are."""

    def __init__(
        self, issuer: str, keys: KeyStore, clock: Callable[[], float],
        addresses: Mapping[str, str],
    ) -> None:
        """`addresses` of the other regions' libraries by area code; the home's is the issuer's."""
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._addresses = {home().code: f"{issuer}/library", **addresses}
        self._number = int(clock())
        """Every start of the sandbox has new addresses, so each makes a new directory."""

    def signed(self, forged: bool) -> bytes:
        """The directory as a COSE_Sign1 object; a forged one is signed by a stranger."""
        now = int(self._clock())
        known = {home().code: home(), **other_regions()}
        entries: list[dict[int, Any]] = [
            {
                1: code, 2: known[code].name_zh, 3: known[code].name_en, 4: address,
                5: now - DAY, 6: now + 365 * DAY,
            }
            for code, address in self._addresses.items()
        ]
        payload = {
            1: self._issuer, 6: now, TTL: LIST_SECONDS,
            NUMBER: self._number, HOME: home().code, REGIONS: entries,
        }
        return sign_by_authority(payload, self._keys.stranger if forged else self._keys.root)
