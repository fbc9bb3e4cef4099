"""What is asked of each kind of certificate: of its file, of its age, and how it is printed.

A profile is a TOML file, read by `profile_file.py`; the shipped ones lie in `profiles/`. No kind
stands in the code. Every field is explained in docs/certificates.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from kiosk.certificates.identifier import TYPE_CODE, type_code
from kiosk.certificates.metadata import element_names
from kiosk.certificates.port import Certificate
from kiosk.certificates.rules import (
    choice,
    rule,
    several,
    several_like,
    text,
    whole,
    yes_or_no,
)
from kiosk.identity.levels import REQUIRED, Level
from kiosk.printing.port import PURPOSES

LISTED: dict[str, Callable[[Certificate], str | date | None]] = {
    "name": lambda one: one.name,
    "type_code": lambda one: type_code(one.identifier),
    "number": lambda one: one.number,
    "authority": lambda one: one.issuer,
    "issued": lambda one: one.issued,
    "holder": lambda one: one.holder,
}
"""Elements that an entry of a holder's list has too, and how it says them."""


class Sides(StrEnum):
    """How many sides of a sheet are printed."""

    ONE = "one"
    TWO = "two"


class CodePlace(StrEnum):
    """Where the code that proves a copy goes."""

    PAGE = "page"
    OWN_SHEET = "own_sheet"


class Paper(StrEnum):
    """Sizes of paper (ISO 216)."""

    A4 = "A4"
    A5 = "A5"


@dataclass(frozen=True, slots=True)
class FileRules:
    """What the file must say of itself: elements of GB/T 36903 by the names of `metadata.toml`."""

    silent: bool = rule("whether a file that says nothing at all of itself is accepted", yes_or_no)
    required: tuple[str, ...] = rule(
        "elements that a file must have that says anything", several(element_names())
    )
    agree: tuple[str, ...] = rule(
        "elements that must be as the holder's list has them, where the file has them",
        several(LISTED),
    )


@dataclass(frozen=True, slots=True)
class ValidityRules:
    """How long a certificate counts."""

    counts_days: int = rule(
        "for how many days after its issue it counts, whatever its end; 0 for no such limit",
        whole(0, 36500),
    )
    end_agrees: bool = rule(
        "whether the end that the file says must be the one that the list says", yes_or_no
    )
    clock_grace_days: int = rule(
        "by how many days the clocks of issuer and terminal may differ", whole(0, 31)
    )


@dataclass(frozen=True, slots=True)
class PrintingRules:
    """How copies are printed."""

    printable: bool = rule("whether it may be printed on a terminal at all", yes_or_no)
    most_copies: int = rule("how many copies may be printed at once", whole(1, 20))
    purposes: tuple[str, ...] = rule("what a copy may be for", several(PURPOSES, least=1))
    copy_days: int = rule("for how many days a copy is good", whole(1, 366))
    paper: Paper = rule("the size of the paper", choice({str(one): one for one in Paper}))
    sides: Sides = rule(
        "how many sides of a sheet are printed", choice({str(one): one for one in Sides})
    )
    code: CodePlace = rule(
        "where the code goes: on the page where there is room, or on a sheet of its own",
        choice({str(one): one for one in CodePlace}),
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is asked of one kind of certificate."""

    id: str
    """The library's name for the kind: the name of the file without its end."""
    file: FileRules
    validity: ValidityRules
    printing: PrintingRules
    name_zh: str = rule("the kind's name in Chinese", text)
    name_en: str = rule("the kind's name in English", text)
    codes: tuple[str, ...] = rule(
        "type codes (GB/T 36904, 21 characters) that are of this kind",
        several_like(TYPE_CODE, "a type code of 21 characters"),
    )
    level: Level = rule("how surely the citizen must be known", choice(REQUIRED))

    @property
    def printable(self) -> bool:
        """Whether the kind may be printed on a terminal at all."""
        return self.printing.printable


SECTIONS: dict[str, type] = {
    "file": FileRules, "validity": ValidityRules, "printing": PrintingRules,
}
"""The sections of a profile's file."""


class Profiles:
    """All profiles of a terminal."""

    def __init__(self, profiles: Mapping[str, Profile], default: Profile) -> None:
        """`profiles` by their id; `default` is for kinds that have none."""
        self.by_id = dict(profiles)
        self.default = default
        self._by_code = {code: one for one in profiles.values() for code in one.codes}

    def for_certificate(self, certificate: Certificate) -> Profile:
        """The profile of a certificate's kind: by its type code, else by the library's name."""
        by_code = self.of_code(type_code(certificate.identifier))
        return by_code or self.by_id.get(certificate.type, self.default)

    def of_code(self, code: str) -> Profile | None:
        """The profile that has a type code, or None."""
        return self._by_code.get(code)


def printing_rules(profile: Profile, certificate: Certificate, today: date) -> PrintingRules:
    """How copies of one certificate are printed: no copy is good for longer than its original."""
    rules = profile.printing
    ends = [certificate.expires] if certificate.expires else []
    if certificate.issued and profile.validity.counts_days:
        ends.append(certificate.issued + timedelta(days=profile.validity.counts_days))
    if not ends:
        return rules
    left = max(1, (min(ends) - today).days)
    return replace(rules, copy_days=min(rules.copy_days, left))


def as_json(profile: Profile) -> dict[str, Any]:
    """A profile as JSON has it, in the words of its file."""
    words = {level: word for word, level in REQUIRED.items()}
    return {**asdict(profile), "level": words[profile.level]}
