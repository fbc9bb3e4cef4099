"""The guides that are kept: one file each, so that only those are fetched that changed."""

from kiosk.content.port import Domain, Guide
from kiosk.content.tables import load_toml, not_understood, typed
from offline.sync.publication import Files

COLLECTION = "guides"


class Guides:
    """The guides in use."""

    def __init__(self) -> None:
        self._current: tuple[Guide, ...] = ()

    @property
    def current(self) -> tuple[Guide, ...]:
        """What is kept, by domain in the order of the domains, then by id; none at first."""
        return self._current

    async def accept(self, files: Files) -> None:
        """Take published files into use. Raises SyncFailure."""
        self._current = read_guides(files)


def read_guides(files: Files) -> tuple[Guide, ...]:
    """The guides of published files. Raises SyncFailure."""
    guides = [_read(name, content) for name, content in files.items()]
    if len({one.id for one in guides}) != len(guides):
        raise not_understood("two guides have one id")
    domains = list(Domain)
    return tuple(sorted(guides, key=lambda one: (domains.index(one.domain), one.id)))


def _read(name: str, content: bytes) -> Guide:
    guide = typed(Guide, load_toml(name, content), name)
    if len(guide.bring_zh) != len(guide.bring_en):
        raise not_understood(f"{name}: bring_zh and bring_en are not as many")
    return guide
