"""The people as data: loads `people.toml` and answers who somebody is, and who acts for whom."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

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
    """One resident, or a member of staff. `card` holds the field values of the first document."""

    id: str
    face: int
    documents: tuple[str, ...]
    card: dict[str, str]
    certificates: tuple[Holding, ...]
    added_addresses: tuple[str, ...] = ()
    is_staff: bool = False
    resident: str = ""
    """The id by which a member of staff is a resident; empty for one who lives elsewhere."""

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


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody may act for somebody else."""

    relation: str
    """`guardian` or `agent`."""
    principal: Person
    agent: Person
    types: tuple[str, ...]
    """The kinds of certificate that it is for; none means all."""
    until: date | None
    days: int
    """The end where `until` gives none: so many days after the sandbox's start."""
    revoked: bool


@cache
def people() -> dict[str, Person]:
    """All residents by id, in the order of the file."""
    return {name: _person(name, entry) for name, entry in _entries()["people"].items()}


@cache
def staff() -> dict[str, Person]:
    """All members of staff by id; their number is the work number, and they hold no document."""
    return {
        name: Person(
            id=name, face=0, documents=(),
            card={"name": entry["name"], "number": entry["work_number"]},
            certificates=(), is_staff=True, resident=entry.get("resident", ""),
        )
        for name, entry in _entries()["staff"].items()
    }


@cache
def relations() -> tuple[Relation, ...]:
    """Who may act for whom, as the register has it at the start."""
    return tuple(
        Relation(
            relation=entry["relation"],
            principal=person(entry["principal"]),
            agent=person(entry["agent"]),
            types=tuple(entry.get("types", ())),
            until=entry.get("until"),
            days=entry.get("days", 0),
            revoked=entry.get("revoked", False),
        )
        for entry in _entries()["relations"]
    )


def person(name: str) -> Person:
    """One resident. Raises ValueError with the known ids for an unknown one."""
    try:
        return people()[name]
    except KeyError:
        known = ", ".join(people())
        raise ValueError(f"nobody is called {name!r}; known: {known}") from None


def who_phones(name: str) -> Person:
    """Whose phone it is: a resident's or a member of staff's. Raises ValueError."""
    return staff()[name] if name in staff() else person(name)


def holder_of(document_type: str, number: str) -> Person | None:
    """The resident with this document, or None."""
    for someone in people().values():
        if someone.number == number and document_type in someone.documents:
            return someone
    return None


@cache
def _entries() -> dict[str, Any]:
    with PEOPLE_FILE.open("rb") as file:
        return tomllib.load(file)


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
