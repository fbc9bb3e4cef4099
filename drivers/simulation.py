"""What all simulators share: a place to plug in, commands, and a report of events.

A simulator is a process of its own that speaks a device's protocol from the other
side. Its first line on standard output is the place where it serves (a path or an
address). With `--control` it reads one JSON object a line from standard input, such as
`{"do": "place", "person": "li-xiulan"}`, reports what happens to it as JSON lines on
standard output, and ends when its standard input ends, so that no simulator outlives
the program that started it.
"""

import importlib
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
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
