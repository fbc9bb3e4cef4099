"""The configuration of one terminal: typed, read from TOML, errors name the field.

Every field's meaning stands with it; `python -m kiosk.config` prints them all as a
file to begin with.
"""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

AUTO = "auto"
"""A device that is not named: whatever of its kind is plugged in."""


class BadConfiguration(ValueError):
    """The configuration is wrong; the message names the field and what is wrong."""


def setting(help: str, default: Any = MISSING) -> Any:
    """A field with its meaning."""
    return field(default=default, metadata={"help": help}, kw_only=True)


@dataclass(frozen=True)
class TerminalSection:
    """Who and where the terminal is."""

    id: str = setting("the terminal's name with the platform")
    place_zh: str = setting("where it stands, in Chinese, as citizens call it")
    place_en: str = setting("where it stands, in English", "")
    key: Path = setting("the terminal's private key (PEM, EC P-256)")
    certificate: Path | None = setting(
        "certificate of that key (PEM), shown to the platform by TLS; empty: none", None
    )
    state: Path = setting(
        "folder for what the terminal keeps: its encrypted store, and lists for use offline"
    )
    nearest_zh: str = setting("the nearest other place, in Chinese, for when this one rests", "")
    nearest_en: str = setting("the same in English", "")
    least_mb: int = setting("megabytes free without which no visit begins", 64)
    reserve_mb: int = setting("megabytes kept for what was left here when the disk is full", 16)
    copy_days: int = setting("for how many days a printed copy is good", 90)


@dataclass(frozen=True)
class PlatformSection:
    """The government platform."""

    address: str = setting("where the platform is, such as https://platform.example")
    trust: Path = setting("folder with the certificates (.crt) of trusted authorities")
    tls_roots: Path | None = setting(
        "file (PEM) or folder of the authorities of the platform's TLS; empty: the system's", None
    )
    timeout: float = setting("seconds until the platform counts as too slow", 8.0)


@dataclass(frozen=True)
class CertificatesSection:
    """Certificates, and the libraries of other regions."""

    profiles: Path | None = setting(
        "folder with the site's own profiles of kinds, before the shipped ones", None
    )
    region_seconds: float = setting("seconds until another region's library is left out", 6.0)


@dataclass(frozen=True)
class StoreSection:
    """What the terminal keeps encrypted: audit, outbox, print ledger, sealed packages."""

    protection: str = setting(
        "what protects its key: tpm, systemd-creds, file, or auto for the best there is", "auto"
    )
    suite: str = setting("the cipher of a new store: aes-256-gcm or sm4-gcm", "aes-256-gcm")
    recovery: Path | None = setting(
        "the operators' public key (PEM, P-256), for which its key is wrapped a second time", None
    )


@dataclass(frozen=True)
class DevicesSection:
    """What is attached, and where. `auto` takes whatever of that kind is plugged in."""

    reader: str = setting("/dev/..., usb:VENDOR:PRODUCT, pcsc:NAME or auto", "auto")
    reader_baud: int = setting("its baud rate, where a serial port is named", 115200)
    card_reader: str = setting(
        "a chip-card reader beside it: pcsc:NAME, auto or nothing; `reader` auto takes it too", ""
    )
    camera: str = setting("0, /dev/video0, an address, a file or auto", "auto")
    receipt_printer: str = setting(
        "tcp://HOST:PORT, serial:DEVICE, usb:VENDOR:PRODUCT or auto", "auto"
    )
    receipt_model: str = setting(
        "what it is like: one of drivers/receipt_printer/models.toml", "raster80"
    )
    panel: str = setting(
        "input device of the cabinet's door contact, /dev/input/...; empty: none", ""
    )
    document_printer: str = setting("ipp://HOST:PORT/PATH or auto", "auto")


@dataclass(frozen=True)
class FacesSection:
    """How faces are compared."""

    threshold: float = setting("distance below which two faces are the same", 0.42)
    photo_decoder: str = setting(
        "plug-in (module:function) that decodes the chip's photo; empty: the platform "
        "is asked for a reference after consent", ""
    )


@dataclass(frozen=True)
class ScreenSection:
    """The panel. All sizes on screens are in millimetres and follow from this."""

    width: int = setting("pixels across", 1080)
    height: int = setting("pixels down", 1920)
    px_per_mm: float = setting("pixels per millimetre: 4.03 for 21.5 inches", 4.03)
    fullscreen: bool = setting("fill the screen and hide the pointer", True)


@dataclass(frozen=True)
class Config:
    """One terminal."""

    terminal: TerminalSection
    platform: PlatformSection
    certificates: CertificatesSection
    store: StoreSection
    devices: DevicesSection
    faces: FacesSection
    screen: ScreenSection


SECTIONS: dict[str, type] = {
    "terminal": TerminalSection,
    "platform": PlatformSection,
    "certificates": CertificatesSection,
    "store": StoreSection,
    "devices": DevicesSection,
    "faces": FacesSection,
    "screen": ScreenSection,
}


def load(path: Path) -> Config:
    """The configuration in a file. Raises BadConfiguration."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfiguration(f"{path}: {error}") from error
    unknown = entries.keys() - SECTIONS.keys()
    if unknown:
        raise BadConfiguration(f"{path}: unknown section [{min(unknown)}]")
    sections = {
        name: _section(path, name, kind, entries.get(name, {}))
        for name, kind in SECTIONS.items()
    }
    return Config(**sections)


def _section(path: Path, name: str, kind: type, entries: object) -> Any:
    if not isinstance(entries, dict):
        raise BadConfiguration(f"{path}: [{name}] is not a section")
    known = {one.name: one for one in fields(kind)}
    for key in entries:
        if key not in known:
            raise BadConfiguration(f"{path}: unknown field {name}.{key}")
    values = {}
    for key, one in known.items():
        if key in entries:
            values[key] = _value(path, f"{name}.{key}", one, entries[key])
        elif one.default is MISSING:
            raise BadConfiguration(f"{path}: {name}.{key} is missing: {one.metadata['help']}")
    return kind(**values)


def _value(path: Path, place: str, one: "Field[Any]", value: object) -> object:
    wanted = cast(type, one.type)
    if one.type == Path | None:
        if value == "":
            return None
        wanted = Path
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if wanted is Path and isinstance(value, str):
        return (path.parent / value).resolve()
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise BadConfiguration(f"{path}: {place} must be {wanted.__name__}, not {value!r}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
        raise BadConfiguration(f"{path}: {place} must be above zero, not {value!r}")
    return value


def changed(
    config: Config, entries: Mapping[str, Any], path: Path, allowed: Mapping[str, frozenset[str]]
) -> Config:
    """A configuration with some fields of `allowed` sections changed. Raises BadConfiguration.

    `path`: where the entries come from, for the error.
    """
    sections = {}
    for name, values in entries.items():
        if name not in allowed or not isinstance(values, dict):
            raise BadConfiguration(f"{path}: [{name}] is no section that may be changed")
        known = {one.name: one for one in fields(SECTIONS[name]) if one.name in allowed[name]}
        for key in values:
            if key not in known:
                raise BadConfiguration(f"{path}: {name}.{key} is no field that may be changed")
        read = {key: _value(path, f"{name}.{key}", known[key], values[key]) for key in values}
        sections[name] = replace(getattr(config, name), **read)
    return replace(config, **sections)


def template() -> str:
    """A configuration file with every field explained."""
    lines = ["# The configuration of one Tongban terminal.", ""]
    for name, kind in SECTIONS.items():
        lines.append(f"# {kind.__doc__}")
        lines.append(f"[{name}]")
        for one in fields(kind):
            lines.append(f"# {one.metadata['help']}")
            if one.default is MISSING:
                lines.append(f'{one.name} = ""')
            else:
                value = "" if one.default is None else str(one.default)
                quoted = value.lower() if one.type in (int, float, bool) else f'"{value}"'
                lines.append(f"# {one.name} = {quoted}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(template())
