"""What the platform publishes for terminals to keep: catalogue, guides, prompts, configuration.

A collection is files under one manifest, a COSE_Sign1 object that is signed as the other
published lists are (docs/content.md). Written for the standard, not from the terminal's reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sandbox.keys import KeyStore
from sandbox.proofs import LIST_SECONDS, TTL, sign_by_authority

DATA = Path(__file__).with_name("published")
COLLECTION, NUMBER, FILES = -70006, -70004, -70007
CONFIGURATION = "configuration"
"""The collection that each terminal has its own of."""
COLLECTIONS = ("catalogue", "guides", "prompts", CONFIGURATION)


@dataclass(frozen=True, slots=True)
class Told:
    """How a manifest shall be wrong, for tests of terminals."""

    forged: bool = False
    outdated: bool = False


class Publisher:
    """The collections, with contents that tests and demos may change."""

    def __init__(
        self, issuer: str, keys: KeyStore, clock: Callable[[], float], folder: Path
    ) -> None:
        """`folder`: where contents lie by their digests. Raises OSError."""
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = int(clock())
        """Every start of the sandbox publishes anew."""
        self._collections: dict[str, dict[str, bytes]] = {
            name: {one.name: one.read_bytes() for one in sorted((DATA / name).glob("*"))}
            for name in COLLECTIONS
        }
        for files in self._collections.values():
            self._lay_down(files)

    def publish(self, collection: str, files: Mapping[str, bytes | None]) -> None:
        """Change files of a collection; None takes one away. Raises KeyError, OSError."""
        changed = {name: content for name, content in files.items() if content is not None}
        self._lay_down(changed)
        kept = self._collections[collection]
        rest = {name: content for name, content in kept.items() if name not in files}
        self._collections[collection] = {**rest, **changed}
        self._number += 1

    def manifest(self, collection: str, terminal: str, told: Told) -> bytes:
        """A collection's manifest, made for one terminal. Raises KeyError."""
        files = self._collections[collection]
        now = int(self._clock())
        past = 2 * LIST_SECONDS if told.outdated else 0
        payload = {
            1: self._issuer, 3: terminal, 6: now - past, TTL: LIST_SECONDS + past,
            COLLECTION: collection, NUMBER: self._number - past,
            FILES: [
                {1: name, 2: len(content), 3: sha256(content).digest()}
                for name, content in sorted(files.items())
            ],
        }
        return sign_by_authority(payload, self._keys.stranger if told.forged else self._keys.root)

    def file(self, collection: str, digest: str) -> Path | None:
        """Where the content of a digest lies, if the collection has it. Raises KeyError."""
        named = {sha256(one).hexdigest() for one in self._collections[collection].values()}
        return self._folder / digest if digest in named else None

    def _lay_down(self, files: Mapping[str, bytes]) -> None:
        for content in files.values():
            (self._folder / sha256(content).hexdigest()).write_bytes(content)
