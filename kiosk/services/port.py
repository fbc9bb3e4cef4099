"""What a citizen can leave at a terminal without signing in: types, and what may be chosen."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is left."""

    REQUEST = "request"
    COMPLAINT = "complaint"
    RATING = "rating"


class CallTime(StrEnum):
    """When a citizen who left a phone number wants to be called."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    ANY = "any"


TERMINAL = "terminal"
"""What it is about where it is about the terminal itself."""
OTHER = "other"
"""What it is about where it is about none of the services of the catalogue."""
CATEGORIES: dict[Kind, tuple[str, ...]] = {
    Kind.REQUEST: ("explain", "at_home", "agent", "suggestion", "other"),
    Kind.COMPLAINT: ("attitude", "slow", "refused", "fee", "broken", "other"),
    Kind.RATING: (),
}
"""What it can be about more closely; words for each are in the locales."""
LEVELS = (5, 4, 3, 2, 1)
"""The levels of a rating, the best first, always in this order (GB/T 39734-2020)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered so far. Nothing personal: the phone number is elsewhere."""

    kind: Kind
    about: str = ""
    """A service of the catalogue by its id, TERMINAL or OTHER."""
    level: int | None = None
    """Of a rating."""
    category: str = ""
    """Of a request or a complaint."""
    call: CallTime | None = None
    """When to call; None where no number was left."""


class RequestStatus(StrEnum):
    """What the terminal knows of something that was left here."""

    WAITING = "waiting"
    """Received here, not yet at the office."""
    ARRIVED = "arrived"
    REFUSED = "refused"
    """The platform did not take it: people have to look at it."""
    UNCLEAR = "unclear"
    """Left here, and no more is known: the store lost it, or it arrived long ago."""
    UNKNOWN = "unknown"
    """Nothing with this code was left here."""
