"""`python -m drivers.receipt_printer`: test page, status, or a simulated printer."""

import argparse
import asyncio
import sys
from pathlib import Path

from drivers.commandline import print_json, report_failure
from drivers.device import DeviceFailure
from drivers.receipt_printer.models import DEFAULT, model_called, models
from drivers.receipt_printer.simulator import FAULTS, PrinterSimulator
from drivers.simulation import add_simulate, run_simulator

TARGET_HELP = "tcp://HOST:PORT, serial:DEVICE, usb:VENDOR:PRODUCT or file:PATH"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.receipt_printer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (("test", "print a test page"), ("status", "ask how it is")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--target", required=True, help=TARGET_HELP)
        command.add_argument("--model", default=DEFAULT, choices=tuple(models()))
        command.add_argument("--json", action="store_true")
    commands.choices["test"].add_argument(
        "--text", action="store_true", help="in the printer's own font instead of a picture"
    )
    simulate = add_simulate(commands, "serve a printer; prints its target", FAULTS)
    simulate.add_argument("--out", type=Path, default=Path("."), help="where receipts go")
    simulate.add_argument("--mm-per-second", type=float, default=150.0)
    simulate.add_argument("--dots", type=int, default=576)
    return parser.parse_args(arguments)


def run_printer(options: argparse.Namespace) -> int:
    """The `test` and `status` commands; the exit status."""
    from drivers.receipt_printer.driver import EscposPrinter
    from drivers.receipt_printer.testpage import draw_test_page, write_test_page

    try:
        printer = EscposPrinter(options.target, model_called(options.model))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.command == "test":
            draw = write_test_page if options.text else draw_test_page
            settled = asyncio.run(printer.print(draw(printer.capabilities)))
            fields: dict[str, object] = {"state": str(settled)}
        else:
            condition = asyncio.run(printer.condition())
            fields = {
                "status": str(printer.status.value),
                "paper": str(condition.paper),
                "cover_open": condition.cover_open,
                "fault": condition.fault,
            }
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    except ValueError as error:
        print(f"drivers.receipt_printer: {error}", file=sys.stderr)
        return 2
    finally:
        printer.close()
    if options.json:
        print_json(fields)
    else:
        print(", ".join(f"{name} {_word(value)}" for name, value in fields.items()))
    return 0


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    if not options.out.is_dir():
        print(f"cannot simulate: {options.out} is not a folder", file=sys.stderr)
        return 2
    return run_simulator(
        options,
        lambda reporter: PrinterSimulator(
            reporter, options.out, options.mm_per_second, options.dots
        ),
    )


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return run_simulate(options) if options.command == "simulate" else run_printer(options)


if __name__ == "__main__":
    sys.exit(main())
