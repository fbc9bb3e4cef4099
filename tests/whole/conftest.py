"""A stage for whole terminals: one for all tests, cleared between them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.equipment import Equipment
from kiosk.keeping import STORE
from kiosk.terminal import Terminal
from kiosk.visit import events as ev
from kiosk.visit.autopilot import Autopilot
from kiosk.visit.states import Kept, Step
from provisioning.citizens import WAYS, Habits, with_guardian
from provisioning.headless import camera_shows
from provisioning.obeying import obey_hints
from provisioning.stage import Stage
from tests.audits import flat_audit

QUICK = ("--first-page", "0.4", "--read-seconds", "0.05")


@pytest.fixture(scope="session")
def shared_stage(tmp_path_factory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("stage"), arguments=QUICK)
    yield made
    made.close()


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """The stage with all faults off, no card, nobody there."""
    reset(shared_stage)
    yield shared_stage
    reset(shared_stage)


def reset(stage: Stage) -> None:
    for part in ("idcard", "camera", "document_printer", "receipt_printer", "platform"):
        stage.order(part, "clear")
    stage.order("idcard", "take")
    time.sleep(0.2)
    stage.reports.clear()


class Visitor:
    """A terminal on the stage and one citizen who uses it."""

    def __init__(self, stage: Stage, state: Path, equipment: Equipment | None = None) -> None:
        self.stage = stage
        object.__setattr__(stage.config.terminal, "state", state)
        self.terminal = Terminal(stage.config, equipment=equipment)
        self.state_folder = state

    async def visit(
        self, citizen: str, wanted: str | None = None, face: str | None = "",
        by: str = "face", guardian: str | None = None, habits: Habits | None = None,
    ) -> str:
        """One whole visit; its outcome. `face` stands before the camera (None: nobody)."""
        shown = (guardian or citizen) if face == "" else face
        order = self.stage.order
        order("camera", "show", person=shown)
        await camera_shows(self.stage, shown)
        habits = habits or WAYS[by](order, guardian or citizen, self.stage.folder)
        if guardian is not None:
            habits = with_guardian(habits, order, guardian, "idcard")
        pilot = Autopilot(
            self.terminal.engine, wanted,
            lambda: order("idcard", "place", person=citizen), lambda: order("idcard", "take"),
            time.monotonic, answers=habits.answers, deeds=habits.deeds,
        )
        pilot.start()
        obeying = asyncio.create_task(obey_hints(self.terminal.visit, order))
        self.pilot = pilot
        try:
            async with asyncio.timeout(60):
                await pilot.done.wait()
        except TimeoutError:
            pytest.fail(f"the visit does not end: {[name for name, _ in pilot.steps]}")
        finally:
            obeying.cancel()
        return pilot.outcome

    async def check(self, picture: Path) -> str:
        """Hold a picture before the camera and have it checked; the verdict."""
        self.stage.order("camera", "hold", picture=str(picture))
        await self.until(lambda: Kept.PAPER_LISTS in self.terminal.engine.state.equipment.kept)
        self.terminal.engine.send(ev.ChoseCheckPaper())
        async with asyncio.timeout(30):
            while not (progress := self.terminal.engine.state.progress) or not progress.verdict:
                assert self.terminal.engine.state.step is Step.CHECK_PAPER
                await asyncio.sleep(0.05)
        return progress.verdict

    async def until(self, so: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not so():
                await asyncio.sleep(0.05)

    async def back_to_idle(self) -> None:
        """Wait until the terminal serves the next person."""
        async with asyncio.timeout(20):
            while self.terminal.engine.state.step is not Step.IDLE:
                if self.terminal.engine.state.step is Step.FAREWELL:
                    self.terminal.engine.send(ev.Elapsed("farewell"))
                await asyncio.sleep(0.02)

    def audit(self) -> list[dict[str, Any]]:
        """The audit's records until now, in order."""
        self.terminal.vault.write_now(lambda txn: None)  # whatever was asked for is written first
        return flat_audit(self.state_folder / STORE)

    def events(self) -> list[str]:
        """The names of the audit's events, in order."""
        return [record["event"] for record in self.audit()]

    def papers(self) -> list[dict[str, Any]]:
        """What came out of the A4 printer."""
        return [one for one in self.stage.reports if one["event"] == "document"]


@pytest.fixture
async def visitor(stage: Stage, tmp_path: Path):
    made = Visitor(stage, tmp_path / "state")
    await made.terminal.start()
    yield made
    await made.terminal.stop()
