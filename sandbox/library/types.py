"""Kinds of certificate and the departments that issue them, read from `types.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TYPES_FILE = Path(__file__).with_name("types.toml")
HOME_MARK = "同邦"


@dataclass(frozen=True, slots=True)
class Department:
    """A department: its name and its unified social credit code (18 characters)."""

    name: str
    code: str

    @property
    def area(self) -> str:
        """The area in which it is registered (GB/T 2260): a part of its code."""
        return self.code[2:8]


@dataclass(frozen=True, slots=True)
class CertificateType:
    """One kind of certificate: what it is called, who issues it, what stands in it."""

    id: str
    name: str
    name_en: str
    department: Department
    sequence: str
    layout: str
    format: str
    """`pdf` or `ofd`."""
    months_valid: int
    """0 for no end."""
    fields: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    body: str
    level: str
    """How surely the citizen must be known: `low`, `substantial` or `high`."""
    mark: str
    """What the numbers on the faces of its certificates begin with."""

    @property
    def code(self) -> str:
        """The type's code of GB/T 36904: 18 characters of its department and 3 digits."""
        return self.department.code + self.sequence


@cache
def certificate_types() -> dict[str, CertificateType]:
    """All kinds of the home region by id."""
    with TYPES_FILE.open("rb") as file:
        return read_types(tomllib.load(file), HOME_MARK)


def read_types(entries: dict[str, Any], mark: str) -> dict[str, CertificateType]:
    """Kinds by id, from tables of departments and types."""
    departments = {name: Department(**entry) for name, entry in entries["departments"].items()}
    return {
        name: CertificateType(
            id=name,
            name=entry["name"],
            name_en=entry["name_en"],
            department=departments[entry["department"]],
            sequence=entry["sequence"],
            layout=entry["layout"],
            format=entry.get("format", "pdf"),
            months_valid=entry["months_valid"],
            fields=tuple((label, value) for label, value in entry["fields"]),
            columns=tuple(entry.get("columns", ())),
            rows=tuple(tuple(row) for row in entry.get("rows", ())),
            body=entry.get("body", ""),
            level=entry.get("acr", "substantial"),
            mark=mark,
        )
        for name, entry in entries["types"].items()
    }
