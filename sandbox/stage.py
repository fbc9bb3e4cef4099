"""Everything around a terminal, in processes of their own: platform, line, devices.

Started as `python -m sandbox stage`. Its first line of output is a JSON object that
says where everything is. It then takes orders, one JSON object a line, such as
`{"to": "idcard", "do": "place", "person": "li-xiulan"}`, passes on what the simulators
report (with `from`), and ends, with all it started, when its input ends.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sandbox import pcscd
from sandbox.bad_line import BadLine, Weather
from sandbox.inbox_store import Receipt
from sandbox.library.regions import other_regions
from sandbox.packages import Wish
from sandbox.people.registry import person, who_phones
from sandbox.regions import create_region_app
from sandbox.server import create_app
from sandbox.serving import Served
from sandbox.show_page import draw_shown

START_SECONDS = 60
NOT_WEATHER = ("to", "do", "region", "seed")
"""Fields of an order that are none of the line's."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the simulated devices are, in seconds."""

    first_page: float = 8.0
    next_page: float = 1.5
    card_read: float = 1.0


class Simulator:
    """One simulated device: a child process that obeys JSON lines."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, address: str) -> None:
        self.name = name
        self.address = address
        self._process = process

    @classmethod
    async def start(cls, name: str, *arguments: str) -> "Simulator":
        """Start `python -m drivers.NAME simulate`. Raises RuntimeError if it does not come up."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"drivers.{name}", "simulate", "--control", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            raise RuntimeError(f"the simulated {name} did not start")
        return cls(name, process, line.decode().strip())

    def order(self, command: dict[str, Any]) -> None:
        """Pass a command on."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def reports(self, report: Callable[[dict[str, Any]], None]) -> None:
        """Pass on what the simulator reports until it ends."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            report({"from": self.name, **json.loads(line)})

    async def stop(self) -> None:
        """End the process by ending its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Platform:
    """The platform's server in this process and those of other regions, each behind a line."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home = Served()
        self._regions = {code: Served() for code in other_regions()}
        self._apps: dict[str, Any] = {}
        self.address = ""

    async def start(self) -> None:
        """Listen; the addresses that terminals use lead through the lines."""
        self.address = await self._home.open()
        addresses = {code: await one.open() for code, one in self._regions.items()}
        self._app = create_app(
            self.address, self._folder,
            {code: f"{address}/library" for code, address in addresses.items()},
        )
        self._apps = {
            code: create_region_app(region, addresses[code], self._app)
            for code, region in other_regions().items()
        }
        self._app.state.contacts.observe = tell_received
        await self._home.serve(self._app)
        for code, app in self._apps.items():
            await self._regions[code].serve(app)
        for app in (self._app, *self._apps.values()):
            await asyncio.to_thread(app.state.library.issue_all)

    def order(self, command: dict[str, Any]) -> None:
        """Carry out an order; `region`: cut, worsen, mend, fault in another region."""
        region = command.get("region")
        served = self._regions[region] if region else self._home
        app = self._apps[region] if region else self._app
        match command["do"]:
            case "cut" | "worsen" | "mend":
                change_line(served.line, command)
            case "fault":
                app.state.faults.switch(command["name"], True)
            case "clear":
                for one in (self._app, *self._apps.values()):
                    one.state.faults.clear()
                for each in (self._home, *self._regions.values()):
                    each.line.mend()
            case "phone":
                who = who_phones(command["person"]) if command.get("person") else None
                self._app.state.identity.answer_newest_phone(who)
            case "show":
                self._show(command)
            case "take_over":
                number = self._app.state.handover.take_newest()
                tell({"from": "platform", "event": "taken_over", "number": number})
            case "authorise":
                self._app.state.acting.register.give(
                    person(command["person"]), person(command["agent"]),
                    tuple(command["types"]), command.get("days", 30),
                )
            case "publish":
                files = {n: None if t is None else t.encode() for n, t in command["files"].items()}
                self._app.state.publisher.publish(command["collection"], files)
            case "contact_every":
                self._app.state.contacts.next_seconds = float(command["seconds"])
            case "register":
                self._app.state.identity.register(
                    command["terminal"], command["public_key"], command.get("place", "")
                )
            case other:
                self._keep(other, command)

    def _keep(self, do: str, command: dict[str, Any]) -> None:
        """Keep a resident's certificate for a terminal, or take it back.

        Raises ValueError for an unknown command or what cannot be kept, KeyError.
        """
        if do not in ("keep", "take_back"):
            raise ValueError(f"unknown command {do!r}")
        state, who = self._app.state, person(command["person"])
        wanted = state.library.identifier(who, command["certificate"])
        if do == "keep":
            wish = Wish(command["terminal"], command.get("copies", 1), command.get("days", 3))
            made = state.packages.keep(state.library.find(who, wanted), wish)
            tell({"from": "platform", "event": "package_kept", "package": made.id.hex()})
            return
        for made, _ in state.packages.kept_by(who):
            if made.issued.identifier == wanted:
                state.packages.take_back(who, made.id.hex())
                tell({"from": "platform", "event": "package_gone", "package": made.id.hex()})

    def _show(self, command: dict[str, Any]) -> None:
        """Answer the newest pushed request as a phone does, and draw the code that it shows.

        Raises ValueError where no request waits.
        """
        state = self._app.state
        waiting = state.shows.newest()
        if waiting is None:
            raise ValueError("no request waits for a phone")
        who = person(command["person"]) if command.get("person") else None
        kind = command.get("certificate")
        wanted = state.library.identifier(who, kind) if who and kind else ""
        draw_shown(state.shows.answer(*waiting, who, wanted), Path(command["out"]))
        tell({"from": "platform", "event": "shown", "picture": command["out"]})

    async def stop(self) -> None:
        """End the servers."""
        await asyncio.gather(*(one.stop() for one in (self._home, *self._regions.values())))


class ChipCards:
    """A chip-card reader of pcscd with cards to put in it, on machines that have pcscd."""

    def __init__(self, folder: Path) -> None:
        self._service = pcscd.Pcscd(folder / "chips", folder / "pcscd")
        self.places = {
            "pcscd": str(folder / "pcscd"), "card_reader": f"pcsc:{self._service.reader}"
        }

    async def start(self) -> Simulator:
        """Start the service, then what puts cards in. Raises RuntimeError."""
        await asyncio.to_thread(self._service.start)
        return await Simulator.start("smartcard", "--port", str(self._service.port))

    async def stop(self) -> None:
        """End the service."""
        await asyncio.to_thread(self._service.kill, signal.SIGTERM)


async def run(folder: Path, pace: Pace, chip_cards: bool = False) -> int:
    """Set the stage, obey until the input ends, clear the stage; the exit status."""
    papers = folder / "papers"
    papers.mkdir(parents=True, exist_ok=True)
    platform = Platform(folder)
    chips = ChipCards(folder) if chip_cards and pcscd.installed() else None
    simulators: dict[str, Simulator] = {}
    try:
        devices = [
            Simulator.start("idcard", "--read-seconds", str(pace.card_read)),
            Simulator.start("camera"),
            Simulator.start("receipt_printer", "--out", str(papers)),
            Simulator.start(
                "document_printer", "--out", str(papers),
                "--first-page", str(pace.first_page), "--next-page", str(pace.next_page),
            ),
            *([chips.start()] if chips else []),
        ]
        _, started = await asyncio.gather(platform.start(), asyncio.gather(*devices))
        simulators = {one.name: one for one in started}
        tell(
            {
                "platform": platform.address,
                "trust": str(folder / "trust"),
                "papers": str(papers),
                **(chips.places if chips else {}),
                **{name: one.address for name, one in simulators.items()},
            }
        )
        reports = [asyncio.create_task(one.reports(tell)) for one in started]
        await obey({"platform": platform.order, **{n: s.order for n, s in simulators.items()}})
        for task in reports:
            task.cancel()
    finally:
        await asyncio.gather(platform.stop(), *(one.stop() for one in simulators.values()))
        if chips is not None:
            await chips.stop()
    return 0


def change_line(line: BadLine, command: dict[str, Any]) -> None:
    """Cut, worsen or mend a line. Raises TypeError, ValueError for what no line can be."""
    match command["do"]:
        case "cut":
            line.cut()
        case "mend":
            line.mend()
        case _:
            weather = {name: said for name, said in command.items() if name not in NOT_WEATHER}
            line.worsen(Weather(**weather), Random(command.get("seed")))


async def obey(receivers: dict[str, Callable[[dict[str, Any]], None]]) -> None:
    """Pass orders on until the input ends; what is not understood is said, not obeyed."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            order = json.loads(line)
            receivers[order["to"]](order)
        except (ValueError, KeyError, TypeError) as error:
            tell({"from": "stage", "event": "not_understood", "why": str(error)})


def tell_received(terminal: str, receipt: Receipt) -> None:
    """Say what a terminal reported, but nothing of what stands in it."""
    for lane, record in receipt.stored:
        tell({
            "from": "platform", "event": "received", "terminal": terminal, "lane": lane,
            "number": record.number, "key": record.key, "kind": record.kind,
        })


def tell(message: dict[str, Any]) -> None:
    """One JSON line on standard output."""
    print(json.dumps(message), flush=True)
