"""Finds printers that announce themselves by DNS-SD (RFC 6763), through zeroconf.

The address of an answer is used, not its name: names under `.local` need a resolver that
terminals do not have.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

SERVICES = {"_ipp._tcp.local.": "ipp", "_ipps._tcp.local.": "ipps"}
PDF_WORD = "application/pdf"
ASK_MS = 2000
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Announced:
    """A printer as it announces itself."""

    name: str
    target: str
    model: str = ""
    uuid: str = ""
    duplex: bool = False
    takes_pdf: bool = False


def announced(info: ServiceInfo) -> Announced | None:
    """What an announcement says; None where it lacks an address or a port."""
    addresses = [*info.parsed_addresses(IPVersion.V4Only), *info.parsed_addresses()]
    # A printer on this machine (USB, through ipp-usb) listens on loopback alone.
    address = min(addresses, key=lambda one: one != LOOPBACK, default=None)
    scheme = SERVICES.get(info.type)
    if address is None or scheme is None or not info.port:
        return None
    text = {
        key.decode("utf-8", "replace").lower(): (value or b"").decode("utf-8", "replace")
        for key, value in info.properties.items()
    }
    host = f"[{address}]" if ":" in address else address
    return Announced(
        name=info.name.removesuffix(f".{info.type}"),
        target=f"{scheme}://{host}:{info.port}/{text.get('rp', 'ipp/print').lstrip('/')}",
        model=text.get("ty", ""),
        uuid=text.get("uuid", "").removeprefix("urn:uuid:"),
        duplex=text.get("duplex", "") == "T",
        takes_pdf=PDF_WORD in text.get("pdl", ""),
    )


class Discovery(ServiceListener):
    """Listens for printers until it is closed."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called, in a thread of zeroconf's, when the list is another."""
        self._printers: dict[str, Announced] = {}
        self._lock = threading.Lock()
        self._changed = changed
        self._zeroconf = Zeroconf()
        self._browser = ServiceBrowser(self._zeroconf, list(SERVICES), self)

    @property
    def printers(self) -> tuple[Announced, ...]:
        """The printers that are announced now, by name."""
        with self._lock:
            return tuple(sorted(self._printers.values(), key=lambda one: one.name))

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A printer is announced."""
        info = zc.get_service_info(type_, name, ASK_MS)
        printer = info and announced(info)
        if printer:
            with self._lock:
                self._printers[name] = printer
            self._changed()

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A printer says something else of itself."""
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A printer says good-bye, or its announcement has run out."""
        with self._lock:
            self._printers.pop(name, None)
        self._changed()

    def close(self) -> None:
        """Stop listening."""
        self._browser.cancel()
        self._zeroconf.close()
