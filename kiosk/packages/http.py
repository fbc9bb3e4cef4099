"""Packages over HTTP: `GET /terminals/packages` (docs/sealed-packages.md)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.errors import Failure
from kiosk.packages.port import ListedPackage
from kiosk.platform import Platform, Reply, refusal, told
from kiosk.reasons import Reason
from offline.sealed.envelope import LARGEST

PATH = "/terminals/packages"
ID = re.compile(r"[0-9a-f]{32}")
MOST = 1000
"""Packages in a list of sensible length."""

Authorise = Callable[[str, bytes], Mapping[str, str]]
"""The headers by which the terminal calls an address with a body."""


class HttpPackages:
    """A `PackageSource` at the platform."""

    def __init__(self, platform: Platform, authorise: Authorise) -> None:
        self._platform = platform
        self._authorise = authorise
        self._address = f"{platform.address}{PATH}"

    async def list(self) -> list[ListedPackage]:
        """All packages that this terminal shall have. Raises Failure."""
        answer = await self._platform.get_json(self._address, self._authorise(self._address, b""))
        return read_list(answer)

    async def fetch(self, package: str) -> bytes:
        """One of them, sealed; it may take long, while something comes. Raises Failure."""
        address = f"{self._address}/{package}"
        content = bytearray()
        async with self._platform.stream(address, self._authorise(address, b"")) as answer:
            if answer.status != 200:
                raise refusal(Reply(answer.status, answer.headers, b""), f"GET {told(address)}")
            async for piece in answer.pieces:
                content += piece
                if len(content) > LARGEST:
                    raise Failure(Reason.PLATFORM_INVALID, f"package {package} is too large")
        return bytes(content)


def read_list(answer: Any) -> list[ListedPackage]:
    """The platform's list. Raises Failure for what is none."""
    try:
        entries = answer["packages"]
        if len(entries) > MOST:
            raise ValueError(f"{len(entries)} packages")
        return [_entry(one) for one in entries]
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(
            Reason.PLATFORM_INVALID, f"the list of packages: {type(error).__name__}: {error}"
        ) from None


def _entry(one: Mapping[str, Any]) -> ListedPackage:
    listed = ListedPackage(
        str(one["id"]), str(one["tag"]), float(one["begins"]), float(one["ends"]),
        int(one["copies"]), int(one["size"]), int(one["used"]),
    )
    if not (ID.fullmatch(listed.id) and ID.fullmatch(listed.tag)):
        raise ValueError("an id or tag that is not 16 bytes in hexadecimal")
    if not (0 <= listed.begins < listed.ends and 0 < listed.copies < 100 and listed.size > 0):
        raise ValueError(f"package {listed.id}: times, copies or size that cannot be")
    if not 0 <= listed.used <= listed.copies:
        raise ValueError(f"package {listed.id}: {listed.used} of {listed.copies} copies used")
    return listed
