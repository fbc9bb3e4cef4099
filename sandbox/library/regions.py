"""Other regions' libraries as data: their kinds of certificate, and who holds what there."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.library.types import CertificateType, certificate_types, read_types
from sandbox.people.registry import Holding, Person, person

REGIONS_FILE = Path(__file__).with_name("regions.toml")
HOME_CODE = "990000"


@dataclass(frozen=True, slots=True)
class RegionLibrary:
    """A region, by its area code (GB/T 2260), and what its library knows."""

    code: str
    name_zh: str
    name_en: str
    types: Mapping[str, CertificateType]
    holdings: Mapping[str, tuple[Holding, ...]] | None
    """By the id of a resident; None where the residents' own entries say it."""

    def held_by(self, holder: Person) -> tuple[Holding, ...]:
        """What a resident holds in this region."""
        if self.holdings is None:
            return holder.certificates
        return self.holdings.get(holder.id, ())


@cache
def home() -> RegionLibrary:
    """The region of the platform itself."""
    return RegionLibrary(HOME_CODE, "青云省", "Qingyun Province", certificate_types(), None)


@cache
def other_regions() -> dict[str, RegionLibrary]:
    """The other regions by code. Raises ValueError for holdings of nobody."""
    with REGIONS_FILE.open("rb") as file:
        entries = tomllib.load(file)["regions"]
    return {code: _region(code, entry) for code, entry in entries.items()}


def _region(code: str, entry: dict[str, Any]) -> RegionLibrary:
    holdings: dict[str, tuple[Holding, ...]] = {}
    for one in entry["holdings"]:
        holding = Holding(
            type=one["type"], status=one.get("status", "valid"),
            issued=one.get("issued"), expires=one.get("expires"),
        )
        holder = person(one["person"]).id
        holdings[holder] = (*holdings.get(holder, ()), holding)
    types = read_types(entry, entry["mark"])
    return RegionLibrary(code, entry["name_zh"], entry["name_en"], types, holdings)
