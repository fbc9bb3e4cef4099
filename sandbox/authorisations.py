"""The register of who may act for whom: guardians, and authorisations that people gave.

What `people/people.toml` says is there from the start; people give and take back more on
their phones. An authorisation ends with its day, or when it is taken back, for good.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.library.types import certificate_types
from sandbox.people.registry import Person, Relation, relations

GUARDIAN, AGENT = "guardian", "agent"
LONGEST_DAYS = 366


@dataclass(slots=True)
class Authorisation:
    """Somebody, the agent, may act for somebody else, the principal."""

    id: str
    relation: str
    principal: Person
    agent: Person
    types: tuple[str, ...]
    """The kinds of certificate that it is for; none means all."""
    until: date
    """The last day."""
    revoked: bool = False


class AuthorityRegister:
    """Keeps authorisations; asked again each time one is used."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: dict[str, Authorisation] = {}
        for one in relations():
            self._enter(one)

    def give(
        self, principal: Person, agent: Person, types: tuple[str, ...], days: int
    ) -> Authorisation:
        """Authorise somebody from today. Raises ValueError for what cannot be given."""
        if principal.id == agent.id:
            raise ValueError("nobody needs an authorisation by themselves")
        unknown = [one for one in types if one not in certificate_types()]
        if unknown or not types:
            raise ValueError(f"kinds of certificate: {', '.join(unknown) or 'none was chosen'}")
        if not 1 <= days <= LONGEST_DAYS:
            raise ValueError(f"days: 1 to {LONGEST_DAYS}, not {days}")
        until = self._today() + timedelta(days=days)
        return self._keep(AGENT, principal, agent, types, until, revoked=False)

    def revoke(self, principal: Person, identifier: str) -> bool:
        """Take an authorisation back; False for one that this person did not give."""
        found = self._held.get(identifier)
        if found is None or found.principal.id != principal.id or found.relation != AGENT:
            return False
        found.revoked = True
        return True

    def given_by(self, principal: Person) -> list[Authorisation]:
        """What somebody has given and what is in force."""
        return [
            one for one in self._held.values()
            if one.principal.id == principal.id and one.relation == AGENT and self.in_force(one)
        ]

    def for_agent(self, agent: Person) -> list[Authorisation]:
        """By what somebody may act today."""
        held = self._held.values()
        return [one for one in held if one.agent.id == agent.id and self.in_force(one)]

    def find(self, identifier: str) -> Authorisation | None:
        """One that is in force, by its id."""
        found = self._held.get(identifier)
        return found if found and self.in_force(found) else None

    def guardianship(self, agent: Person, child: Person) -> Authorisation | None:
        """By what somebody is a child's guardian today; None for somebody else's child."""
        return next(
            (one for one in self.for_agent(agent)
             if one.relation == GUARDIAN and one.principal.id == child.id),
            None,
        )

    def in_force(self, one: Authorisation) -> bool:
        """Whether it was not taken back and its last day is not over."""
        return not one.revoked and self._today() <= one.until

    def _enter(self, one: Relation) -> None:
        until = one.until or self._today() + timedelta(days=one.days)
        self._keep(one.relation, one.principal, one.agent, one.types, until, one.revoked)

    def _keep(
        self, relation: str, principal: Person, agent: Person, types: tuple[str, ...],
        until: date, revoked: bool,
    ) -> Authorisation:
        identifier = secrets.token_urlsafe(16)
        made = Authorisation(identifier, relation, principal, agent, types, until, revoked)
        self._held[identifier] = made
        return made

    def _today(self) -> date:
        return date.fromtimestamp(self._clock())
