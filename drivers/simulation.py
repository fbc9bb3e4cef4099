"""What all simulators share: a place to plug in, commands, and a report of events.

A simulator is a process of its own that speaks a device's protocol from the other
side. Its first line on standard output is the place where it serves (a path or an
address). With `--control` it reads one JSON object a line from standard input, such as
`{"do": "place", "person": "li-xiulan"}`, reports what happens to it as JSON lines on
standard output, and ends when its standard input ends, so that no simulator outlives
the program that started it.
"""

import argparse
import importlib
import json
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from typing import Any, TextIO

Command = dict[str, Any]


class Reporter:
    """Writes events as JSON lines, one thread at a time."""

    def __init__(self, out: TextIO, enabled: bool) -> None:
        self._out = out
        self._enabled = enabled
        self._lock = threading.Lock()
        self._waiting: list[str] | None = []

    def address(self, place: str) -> None:
        """Say where the simulator serves: always the first line, before all events."""
        waiting, self._waiting = self._waiting or [], None
        for line in (place, *waiting):
            self._write(line)

    def event(self, name: str, **fields: object) -> None:
        """Report an event, with the time on the system's monotonic clock."""
        if self._enabled:
            line = json.dumps({"event": name, "at": time.monotonic(), **fields})
            if self._waiting is not None:
                self._waiting.append(line)
            else:
                self._write(line)

    def _write(self, line: str) -> None:
        with self._lock:
            self._out.write(line + "\n")
            self._out.flush()


class Simulator(ABC):
    """What every simulator obeys: faults switched on and cleared, pulled out, plugged in.

    A device adds its own commands to `actions`, and overrides what its line needs.
    """

    known_faults: Collection[str] = ()

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._faults: set[str] = set()
        self.actions: dict[str, Callable[[Command], None]] = {
            "fault": lambda command: self.fail(command["name"]),
            "clear": lambda _: self.clear(),
            "unplug": lambda _: self.unplug(),
            "plug": lambda _: self.plug(),
        }

    @property
    @abstractmethod
    def address(self) -> str:
        """What a driver opens."""

    @abstractmethod
    def serve_in_background(self) -> None:
        """Begin to answer, in daemon threads."""

    @abstractmethod
    def unplug(self) -> None:
        """Pull the device out."""

    @abstractmethod
    def plug(self) -> None:
        """Plug the device in; nothing if it is."""

    def obey(self, command: Command) -> None:
        """Carry out a command. Raises ValueError, KeyError for one that is not understood."""
        action = self.actions.get(command["do"])
        if action is None:
            known = ", ".join(sorted(self.actions))
            raise ValueError(f"unknown command {command['do']!r}; known: {known}")
        action(command)

    def fail(self, fault: str) -> None:
        """Switch a fault on. Raises ValueError for one that is not known."""
        if fault not in self.known_faults:
            known = ", ".join(sorted(self.known_faults))
            raise ValueError(f"unknown fault {fault!r}; known: {known}")
        self._faults.add(fault)

    def clear(self) -> None:
        """End all faults; a device that was pulled out is plugged in again."""
        self._faults.clear()
        self.plug()


def add_simulate(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    what: str,
    faults: Collection[str],
) -> argparse.ArgumentParser:
    """The `simulate` command, as every device has it; a device adds its own options."""
    parser = commands.add_parser("simulate", help=what)
    parser.add_argument(
        "--fault", action="append", default=[], choices=sorted(faults), metavar="NAME",
        help=f"a fault from the start; one of {', '.join(sorted(faults))}",
    )
    parser.add_argument("--control", action="store_true", help="obey JSON lines")
    return parser


def run_simulator(
    options: argparse.Namespace, make: Callable[[Reporter], Simulator]
) -> int:
    """The `simulate` command: make it, say where it is, serve; the exit status."""
    reporter = Reporter(sys.stdout, enabled=options.control)
    try:
        simulator = make(reporter)
        for fault in options.fault:
            simulator.fail(fault)
    except (ValueError, KeyError) as error:
        print(f"cannot simulate: {error}", file=sys.stderr)
        return 2
    simulator.serve_in_background()
    reporter.address(simulator.address)
    serve_until_stopped(simulator.obey if options.control else None)
    return 0


def serve_until_stopped(obey: Callable[[Command], None] | None) -> None:
    """Obey commands from standard input until it ends; without `obey`, wait for a signal.

    A line that is not a JSON object, or a command that `obey` refuses with ValueError
    or KeyError, is answered on standard error and changes nothing.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if obey is None:
        stopped.wait()
        return
    reader = threading.Thread(target=_obey_lines, args=(obey, stopped), daemon=True)
    reader.start()
    stopped.wait()


def _obey_lines(obey: Callable[[Command], None], stopped: threading.Event) -> None:
    for line in sys.stdin:
        try:
            command = json.loads(line)
            if not isinstance(command, dict):
                raise ValueError("a command is a JSON object")
            obey(command)
        except (ValueError, KeyError) as error:
            print(f"simulator: command not understood: {error}", file=sys.stderr)
    stopped.set()


def load_plugin(name: str) -> Any:
    """The object that `module:attribute` names.

    Simulators take cards and scenes as plug-ins because the people who own them live
    in the sandbox, which the drivers do not know.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no plug-in {name!r}: {error}") from error
