"""What a terminal knows of services without asking anybody: the catalogue and its guides.

Both are published by the platform as files (docs/content.md), fetched while there is a line and
read from what is kept. Whoever draws them takes these types and nothing of how they came.
"""

from dataclasses import dataclass
from enum import StrEnum


class Domain(StrEnum):
    """The fourteen domains of services for people's livelihood, by which a catalogue is ordered."""

    EDUCATION = "education"
    HEALTH = "health"
    SOCIAL_ASSISTANCE = "social_assistance"
    SOCIAL_WELFARE = "social_welfare"
    COMMUNITY = "community"
    MARRIAGE = "marriage"
    FUNERAL = "funeral"
    SOCIAL_WORK = "social_work"
    EMPLOYMENT = "employment"
    SOCIAL_SECURITY = "social_security"
    FAMILY_PLANNING = "family_planning"
    HOUSING = "housing"
    HOUSING_FUND = "housing_fund"
    PUBLIC_SECURITY = "public_security"


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the catalogue."""

    id: str
    domain: Domain
    title_zh: str
    title_en: str
    certificates: tuple[str, ...] = ()
    """The kinds of certificate by which a terminal does it; none where it only has the guide."""


@dataclass(frozen=True, slots=True)
class Guide:
    """How to go about one service, in the words of whoever is responsible for it."""

    id: str
    """The service's, as in the catalogue."""
    domain: Domain
    title_zh: str
    title_en: str
    who_zh: str
    who_en: str
    """Who may ask for it."""
    bring_zh: tuple[str, ...]
    bring_en: tuple[str, ...]
    """What to bring, as many in either language; none where nothing is asked for."""
    days: int | None
    """Working days until it is done; 0 at once, None where nobody promises."""
    fee_zh: str
    fee_en: str
    result_zh: str
    result_en: str
    """What one holds at the end."""
    where_zh: str
    where_en: str
