"""What a receipt printer's target is called, and how to tell one from another.

A target is `tcp://host:port`, `serial:/dev/ttyS0`, `usb:04b8:0e15` or `file:/path`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TcpTarget:
    """A printer on the network."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SerialTarget:
    """A printer on a serial line."""

    device: str


@dataclass(frozen=True, slots=True)
class UsbTarget:
    """A printer on USB, by its ids."""

    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A file that takes what a printer would."""

    path: str


Target = TcpTarget | SerialTarget | UsbTarget | FileTarget


def parse_target(text: str) -> Target:
    """The target of a name. Raises ValueError for one that is not understood."""
    kind, _, rest = text.partition(":")
    if kind == "tcp" and rest.startswith("//"):
        host, _, port = rest[2:].rpartition(":")
        if host and port.isascii() and port.isdigit():
            return TcpTarget(host, int(port))
    elif kind == "serial" and rest:
        return SerialTarget(rest)
    elif kind == "usb":
        vendor, _, product = rest.partition(":")
        try:
            ids = int(vendor, 16), int(product, 16)
        except ValueError:
            ids = (-1, -1)
        if min(ids) >= 0:
            return UsbTarget(*ids)
    elif kind == "file" and rest:
        return FileTarget(rest)
    raise ValueError(
        f"target {text!r} is none of tcp://HOST:PORT, serial:DEVICE, "
        "usb:VENDOR:PRODUCT, file:PATH"
    )
