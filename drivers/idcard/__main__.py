"""`python -m drivers.idcard`: read one card, or serve a simulated reader."""

import argparse
import asyncio
import sys

from drivers.commandline import print_document, read_one, report_failure
from drivers.device import DeviceFailure
from drivers.idcard.driver import AUTO
from drivers.idcard.opening import open_reader
from drivers.idcard.port import Wanted
from drivers.idcard.profiles import STANDARD, profile_called, profiles
from drivers.idcard.protocol import BAUD_RATES
from drivers.idcard.simulator import FAULTS, Pace, ReaderSimulator
from drivers.simulation import Reporter, add_simulate, load_plugin, run_simulator

PEOPLE = "sandbox.people.cards:card_image"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.idcard", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="wait for one card and read it")
    read.add_argument("--port", required=True, help="/dev/ttyUSB0, usb:0400:c35a or pcsc:NAME")
    read.add_argument("--baud", type=int, choices=BAUD_RATES, help="default: found out")
    read.add_argument(
        "--profile", default=AUTO, choices=(AUTO, *profiles()), help="default: found out"
    )
    read.add_argument("--added-address", action="store_true", help="read added addresses too")
    read.add_argument("--timeout", type=float, default=30.0, help="seconds (default 30)")
    read.add_argument("--json", action="store_true", help="print the document as JSON")
    simulate = add_simulate(commands, "serve a reader; prints its port", FAULTS)
    simulate.add_argument("--person", help="whose card lies on the reader at the start")
    simulate.add_argument("--read-seconds", type=float, default=1.0)
    simulate.add_argument("--baud", type=int, default=115200, choices=BAUD_RATES)
    simulate.add_argument("--profile", default=STANDARD, choices=tuple(profiles()))
    simulate.add_argument("--people", default=PEOPLE, help="plug-in that makes cards")
    return parser.parse_args(arguments)


def run_read(options: argparse.Namespace) -> int:
    """The `read` command; the exit status."""
    wanted = Wanted(photo=False, added_address=options.added_address)
    try:
        reader = open_reader(options.port, options.baud, options.profile)
        document = asyncio.run(read_one(reader, options.timeout, wanted))
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    except ValueError as error:
        print(f"drivers.idcard: {error}", file=sys.stderr)
        return 2
    print_document(document.as_json(), options.json)
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    pace = Pace(baud=options.baud, read=options.read_seconds)

    def make(reporter: Reporter) -> ReaderSimulator:
        profile = profile_called(options.profile)
        simulator = ReaderSimulator(reporter, pace, load_plugin(options.people), profile)
        if options.person:
            simulator.place(options.person)
        return simulator

    return run_simulator(options, make)


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return run_read(options) if options.command == "read" else run_simulate(options)


if __name__ == "__main__":
    sys.exit(main())
