"""The catalogue of services that is kept, in the order in which it was published."""

from kiosk.content.port import Service
from kiosk.content.tables import load_toml, not_understood, typed
from offline.sync.publication import Files

COLLECTION = "catalogue"
FILE = "catalogue.toml"


class Catalogue:
    """The services in use."""

    def __init__(self) -> None:
        self._current: tuple[Service, ...] = ()

    @property
    def current(self) -> tuple[Service, ...]:
        """What is kept; none at first."""
        return self._current

    async def accept(self, files: Files) -> None:
        """Take the published file into use. Raises SyncFailure."""
        self._current = read_catalogue(files)


def read_catalogue(files: Files) -> tuple[Service, ...]:
    """The services of published files. Raises SyncFailure."""
    if set(files) != {FILE}:
        raise not_understood(f"not {FILE} alone")
    entries = load_toml(FILE, files[FILE])
    if set(entries) != {"service"} or not isinstance(entries["service"], list):
        raise not_understood(f"{FILE}: not a list of services alone")
    services = tuple(
        typed(Service, one, f"{FILE}: service {number}")
        for number, one in enumerate(entries["service"], 1)
    )
    if len({one.id for one in services}) != len(services):
        raise not_understood(f"{FILE}: two services have one id")
    return services
