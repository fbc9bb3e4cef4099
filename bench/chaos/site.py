"""A stage with terminals that can be killed: devices and platform, and what they said.

The devices are quick: a card is read in 0.05 s, a page is out after 0.3 s. What the terminals
say goes to whoever asks for the next line; what they order is passed on to the stage.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.chaos.forks import Order
from provisioning.stage import Stage, root

QUICK = ("--first-page", "0.3", "--read-seconds", "0.05")
END_SECONDS = 30.0
Line = dict[str, Any]


class Site:
    """One stage, and one terminal after the other on it, all with the same state."""

    def __init__(self, folder: Path) -> None:
        """Start it. Raises StageFailed."""
        self._stage = Stage(folder, arguments=QUICK)
        self.state = self._stage.config.terminal.state
        self.terminal = self._stage.config.terminal.id
        self._log = (folder / "terminals.log").open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.chaos.forks", folder / "kiosk.toml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=root(),
        )
        self._lines: queue.Queue[Line] = queue.Queue()
        self._held: deque[Line] = deque()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.wait_for("ready", 60)

    def begin(self, order: Order) -> int:
        """Start a terminal; its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return int(self.wait_for("forked", END_SECONDS)["child"])

    def kill(self, terminal: int) -> list[Line]:
        """Kill it as a power cut does; all that it still said."""
        os.kill(terminal, signal.SIGKILL)
        said: list[Line] = []
        while True:
            line = self.hear(END_SECONDS)
            if line["event"] == "ended" and line["child"] == terminal:
                break
            said.append(line)
        # Nobody stands there any more.
        self.order("idcard", "take")
        return said

    def hear(self, seconds: float) -> Line:
        """The next line that a terminal said. Raises queue.Empty."""
        return self._held.popleft() if self._held else self._lines.get(timeout=seconds)

    def wait_for(self, event: str, seconds: float, **fields: object) -> Line:
        """The next line of that kind with those fields; others stay. Raises queue.Empty."""
        kept: list[Line] = []
        deadline = time.monotonic() + seconds
        try:
            while True:
                line = self.hear(max(0.0, deadline - time.monotonic()))
                if line["event"] == event and fields.items() <= line.items():
                    return line
                kept.append(line)
        finally:
            self._held.extendleft(reversed(kept))

    def order(self, to: str, do: str, **fields: object) -> None:
        """Something for the stage to do."""
        self._stage.order(to, do, **fields)

    def reports(self, event: str) -> list[Line]:
        """What the stage reported of a kind."""
        return [one for one in list(self._stage.reports) if one["event"] == event]

    def inbox(self) -> dict[tuple[str, int], str]:
        """What the platform has: the key at each place."""
        return {(one["lane"], one["number"]): one["key"] for one in self.reports("received")}

    def received_twice(self) -> int:
        """Records that the platform stored more than once."""
        keys = Counter(one["key"] for one in self.reports("received"))
        return sum(count - 1 for count in keys.values())

    def log(self) -> str:
        """The last that terminals wrote into their log."""
        lines = Path(self._log.name).read_text(encoding="utf-8").splitlines()
        return "\n".join(lines[-20:])

    def close(self) -> None:
        """End everything."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(timeout=END_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()
        self._stage.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            line = json.loads(text)
            if line["event"] == "order":
                self._stage.order(**line["order"])
            else:
                self._lines.put(line)


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A site for as long as it is needed."""
    made = Site(folder)
    try:
        yield made
    finally:
        made.close()
