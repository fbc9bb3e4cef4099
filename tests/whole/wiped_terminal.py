"""A terminal in a process of its own, which stands still wherever it is told to.

Orders come as JSON lines on standard input, reports go as JSON lines to standard output; what
the citizen does around the terminal is reported too, for the test to pass on to its stage.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.config import Config, load
from kiosk.hygiene import memory
from kiosk.hygiene.scratch import Scratch
from kiosk.terminal import Terminal
from kiosk.visit import events as ev
from kiosk.visit.autopilot import Autopilot
from kiosk.visit.states import State, Step
from provisioning.citizens import WAYS, with_guardian
from provisioning.obeying import obey_hints

WATCHED_SECONDS = 0.4
"""How long each screen is seen, where there is a window."""

TEXT_AT, BYTES_AT = sys.getsizeof("") - 1, sys.getsizeof(b"") - 1
"""Where CPython has the characters of an ASCII text, and of bytes, in the object."""


def tell(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def order(to: str, do: str, **fields: Any) -> None:
    tell("order", to=to, do=do, fields=fields)


class Runner:
    """Carries out visits at a terminal."""

    def __init__(self, terminal: Terminal, folder: Path, pause: float = 0.0) -> None:
        self.terminal = terminal
        self._folder = folder
        self._pause = pause
        self._hold: Step | None = None
        terminal.engine.observe(self._watch)

    async def run(self) -> None:
        """Until the input ends."""
        while self.terminal.engine.state.step is not Step.IDLE:
            await asyncio.sleep(0.05)
        tell("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            await self._visit(**json.loads(line))

    async def _visit(
        self, citizen: str, hold: str, kind: str | None = None, by: str = "face",
        guardian: str | None = None,
    ) -> None:
        engine = self.terminal.engine
        habits = WAYS[by](order, guardian or citizen, self._folder)
        if guardian is not None:
            habits = with_guardian(habits, order, guardian, "idcard")
        self._hold = Step(hold)
        pilot = Autopilot(
            engine, kind, lambda: order("idcard", "place", person=citizen),
            lambda: order("idcard", "take"), time.monotonic,
            answers=habits.answers, deeds=habits.deeds, pause=self._pause,
        )
        pilot.start()
        obeying = asyncio.create_task(obey_hints(self.terminal.visit, order))
        await pilot.done.wait()
        obeying.cancel()
        while engine.state.step is not Step.IDLE:
            if engine.state.step is Step.FAREWELL:
                engine.send(ev.Elapsed("farewell"))
            await asyncio.sleep(0.02)
        engine._observers.remove(pilot.watch)
        tell("over", outcome=pilot.outcome)

    def _watch(self, state: State, _: ev.Event) -> None:
        """Stand still at the right step; before the camera, only when there is a picture."""
        if state.step is self._hold:
            self._hold = None
            if state.step is Step.FACE:
                asyncio.get_running_loop().call_soon(self._wait_for_picture)
            else:
                self._stand_still()

    def _wait_for_picture(self) -> None:
        if self.terminal.visit.live is None:
            asyncio.get_running_loop().call_later(0.01, self._wait_for_picture)
        else:
            self._stand_still()

    def _stand_still(self) -> None:
        """Do nothing at all, in the middle of a visit, until told to go on."""
        tell("held", places=self._places())
        sys.stdin.readline()

    def _places(self) -> dict[str, tuple[int, int]]:
        """Where something of the visit stands in memory, and how many bytes: for who looks on.

        It is not copied out, so that nothing stays but what the terminal itself leaves.
        """
        visit = self.terminal.visit
        places = {}
        for name, session in {"token": visit.session, "own token": visit.own}.items():
            if session is not None:
                places[name] = (id(session.token) + TEXT_AT, len(session.token))
        for checked in visit.files.values():
            page = np.frombuffer(checked.preview.colours, np.uint8)
            places["preview"] = (page.ctypes.data, page.nbytes)
            places["file"] = (id(checked.document) + BYTES_AT, len(checked.document))
        return places


async def without_window(config: Config, folder: Path, scratch: Scratch) -> None:
    terminal = Terminal(config, scratch=scratch)
    await terminal.start()
    await Runner(terminal, folder).run()
    await terminal.stop()


def with_window(config: Config, folder: Path, scratch: Scratch) -> None:
    from screens.app import run

    tasks = []

    def extra(_: Any, terminal: Terminal) -> None:
        async def visits() -> None:
            await Runner(terminal, folder, WATCHED_SECONDS).run()
            from kivy.base import stopTouchApp

            stopTouchApp()

        tasks.append(asyncio.create_task(visits()))

    run(config, extra=extra, scratch=scratch)


def main() -> None:
    memory.begin_anew()
    config, folder = load(Path(sys.argv[1])), Path(sys.argv[2])
    scratch = Scratch.open(config.terminal.id)
    scratch.use()
    if "--window" in sys.argv:
        with_window(config, folder, scratch)
    else:
        asyncio.run(without_window(config, folder, scratch))
    scratch.close()


if __name__ == "__main__":
    main()
