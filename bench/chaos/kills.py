"""Terminals killed at random moments of visits, and started again on what is left.

After every kill a copy of the terminal's state is opened and compared with what the terminal
had said was on the disk, and with what the platform has. In the end a terminal that is not
killed settles what is open, and the ledger is compared with what the printer did.
"""

import contextlib
import queue
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

import apsw

from bench.chaos.checks import Losses, Told, examine
from bench.chaos.disk import MEMORY
from bench.chaos.forks import Order
from bench.chaos.site import Line, Site, site
from kiosk.keeping import SCHEMAS, STORE
from kiosk.printing.ledger import OPEN
from kiosk.printing.port import JobOutcome
from offline.clock import system_clock
from offline.failures import VaultFailure
from offline.keys.file import FileKeeper
from offline.store import Store, StoreOptions

STARTING_EACH = 10
"""One kill in so many comes while the terminal starts."""
START_SECONDS = 0.4
"""Until when after the fork such a kill comes."""
STEPS = {
    "idle": 1, "reading": 1, "phone": 2, "signing_in": 2, "preview": 2, "printing": 5,
    "receipt": 3, "farewell": 1,
}
"""Steps to be killed in, and how often: paper is what kills are hardest on."""
FIRST_GUESS_SECONDS = 0.5
STEP_SECONDS = 20.0
"""How long is waited for a step; a visit that does not come to it is killed where it is."""
PRINTING = 0.8
"""More visits print than do in the field."""
SETTLE_SECONDS = 60.0
LATE_SECONDS = 1.0
"""Until when a report of the stage may be under way."""
PRINT_BEGUN = '%"event":"print_begun"%'
"""The record of a citizen's word to print; it is on the disk before the job is."""


@dataclass
class Part:
    """What so many kills did."""

    seed: int
    kills: int = 0
    during: Counter[str] = field(default_factory=Counter)
    """In which step."""
    asked: int = 0
    """Prints that citizens asked for, by the audit."""
    told: int = 0
    """Records that terminals said were on the disk."""
    visits: int = 0
    losses: Losses = field(default_factory=Losses)
    delivered_twice: int = 0
    printed_twice: int = 0
    """Jobs that reached the printer more than once."""
    jobs: Counter[str] = field(default_factory=Counter)
    """What the ledger says of the copies in the end."""
    wrong_about_paper: int = 0
    """Copies that the ledger has as printed or not printed, and the printer did otherwise."""
    not_started: int = 0
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    """How long each step took when it was last gone through, in seconds."""

    def as_json(self) -> dict[str, Any]:
        """For the results' file."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        plain |= {"during": dict(self.during), "jobs": dict(self.jobs)}
        del plain["losses"], plain["steps"]
        return {"what": "kills", **plain, **asdict(self.losses)}


def run_part(seed: int, kills: int) -> Part:
    """So many kills on one stage."""
    part, random, began = Part(seed), Random(seed), time.monotonic()
    told = Told()
    with tempfile.TemporaryDirectory(prefix="tongban-kills-") as name, site(Path(name)) as place:
        for _ in range(kills):
            kill_one(place, part, told, random)
            part.losses += look(place, told)
        settle(place, part, told, random)
    part.told = len(told.records)
    part.seconds = round(time.monotonic() - began, 1)
    return part


def kill_one(place: Site, part: Part, told: Told, random: Random) -> None:
    """Start a terminal, kill it at some moment, and hear what it had said."""
    starting = random.randrange(STARTING_EACH) == 0
    child = place.begin(Order(random.randrange(2**32), printing=PRINTING))
    step = "starting"
    if starting:
        time.sleep(random.uniform(0, START_SECONDS))
    else:
        place.wait_for("started", SETTLE_SECONDS)
        [step] = random.choices(list(STEPS), list(STEPS.values()))
        with contextlib.suppress(queue.Empty):
            place.wait_for("step", STEP_SECONDS, step=step)
        time.sleep(random.uniform(0, 1.2 * part.steps.get(step, FIRST_GUESS_SECONDS)))
    hear(place.kill(child), step, part, told)
    part.kills += 1


def hear(said: list[Line], step: str, part: Part, told: Told) -> None:
    """Note what a terminal said before it was killed, which was in `step` or later."""
    for line in said:
        match line["event"]:
            case "on_disk":
                told.records.update(line["keys"])
            case "step":
                step = line["step"]
            case "visit":
                part.visits += 1
                part.steps.update(line["steps"])
            case "opened" if line["rebuilt"]:
                part.losses += Losses(unreadable=1)
    part.during[step] += 1


def look(place: Site, told: Told) -> Losses:
    """Compare a copy of the state with what was said; what may be under way is waited for."""
    found = examine_copy(place, told)
    if found.total:
        time.sleep(LATE_SECONDS)
        found = examine_copy(place, told)
    return found


def examine_copy(place: Site, told: Told) -> Losses:
    """The same, once."""
    with tempfile.TemporaryDirectory(prefix="tongban-left-", dir=MEMORY) as name:
        left = Path(name) / "state"
        shutil.copytree(place.state, left)
        try:
            options = StoreOptions(place.terminal, SCHEMAS)
            store = Store(left / STORE, FileKeeper(left), options, system_clock())
        except (VaultFailure, apsw.Error):
            return Losses(unreadable=1)
        try:
            if store.rebuilt is not None:
                return Losses(unreadable=1)
            return store.transact(lambda txn: examine(txn, told, place.inbox()))
        finally:
            store.close()


def settle(place: Site, part: Part, told: Told, random: Random) -> None:
    """Let a terminal put in order what the kills left, and compare it with paper and platform."""
    child = place.begin(Order(random.randrange(2**32), visits=2, printing=0.0))
    while True:
        line = place.hear(SETTLE_SECONDS)
        if line["event"] == "on_disk":
            told.records.update(line["keys"])
        elif line["event"] == "ended" and line["child"] == child:
            part.not_started += line["status"] != 0
            break
    part.losses += look(place, told)
    part.delivered_twice = place.received_twice()
    compare_paper(place, part)


def compare_paper(place: Site, part: Part) -> None:
    """The ledger, and what the printer says that it did."""
    handed_over = Counter(one["title"] for one in place.reports("job"))
    names = {one["id"]: one["title"] for one in place.reports("job")}
    came_out = {
        names[int(Path(one["path"]).stem.rpartition("-")[2])] for one in place.reports("document")
    }
    base = apsw.Connection(str(place.state / STORE), flags=apsw.SQLITE_OPEN_READWRITE)
    rows = base.execute("SELECT name, outcome FROM job").fetchall()
    ledger = {str(name): str(outcome) for name, outcome in rows}
    begun = "SELECT count(*) FROM audit WHERE CAST(record AS TEXT) LIKE ?"
    counted: list[tuple[Any, ...]] = base.execute(begun, (PRINT_BEGUN,)).fetchall()
    part.asked = counted[0][0]
    base.close()
    # Under one name twice, or more papers than citizens have asked for.
    papers = len(place.reports("document"))
    part.printed_twice = sum(count - 1 for count in handed_over.values()) + max(
        0, papers - part.asked, len(handed_over) - part.asked
    )
    part.jobs.update(ledger.values())
    part.wrong_about_paper = sum(
        1 for name, outcome in ledger.items()
        if (outcome == JobOutcome.PRINTED and name not in came_out)
        or (outcome == JobOutcome.NOT_PRINTED and name in came_out)
        or outcome in OPEN
    ) + len(handed_over.keys() - ledger.keys())
