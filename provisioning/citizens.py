"""Simulated citizens by how they come: what they do at the terminal, and what around it.

The table of ways of `run_kiosk.py --demo --headless --by ...`, for tests as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kiosk.visit import events as ev
from kiosk.visit.states import Step

Order = Callable[..., None]
Answers = dict[Step, ev.CitizenEvent]
Deeds = dict[tuple[Step, type[ev.Event]], Callable[[], None]]
STAFF = "liu-min"
"""Who vouches, where staff are asked."""


@dataclass(slots=True)
class Habits:
    """What a citizen does otherwise than most, for `Autopilot`."""

    answers: Answers = field(default_factory=dict)
    deeds: Deeds = field(default_factory=dict)


def by_face(order: Order, citizen: str, folder: Path) -> Habits:
    """Card and face: as most do."""
    return Habits()


def by_phone(order: Order, citizen: str, folder: Path) -> Habits:
    """No card: the phone scans the terminal's code and says yes."""
    yes = partial(order, "platform", "phone", person=citizen)
    return Habits({Step.IDLE: ev.ChosePhone()}, {(Step.PHONE, ev.PhoneCodeShown): yes})


def by_call(order: Order, citizen: str, folder: Path) -> Habits:
    """Card, and no face: the citizen's phone is called and says yes."""
    yes = partial(order, "platform", "phone", person=citizen)
    return Habits({Step.CONSENT: ev.ChosePhone()}, {(Step.PHONE, ev.PhoneCodeShown): yes})


def by_show(order: Order, citizen: str, folder: Path) -> Habits:
    """No card: the phone shows the answer to the terminal's camera."""
    picture = str(folder / "shown.png")

    def hold_up() -> None:
        order("platform", "show", person=citizen, out=picture)
        order("camera", "hold", picture=picture)

    return Habits(
        {Step.IDLE: ev.ChosePhone(), Step.PHONE: ev.ChoseShow()},
        {(Step.SHOW_PHONE, ev.PhoneCodeShown): hold_up},
    )


def by_staff(order: Order, citizen: str, folder: Path) -> Habits:
    """Card, and no face: a member of staff vouches."""
    yes = partial(order, "platform", "phone", person=STAFF)
    return Habits(
        {Step.CONSENT: ev.ChoseStaff(), Step.STAFF: ev.Agreed()},
        {(Step.STAFF, ev.PhoneCodeShown): yes},
    )


WAYS: dict[str, Callable[[Order, str, Path], Habits]] = {
    "face": by_face, "phone": by_phone, "call": by_call, "show": by_show, "staff": by_staff,
}
"""Ways of signing in by name."""


def with_guardian(habits: Habits, order: Order, guardian: str, reader: str) -> Habits:
    """The same for a child's card: the guardian, who stands there, lays down the own after it."""
    deeds: Deeds = {
        **habits.deeds,
        (Step.GUARDIAN, ev.CardRead): partial(order, reader, "take"),
        (Step.GUARDIAN, ev.CardRemoved): partial(order, reader, "place", person=guardian),
    }
    return Habits({**habits.answers, Step.GUARDIAN: ev.StillHere()}, deeds)
