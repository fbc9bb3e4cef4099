"""The residents as data: loads `people.toml` and answers who somebody is."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sandbox.people.drawing import Recipe, random_recipe

PEOPLE_FILE = Path(__file__).with_name("people.toml")


@dataclass(frozen=True, slots=True)
class Holding:
    """One certificate that a resident holds."""

    type: str
    status: str
    issued: date | None
    expires: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """One resident. `card` holds the field values of the first document."""

    id: str
    face: int
    documents: tuple[str, ...]
    card: dict[str, str]
    certificates: tuple[Holding, ...]
    added_addresses: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number of the first document."""
        return self.card["number"]

    @property
    def name(self) -> str:
        """The name as the first document has it."""
        return self.card.get("name") or self.card["name_latin"]

    @property
    def recipe(self) -> Recipe:
        """How the resident's face is drawn."""
        return random_recipe(self.face)


@cache
def people() -> dict[str, Person]:
    """All residents by id, in the order of the file."""
    with PEOPLE_FILE.open("rb") as file:
        entries = tomllib.load(file)["people"]
    return {name: _person(name, entry) for name, entry in entries.items()}


def person(name: str) -> Person:
    """One resident. Raises ValueError with the known ids for an unknown one."""
    try:
        return people()[name]
    except KeyError:
        known = ", ".join(people())
        raise ValueError(f"nobody is called {name!r}; known: {known}") from None


def holder_of(document_type: str, number: str) -> Person | None:
    """The resident with this document, or None."""
    for someone in people().values():
        if someone.number == number and document_type in someone.documents:
            return someone
    return None


def _person(name: str, entry: dict[str, object]) -> Person:
    holdings = entry.get("certificates", [])
    return Person(
        id=name,
        face=int(str(entry["face"])),
        documents=tuple(entry["documents"]),  # type: ignore[arg-type]
        card=dict(entry["card"]),  # type: ignore[call-overload]
        certificates=tuple(
            Holding(
                holding["type"],
                holding.get("status", "valid"),
                holding.get("issued"),
                holding.get("expires"),
            )
            for holding in holdings  # type: ignore[attr-defined]
        ),
        added_addresses=tuple(entry.get("added_addresses", ())),  # type: ignore[arg-type]
    )
