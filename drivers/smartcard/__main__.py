"""`python -m drivers.smartcard`: read a chip card through pcscd, list readers, simulate a card."""

import argparse
import asyncio
import sys

from drivers.commandline import print_document, print_json, read_one, report_failure
from drivers.device import DeviceFailure, FailureReason
from drivers.simulation import Reporter, add_simulate, load_plugin, run_simulator
from drivers.smartcard.driver import PcscReader
from drivers.smartcard.pcsc import Context, ServiceLost
from drivers.smartcard.simulator import FAULTS, VPCD_PORT, CardSimulator

PEOPLE = "sandbox.people.cards:card_image"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.smartcard", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="wait for one card and read it")
    read.add_argument("--reader", help="pcscd's name for the reader, or its beginning")
    read.add_argument("--timeout", type=float, default=30.0, help="seconds (default 30)")
    readers = commands.add_parser("list", help="the readers that pcscd knows")
    for command in (read, readers):
        command.add_argument("--json", action="store_true")
    simulate = add_simulate(commands, "put cards into the virtual reader vpcd", FAULTS)
    simulate.add_argument("--port", type=int, default=VPCD_PORT, help="vpcd's port")
    simulate.add_argument("--person", help="whose card is in the reader at the start")
    simulate.add_argument("--version", default="2.00", choices=("1.00", "2.00", "3.00"))
    simulate.add_argument("--sam", action="store_true", help="a resident card behind a SAM")
    simulate.add_argument("--people", default=PEOPLE, help="plug-in that makes cards")
    return parser.parse_args(arguments)


def run_read(options: argparse.Namespace) -> int:
    """The `read` command; the exit status."""
    try:
        document = asyncio.run(read_one(PcscReader(options.reader), options.timeout))
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    print_document(document.as_json(), options.json)
    return 0


def run_list(options: argparse.Namespace) -> int:
    """The `list` command; the exit status."""
    try:
        context = Context()
        names = context.readers()
        context.close()
    except ServiceLost as error:
        failure = DeviceFailure(FailureReason.READER_FAULT, str(error))
        return report_failure(failure, options.json)
    if options.json:
        print_json({"readers": names})
    else:
        print("\n".join(names) or "no readers")
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""

    def make(reporter: Reporter) -> CardSimulator:
        simulator = CardSimulator(
            reporter, options.port, load_plugin(options.people), options.version, options.sam
        )
        if options.person:
            simulator.place(options.person)
        return simulator

    return run_simulator(options, make)


COMMANDS = {"read": run_read, "list": run_list, "simulate": run_simulate}


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return COMMANDS[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
