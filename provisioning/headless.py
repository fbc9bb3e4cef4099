"""One full visit without a screen, over the same devices and protocols as with one."""

import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk.visit.autopilot import Autopilot
from kiosk.visit.states import PRINTED
from provisioning.citizens import WAYS, with_guardian
from provisioning.obeying import obey_hints
from provisioning.stage import CHIP_CARDS, Stage, StageFailed, list_people

VISIT_SECONDS = 240
TRUST = "trust"


ID_CARD, SOCIAL_CARD = "id", "social"
READER_OF = {ID_CARD: "idcard", SOCIAL_CARD: "smartcard"}
"""On which of the stage's readers a kind of card is laid."""


def run_headless(
    citizen: str, certificate: str | None, copies: int, out: Path,
    by: str = "face", card: str = ID_CARD, guardian: str | None = None,
) -> int:
    """Run a visit and leave its papers in `out`; 0 only if the paper settled."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    known = [name for name, _ in list_people()]
    for name in (citizen, guardian):
        if name is not None and name not in known:
            print(f"nobody is called {name!r}; known: {', '.join(known)}", file=sys.stderr)
            return 2
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"cannot write to {out}: {error}", file=sys.stderr)
        return 2
    for name in ("document.pdf", "receipt.png", "visit.json"):
        (out / name).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="tongban-") as folder:
        try:
            stage = Stage(Path(folder), arguments=(CHIP_CARDS,) if card == SOCIAL_CARD else ())
        except StageFailed as error:
            print(f"the stage did not come up: {error}", file=sys.stderr)
            return 2
        try:
            if READER_OF[card] not in stage.places:
                print("no chip-card reader: pcscd or vsmartcard-vpcd is missing", file=sys.stderr)
                return 2
            autopilot = asyncio.run(
                visit(stage, citizen, certificate, copies, by, card, guardian)
            )
            time.sleep(0.2)  # the last reports of the simulators
            result = describe(autopilot, stage.reports)
            keep_papers(stage.reports, out)
            stage.keep_trust(out / TRUST)
        finally:
            stage.close()
    (out / "visit.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return tell(result, out)


def tell(result: dict[str, Any], out: Path) -> int:
    """Say how the visit ended; the exit status."""
    if result["outcome"] == PRINTED:
        print(f"printed in {result['wall_ms'] / 1000:.1f} s: {out / 'document.pdf'}, "
              f"{out / 'receipt.png'}, {out / 'visit.json'}")
        return 0
    print(json.dumps({"reason": result["outcome"], "detail": f"see {out / 'visit.json'}"}))
    return 1


async def visit(
    stage: Stage, citizen: str, certificate: str | None, copies: int,
    by: str = "face", card: str = ID_CARD, guardian: str | None = None,
) -> Autopilot:
    """Start a terminal on the stage and let one citizen through."""
    from kiosk.terminal import Terminal

    terminal = Terminal(stage.config)
    shown = guardian or citizen
    stage.order("camera", "show", person=shown)
    reader = READER_OF[card]
    habits = WAYS[by](stage.order, guardian or citizen, stage.folder)
    if guardian is not None:
        habits = with_guardian(habits, stage.order, guardian, reader)
    autopilot = Autopilot(
        terminal.engine,
        certificate,
        place_card=lambda: stage.order(reader, "place", person=citizen),
        take_card=lambda: stage.order(reader, "take"),
        clock=time.monotonic,
        copies=copies,
        answers=habits.answers,
        deeds=habits.deeds,
    )
    await camera_shows(stage, shown)
    autopilot.start()
    obeying = asyncio.create_task(obey_hints(terminal.visit, stage.order))
    await terminal.start()
    try:
        async with asyncio.timeout(VISIT_SECONDS):
            await autopilot.done.wait()
    except TimeoutError:
        autopilot.outcome = autopilot.outcome or "timeout"
    obeying.cancel()
    await terminal.stop()
    return autopilot


async def camera_shows(stage: Stage, citizen: str) -> None:
    """Wait until the simulated camera has drawn the citizen. Raises StageFailed."""
    for _ in range(400):
        if any(r["event"] == "shows" and r["person"] == citizen for r in stage.reports):
            return
        await asyncio.sleep(0.05)
    raise StageFailed(f"the camera does not show {citizen}")


def describe(autopilot: Autopilot, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of visit.json."""
    steps = autopilot.steps
    entered = [moment for _, moment in steps] + [time.monotonic()]
    begun = next((at for name, at in steps if name in ("reading", "phone")), entered[0])
    ended = next((at for name, at in steps if name in ("another", "problem")), entered[-1])
    devices = device_times(reports)
    return {
        "outcome": autopilot.outcome,
        "steps": [
            {"name": name, "ms": round((entered[i + 1] - at) * 1000, 1)}
            for i, (name, at) in enumerate(steps)
        ],
        "device_ms": round(sum(devices.values()), 1),
        "devices": devices,
        "wall_ms": round((ended - begun) * 1000, 1),
    }


def device_times(reports: list[dict[str, Any]]) -> dict[str, float]:
    """What the slowest chain of devices took by itself, from their own reports.

    `person` is what the citizen took to move as asked, in all.
    """
    wanted = {"card_read": "card", "document": "document", "receipt": "receipt"}
    devices = {
        wanted[report["event"]]: round(report["ms"], 1)
        for report in reports
        if report["event"] in wanted
    }
    moved = [float(report["ms"]) for report in reports if report["event"] == "moved"]
    return {**devices, "person": round(sum(moved), 1)} if moved else devices


def keep_papers(reports: list[dict[str, Any]], out: Path) -> None:
    """Copy what came out of the printers."""
    names = {"document": "document.pdf", "receipt": "receipt.png"}
    for report in reports:
        if report["event"] in names:
            shutil.copyfile(report["path"], out / names[report["event"]])

