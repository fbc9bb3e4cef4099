"""How somebody before a simulated camera does what is asked: late, at a human speed, and back.

Pure: time and chance are passed in. A movement that is still asked for a while after it
was made is made again.
"""

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Manner:
    """How long a person takes, in seconds."""

    reaction: tuple[float, float] = (0.4, 0.9)
    """From being asked to beginning."""
    there: float = 0.35
    """From looking straight to the end of a turn; as long again back."""
    stay: float = 0.4
    """How long a turned head stays."""
    lids: float = 0.08
    shut: float = 0.8
    """How long eyes stay shut."""
    again: float = 1.2
    """How long after a movement that did not do it is made again."""

    def legs(self, movement: str) -> tuple[float, float]:
        """How long a movement takes there, and stays."""
        return (self.lids, self.shut) if movement == "shut_eyes" else (self.there, self.stay)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement that was made: from being asked to looking straight again."""

    movement: str
    ms: float


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked for, when, and when the person gets to it."""

    movement: str
    asked: float
    due: float


@dataclass(slots=True)
class Actor:
    """One person who can be asked to move."""

    chance: Random
    manner: Manner = field(default_factory=Manner)
    _order: _Order | None = None
    _doing: _Order | None = None
    _begun: float = 0.0

    def ask(self, movement: str | None, at: float) -> None:
        """Ask for a movement, or for nothing more, at a time in seconds.

        What is under way is brought to its end.
        """
        due = at + self.chance.uniform(*self.manner.reaction)
        self._order = None if movement is None else _Order(movement, at, due)

    def go_on(self, at: float) -> Moved | None:
        """Let time pass; a movement that has come to its end."""
        order = self._order
        if self._doing is None and order is not None and at >= order.due:
            self._doing, self._begun = order, at
        doing = self._doing
        if doing is None:
            return None
        there, stay = self.manner.legs(doing.movement)
        if at - self._begun < 2 * there + stay:
            return None
        if order is doing:
            again = at + self.manner.again
            self._order = _Order(doing.movement, again, again)
        self._doing = None
        return Moved(doing.movement, round((at - doing.asked) * 1000, 1))

    def pose(self, at: float) -> tuple[str, float] | None:
        """Which movement is under way, and how far, from 0 to 1; None: looks straight."""
        if self._doing is None:
            return None
        there, stay = self.manner.legs(self._doing.movement)
        into = at - self._begun
        extent = min(1.0, into / there, (2 * there + stay - into) / there)
        return self._doing.movement, max(0.0, extent)
