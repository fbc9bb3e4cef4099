"""Ways in which the platform can misbehave on demand, so that terminals can be tested."""

FAULTS = {
    "error_500": "every request is answered 500",
    "slow": "every answer comes 30 seconds late",
    "sign_in_refused": "nobody is signed in",
    "token_forged": "identity tokens are signed by an unknown key",
    "authorisation_forged": "authorisations are signed by an unknown key",
    "file_altered": "one byte of every certificate file is changed",
    "file_untrusted": "certificate files are signed by an unknown authority",
    "file_garbage": "certificate files are no documents",
    "file_incomplete": "certificate files do not name their holder among their elements",
    "directory_forged": "the directory of regions is signed by an unknown authority",
    "published_forged": "manifests of what is published are signed by an unknown authority",
    "published_outdated": "manifests of what is published are older ones",
    "published_altered": "one byte of every published file is changed",
    "check_in_error": "check-ins are answered 500, and nothing of them is taken",
    "check_in_busy": "check-ins are answered 429: again in two seconds",
    "check_in_unanswered": "check-ins are taken, but the connection ends within the answer",
    "records_not_taken": "new records of check-ins are refused: no office takes them",
    "package_forged": "packages are signed by an unknown authority",
    "package_altered": "one byte of every sealed package is changed",
}
"""Faults that can be asked for, and what each does."""


class Faults:
    """Which faults are on."""

    def __init__(self) -> None:
        self._on: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._on

    def switch(self, name: str, on: bool) -> None:
        """Switch a fault on or off. Raises ValueError for one outside FAULTS."""
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}; known: {', '.join(FAULTS)}")
        (self._on.add if on else self._on.discard)(name)

    def clear(self) -> None:
        """Switch all off."""
        self._on.clear()


def change_one_byte(document: bytes) -> bytes:
    """A document with one bit changed in the middle, where a page's content stands."""
    at = len(document) // 3
    return document[:at] + bytes([document[at] ^ 0x01]) + document[at + 1 :]
