"""A terminal that is killed again and again: forked from a process that has imported it all.

`python -m bench.chaos.forks CONFIGURATION` takes one order a line on its input, `{"seed": 1,
"visits": 0}`, and forks a terminal for each. The terminal lets one citizen after the other
through (0 visits: until it is killed), and says on its output, one JSON line each, what is
on the disk, what the stage shall do, and how visits went. A line is written in one piece:
a kill leaves it whole or not at all.

Faces are left out: their models take seconds to load, and nothing of them is kept. So visits
are by phone, or by card and the holder's phone.
"""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from bench.chaos.samples import sample
from kiosk.config import Config, load
from kiosk.reasons import Reason
from kiosk.terminal import Terminal
from kiosk.visit import events as ev
from kiosk.visit.autopilot import Autopilot
from kiosk.visit.delays import SECONDS, Delay
from kiosk.visit.engine import Observer, VisitEngine
from kiosk.visit.states import State, Step
from offline import outbox
from provisioning.citizens import WAYS

FAREWELL_SECONDS = 0.2
"""Nobody reads the last screen here."""
VISIT_SECONDS = 90.0
KEYS_A_LINE = 50
"""A pipe takes 4096 bytes in one piece."""
WAYS_HERE = ("phone", "call")
GONE_FROM = {"phone": Step.PHONE, "call": Step.CONSENT}
"""Where a hasty citizen is last seen."""
CITIZENS = ("li-xiulan", "wang-jianguo", "zhao-dehou")
PRINTING = 0.3
"""How many visits print. Declared: most look at what there is, and leave."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one terminal is to do."""

    seed: int
    visits: int = 0
    """After how many it ends in order; 0: never."""
    printing: float = PRINTING
    hasty: float = 0.0
    """How many citizens go before they have signed in."""
    sample_every: int = 0
    """After how many visits it says how large it is; 0: never."""


class WithoutFaces(Terminal):
    """A terminal that takes its camera and its models as they are."""

    async def _look_at_faces(self) -> Reason | None:
        return None


class OneAfterTheOther:
    """An engine for autopilots of which only the last one watches."""

    def __init__(self, engine: VisitEngine) -> None:
        self._engine = engine
        self._watch: Observer = lambda state, event: None
        self.send = engine.send
        engine.observe(self._tell)

    @property
    def state(self) -> State:
        """The engine's."""
        return self._engine.state

    def observe(self, watch: Observer) -> None:
        """In the place of who watched before."""
        self._watch = watch

    def _tell(self, state: State, event: ev.Event) -> None:
        self._watch(state, event)


def tell(event: str, **fields: object) -> None:
    """One line, in one piece."""
    line = json.dumps({"event": event, "pid": os.getpid(), **fields}) + "\n"
    os.write(sys.stdout.fileno(), line.encode())


def tell_order(to: str, do: str, **fields: object) -> None:
    """Something that the stage shall do."""
    tell("order", order={"to": to, "do": do, **fields})


def tell_steps() -> Observer:
    """Tells every step that is entered."""
    last: list[Step] = []

    def observe(state: State, event: ev.Event) -> None:
        if last != [state.step]:
            last[:] = [state.step]
            tell("step", step=str(state.step))

    return observe


class Reported:
    """Tells the keys of all records that are on the disk, right after the commit."""

    def __init__(self) -> None:
        self._put: Callable[..., str] = outbox.put
        self._keys: list[str] = []
        outbox.put = self._note

    def _note(self, *arguments: Any, **named: Any) -> str:
        key = self._put(*arguments, **named)
        self._keys.append(key)
        return key

    def committed(self, touched: frozenset[str]) -> None:
        """For `Vault.observe`."""
        keys, self._keys = self._keys, []
        for begin in range(0, len(keys), KEYS_A_LINE):
            tell("on_disk", keys=keys[begin : begin + KEYS_A_LINE])


async def serve(config: Config, order: Order) -> None:
    """A terminal, and its citizens."""
    random, reported = Random(order.seed), Reported()
    began = time.monotonic()
    terminal = WithoutFaces(config)
    terminal.vault.observe(reported.committed)
    tell("opened", rebuilt=terminal.vault.rebuilt is not None)
    await terminal.start()
    tell("started", seconds=round(time.monotonic() - began, 3))
    terminal.engine.observe(tell_steps())
    engine = OneAfterTheOther(terminal.engine)
    done = 0
    while not order.visits or done < order.visits:
        outcome, seconds, steps = await visit(engine, config, random, order)
        done += 1
        tell("visit", outcome=outcome, seconds=round(seconds, 3), steps=steps)
        if order.sample_every and done % order.sample_every == 0:
            tell("sample", visits=done, **sample(config.terminal.state))
    await terminal.stop()
    tell("stopped")


async def visit(
    engine: OneAfterTheOther, config: Config, random: Random, order: Order
) -> tuple[str, float, dict[str, float]]:
    """One citizen; the outcome, how long it took, and how long each step."""
    way, citizen = random.choice(WAYS_HERE), random.choice(CITIZENS)
    habits = WAYS[way](tell_order, citizen, config.terminal.state)
    chance = random.random()
    if chance < order.hasty:
        habits.answers[GONE_FROM[way]] = ev.Leaves()
        habits.deeds.clear()
    elif chance >= order.hasty + order.printing:
        habits.answers[Step.CERTIFICATES] = ev.Leaves()
    pilot = Autopilot(
        cast(VisitEngine, engine), None,
        place_card=partial(tell_order, "idcard", "place", person=citizen),
        take_card=partial(tell_order, "idcard", "take"),
        clock=time.monotonic, answers=habits.answers, deeds=habits.deeds,
    )
    began = time.monotonic()
    pilot.start()
    try:
        async with asyncio.timeout(VISIT_SECONDS):
            await pilot.done.wait()
            while engine.state.step is not Step.IDLE:
                await asyncio.sleep(0.02)
    except TimeoutError:
        tell("stuck", step=str(engine.state.step), steps=pilot.steps)
        raise
    ends = [at for _, at in pilot.steps[1:]] + [time.monotonic()]
    steps = {
        name: round(end - at, 3) for (name, at), end in zip(pilot.steps, ends, strict=True)
    }
    return pilot.outcome, time.monotonic() - began, steps


def main() -> int:
    """Fork a terminal for each line, until the input ends."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    config = load(Path(sys.argv[1]))
    SECONDS[Delay.FAREWELL] = FAREWELL_SECONDS
    tell("ready")
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            asyncio.run(serve(config, order))
            os._exit(0)
        tell("forked", child=child)
        _, status = os.waitpid(child, 0)
        tell("ended", child=child, status=status)
    return 0


if __name__ == "__main__":
    sys.exit(main())
