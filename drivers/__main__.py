"""`python -m drivers list`: what is plugged in, who claims it, and what nobody does."""

import argparse
import asyncio
import logging
import sys

from drivers.commandline import print_json
from drivers.supervisor import Bus, Entry, Finder, Supervisor


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="look once, or watch")
    listing.add_argument("--seconds", type=float, default=3.0, help="how long to look")
    listing.add_argument("--watch", action="store_true", help="go on and tell every change")
    listing.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


async def look(seconds: float, watch: bool, as_json: bool) -> None:
    """Supervise for a while and show what there is."""
    from drivers.catalogue import drivers
    from drivers.document_printer.discovery import Discovery
    from drivers.finders import NetworkFinder, PcscFinder, SerialFinder, SystemWatch, UdevFinder

    discovery = Discovery()
    finders: list[Finder] = [
        SerialFinder(), UdevFinder(Bus.VIDEO), UdevFinder(Bus.INPUT), UdevFinder(Bus.USB),
        PcscFinder(), NetworkFinder(discovery),
    ]
    supervisor = Supervisor(finders, drivers())
    loop = asyncio.get_running_loop()
    system = SystemWatch(lambda: loop.call_soon_threadsafe(supervisor.wake))
    system.start()
    if watch:
        supervisor.inventory.observe(lambda entries: show(entries, as_json))
    running = asyncio.create_task(supervisor.run())
    try:
        await (asyncio.Event().wait() if watch else asyncio.sleep(seconds))
    finally:
        entries = supervisor.inventory.value
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        system.stop()
        await asyncio.to_thread(discovery.close)
    show(entries, as_json)


def show(entries: tuple[Entry, ...], as_json: bool) -> None:
    """The list, as one JSON object or a line each."""
    fields = [
        {
            "bus": str(one.found.bus), "place": one.found.place, "name": one.found.name,
            "ids": list(one.found.ids), "role": None if one.role is None else str(one.role),
            "driver": one.driver, "state": one.state, "why": one.why,
        }
        for one in entries
    ]
    if as_json:
        print_json({"devices": fields})
        return
    for one in fields:
        what = one["driver"] or "nobody"
        print(f"{one['state']:10} {what:26} {one['place']}  {one['name']}  {one['why']}".rstrip())
    if not fields:
        print("nothing is plugged in")


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        asyncio.run(look(options.seconds, options.watch, options.json))
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
