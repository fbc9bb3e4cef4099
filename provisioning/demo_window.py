"""The demo's window: the terminal, with the dev dock beside it. Started by `demo.py`.

Orders of the dock go to standard output, one JSON object a line; what simulators report
comes on standard input.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.allocator import limit_arenas
from kiosk.config import load
from provisioning.demo import POWER
from provisioning.obeying import obey_hints
from provisioning.stage import list_people

if TYPE_CHECKING:
    from kiosk.terminal import Terminal
    from screens.dock import Dock


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m provisioning.demo_window", description=__doc__)
    parser.add_argument("config", type=Path, help="the terminal's configuration")
    parser.add_argument("code", type=Path, help="where the last paper's code is drawn")
    parser.add_argument("--chip-cards", action="store_true", help="there is a reader for them")
    parser.add_argument("--dock", type=json.loads, default=None, help="how the dock stood")
    return parser.parse_args()


def order(to: str, do: str, **fields: object) -> None:
    """Give an order to a part of the stage."""
    print(json.dumps({"to": to, "do": do, **fields}), flush=True)


def main() -> int:
    """Run the window; the exit status."""
    options = parse()
    limit_arenas()
    from screens import app, theme

    config = load(options.config)
    screen, people = config.screen, list_people()
    docks: list[Dock] = []
    obeying: list[asyncio.Task[None]] = []
    if options.dock is None:
        order("camera", "show", person=people[0][0])

    def add_dock(window: Any, terminal: "Terminal") -> None:
        from screens.dock import Dock  # opens Kivy: only once the window is there

        obeying.append(asyncio.create_task(obey_hints(terminal.visit, order)))
        part = Dock(
            screen.height / screen.px_per_mm, screen.px_per_mm, people, order, options.code,
            options.chip_cards, config.terminal.id,
        )
        part.cut_power = lambda: order(POWER, "cut", dock=part.memory())
        if options.dock is not None:
            part.remember(options.dock)
        part.pos = (screen.width, 0)
        part.build()
        window.add_widget(part)
        docks.append(part)

    def listen() -> None:
        for line in sys.stdin:
            told = json.loads(line)
            if told.get("event") == "taken_over" and docks:
                docks[0].phone_shows_number(str(told["number"]))
        # Whoever started the window is gone: it ends in order.
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, daemon=True).start()
    return app.run(config, round(theme.DOCK_MM * screen.px_per_mm), add_dock)


if __name__ == "__main__":
    sys.exit(main())
