"""Finds printers that announce themselves by DNS-SD (RFC 6763), through zeroconf.

The address of an answer is used, not its name: names under `.local` need a resolver that
terminals do not have. Of several addresses the first that takes a connection is used: a printer
on this machine (USB, through ipp-usb) announces the machine's addresses but listens on loopback.
"""

import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import ifaddr
from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

SERVICES = {"_ipp._tcp.local.": "ipp", "_ipps._tcp.local.": "ipps"}
PDF_WORD = "application/pdf"
ASK_MS = 2000
CONNECT_SECONDS = 0.5
LOOPBACK = "127.0.0.1"

Reach = Callable[[str, int], bool]
"""Whether a port of an address takes a connection."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A printer as it announces itself."""

    name: str
    target: str
    model: str = ""
    uuid: str = ""
    duplex: bool = False
    takes_pdf: bool = False


def takes_connection(address: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection((address, port), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


def own_addresses() -> set[str]:
    """The addresses of this machine."""
    every = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    return {ip if isinstance(ip, str) else ip[0] for ip in every}


def pick(addresses: Iterable[str], port: int, own: set[str], reach: Reach) -> str | None:
    """The address to print to; the first where none takes a connection (a printer asleep)."""
    candidates = list(dict.fromkeys(addresses))
    if own.intersection(candidates):
        candidates = list(dict.fromkeys([LOOPBACK, *candidates]))
    return next((one for one in candidates if reach(one, port)), next(iter(candidates), None))


def announced(
    info: ServiceInfo, own: set[str], reach: Reach = takes_connection
) -> Announced | None:
    """What an announcement says; None where it lacks an address or a port."""
    scheme = SERVICES.get(info.type)
    if scheme is None or not info.port:
        return None
    addresses = [*info.parsed_addresses(IPVersion.V4Only), *info.parsed_addresses()]
    address = pick(addresses, info.port, own, reach)
    if address is None:
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
        printer = info and announced(info, own_addresses())
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
