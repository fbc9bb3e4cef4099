"""Whether a living person stands before the camera: asked to move, in an order nobody knows.

Three movements are asked for in random order with random pauses: shutting the eyes for a
moment, turning the head to the left, to the right. Each has to come after it was asked
for and within its limit, and nothing else may come meanwhile: a picture does nothing, a
film moves unasked or in another order. What a measure is and where it comes from stands
in docs/faces.md. Pure: time and chance are passed in.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from statistics import median, pstdev


class Ask(StrEnum):
    """What can be asked for. Left and right are the person's own."""

    SHUT_EYES = "shut_eyes"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"


class Doubt(StrEnum):
    """Why somebody does not count as living. Closed list."""

    EYES_NOT_SHUT = "eyes_not_shut"
    NOT_TURNED_LEFT = "not_turned_left"
    NOT_TURNED_RIGHT = "not_turned_right"
    MOVED_UNASKED = "moved_unasked"
    NOT_STEADY = "not_steady"
    FACE_LOST = "face_lost"
    ANOTHER_FACE = "another_face"


NOT_DONE = {
    Ask.SHUT_EYES: Doubt.EYES_NOT_SHUT,
    Ask.TURN_LEFT: Doubt.NOT_TURNED_LEFT,
    Ask.TURN_RIGHT: Doubt.NOT_TURNED_RIGHT,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One frame's face in two numbers that scaling and squeezing a picture do not change.

    `opening` is the height of the eyes, as a part of the height from the root of the nose
    to the chin, times the range of brightness in them; `turn` is where the tip of the
    nose is between the ends of the jaw, from 0 at the picture's left to 1.
    """

    opening: float
    turn: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a movement begins, and the times, in seconds."""

    shut: float = 0.62
    """Eyes below this part of their usual opening are shut."""
    turned: float = 0.055
    """The nose so far from its usual place is a turned head."""
    neutral: float = 0.035
    """The nose so near to its usual place is a head held straight."""
    steady: float = 0.02
    """Spread of the nose's place in which the usual measures are taken."""
    samples: int = 6
    settle: float = 6.0
    """How long it may take to look straight at the camera."""
    shut_for: float = 0.3
    """Eyes shut for so long are shut on purpose; a blink takes less."""
    turned_for: float = 0.2
    """A head turned for so long is turned; what a bent picture shows passes sooner."""
    pause: tuple[float, float] = (0.05, 0.25)
    """How long the face has to stay still before the next movement is asked for."""
    reaction: float = 0.15
    """Nobody moves sooner after being asked."""
    answer: float = 6.0
    """How long a movement may take to come."""
    back: float = 4.0
    """How long it may take to look straight again."""
    lost: float = 1.0
    """How long no face may be seen."""


class Stage(StrEnum):
    """Where the questions are."""

    SETTLING = "settling"
    HOLDING = "holding"
    ASKING = "asking"
    RETURNING = "returning"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(slots=True)
class Liveness:
    """One round of questions. Feed it every frame; read `ask`, `stage` and `doubt`."""

    chance: Random
    limits: Limits = field(default_factory=Limits)
    stage: Stage = Stage.SETTLING
    doubt: Doubt | None = None
    order: tuple[Ask, ...] = ()
    """What is asked for, in the order in which it is."""
    _asks: list[Ask] = field(default_factory=list)
    _since: float | None = None
    _seen: float = 0.0
    _pause: float = 0.0
    _usual: list[Measure] = field(default_factory=list)
    _centre: Measure | None = None
    _doing: Ask | None = None
    _doing_since: float = 0.0

    def __post_init__(self) -> None:
        """Put the questions in an order that nobody knows."""
        self._asks = list(Ask)
        self.chance.shuffle(self._asks)
        self.order = tuple(self._asks)

    @property
    def ask(self) -> Ask | None:
        """What the person should do now; None: look straight and keep still."""
        return self._asks[0] if self.stage is Stage.ASKING else None

    @property
    def settled(self) -> bool:
        """Whether the usual measures are taken: what moves from now on is a movement."""
        return self._centre is not None

    @property
    def over(self) -> bool:
        """Whether there is an outcome."""
        return self.stage in (Stage.PASSED, Stage.FAILED)

    def feed(self, measure: Measure | None, at: float) -> None:
        """A frame's measure (None: no single face in it) and its time in seconds."""
        if self.over:
            return
        if self._since is None:
            self._since = self._seen = at
        if measure is None:
            if at - self._seen > self.limits.lost:
                self._fail(Doubt.FACE_LOST)
            return
        self._seen = at
        if self.stage is Stage.SETTLING:
            self._settle(measure, at)
        else:
            self._watch(measure, at)

    def _settle(self, measure: Measure, at: float) -> None:
        """Take the usual measures of a face that looks straight and keeps still."""
        self._usual = [*self._usual, measure][-self.limits.samples :]
        still = pstdev([one.turn for one in self._usual]) < self.limits.steady
        if len(self._usual) == self.limits.samples and still:
            opening = median(one.opening for one in self._usual)
            self._centre = Measure(opening, median(one.turn for one in self._usual))
            self._hold(at)
        elif at - self._begun > self.limits.settle:
            self._fail(Doubt.NOT_STEADY)

    def _watch(self, measure: Measure, at: float) -> None:
        doing = self._movement(measure)
        if doing is not self._doing:
            self._doing, self._doing_since = doing, at
        lasted = at - self._doing_since
        done = doing if doing is not None and lasted >= self._enough(doing) else None
        waited = at - self._begun
        match self.stage:
            case Stage.HOLDING if done is not None:
                self._fail(Doubt.MOVED_UNASKED)
            case Stage.HOLDING if waited >= self._pause and doing is None:
                self._enter(Stage.ASKING, at)
            case Stage.ASKING:
                self._judge(done, lasted, waited, at)
            case Stage.RETURNING if doing is None and self._is_straight(measure):
                self._asks.pop(0)
                if self._asks:
                    self._hold(at)
                else:
                    self.stage = Stage.PASSED
            case Stage.RETURNING if done is not None and done is not self._asks[0]:
                self._fail(Doubt.MOVED_UNASKED)
            case Stage.RETURNING if waited > self.limits.back:
                self._fail(Doubt.NOT_STEADY)

    def _judge(self, done: Ask | None, lasted: float, waited: float, at: float) -> None:
        """A movement while one is asked for: the right one, a wrong one, or none in time."""
        wanted = self._asks[0]
        if done is None:
            if waited > self.limits.answer:
                self._fail(NOT_DONE[wanted])
        elif done is not wanted or waited - lasted < self.limits.reaction:
            self._fail(Doubt.MOVED_UNASKED)
        else:
            self._enter(Stage.RETURNING, at)

    def _movement(self, measure: Measure) -> Ask | None:
        """Which movement a frame shows. A turned head's eyes are not looked at."""
        centre = self._centre
        assert centre is not None
        aside = measure.turn - centre.turn
        if abs(aside) > self.limits.turned:
            return Ask.TURN_LEFT if aside > 0 else Ask.TURN_RIGHT
        if measure.opening < centre.opening * self.limits.shut:
            return Ask.SHUT_EYES
        return None

    def _enough(self, doing: Ask) -> float:
        return self.limits.shut_for if doing is Ask.SHUT_EYES else self.limits.turned_for

    def _is_straight(self, measure: Measure) -> bool:
        assert self._centre is not None
        return abs(measure.turn - self._centre.turn) < self.limits.neutral

    def _hold(self, at: float) -> None:
        self._pause = self.chance.uniform(*self.limits.pause)
        self._doing = None
        self._enter(Stage.HOLDING, at)

    def _enter(self, stage: Stage, at: float) -> None:
        self.stage, self._since = stage, at

    @property
    def _begun(self) -> float:
        return self._since or 0.0

    def _fail(self, doubt: Doubt) -> None:
        self.stage, self.doubt = Stage.FAILED, doubt
