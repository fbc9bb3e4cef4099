"""Reads profiles of kinds of certificate from folders of TOML files; errors name file and field.

`default.toml` has every field; another file has the names of its kind, its codes, and whatever is
not as in `default.toml`. A file of a later folder takes the place of one of the same name.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from kiosk.certificates.profiles import SECTIONS, Profile, Profiles
from kiosk.config import BadConfiguration

SHIPPED = Path(__file__).with_name("profiles")
DEFAULT = "default"
OWN_FIELDS = ("name_zh", "name_en", "codes")
"""Fields that are of one kind only, and never as in `default.toml`."""


def load_profiles(site: Path | None = None) -> Profiles:
    """The shipped profiles, and those of a site's own folder. Raises BadConfiguration."""
    files: dict[str, Path] = {}
    for folder in (SHIPPED, *((site,) if site else ())):
        files |= _files(folder)
    default = read_profile(files.pop(DEFAULT), None)
    profiles = [read_profile(path, default) for path in files.values()]
    _refuse_codes_of_two(profiles, files)
    return Profiles({one.id: one for one in profiles}, default)


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise BadConfiguration(f"{folder}: no folder of profiles")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def read_profile(path: Path, default: Profile | None) -> Profile:
    """One profile; without a default it must have every field. Raises BadConfiguration."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfiguration(f"{path}: {error}") from error
    sections = {
        name: kind(**_values(path, f"{name}.", kind, entries.pop(name, {}), _part(default, name)))
        for name, kind in SECTIONS.items()
    }
    return Profile(id=path.stem, **_values(path, "", Profile, entries, default), **sections)


def _part(default: Profile | None, name: str) -> Any:
    return None if default is None else getattr(default, name)


def _values(path: Path, place: str, kind: type, entries: object, default: Any) -> dict[str, Any]:
    """The values of a dataclass's rules; those that are not there are the default's."""
    if not isinstance(entries, dict):
        raise BadConfiguration(f"{path}: [{place.rstrip('.')}] is not a section")
    rules = {one.name: one.metadata for one in fields(kind) if "read" in one.metadata}
    unknown: Iterable[str] = entries.keys() - rules.keys()
    for key in sorted(unknown):
        raise BadConfiguration(f"{path}: unknown field {place}{key}")
    values: dict[str, Any] = {}
    for key, known in rules.items():
        if key in entries:
            try:
                values[key] = known["read"](entries[key])
            except ValueError as error:
                raise BadConfiguration(f"{path}: {place}{key} {error}") from error
        elif default is None or (key in OWN_FIELDS and not place):
            raise BadConfiguration(f"{path}: {place}{key} is missing: {known['help']}")
        else:
            values[key] = getattr(default, key)
    return values


def _refuse_codes_of_two(profiles: Iterable[Profile], files: dict[str, Path]) -> None:
    owners: dict[str, str] = {}
    for one in profiles:
        for code in one.codes:
            other = owners.setdefault(code, one.id)
            if other != one.id:
                raise BadConfiguration(
                    f"{files[one.id]}: codes has {code}, which is of {files[other]} already"
                )
