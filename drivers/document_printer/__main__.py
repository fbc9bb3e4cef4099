"""`python -m drivers.document_printer`: print a file, ask how it is, or simulate one."""

import argparse
import asyncio
import sys
from pathlib import Path

from drivers.commandline import print_json, report_failure
from drivers.device import DeviceFailure
from drivers.document_printer.port import JobProgress, PrinterCondition
from drivers.simulation import Reporter, serve_until_stopped


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.document_printer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    output = commands.add_parser("print", help="print a PDF and wait until it settled")
    output.add_argument("file", type=Path)
    status = commands.add_parser("status", help="ask how the printer is")
    for command in (output, status):
        command.add_argument("--target", required=True, help="ipp://HOST:PORT/PATH")
        command.add_argument("--json", action="store_true")
    simulate = commands.add_parser("simulate", help="serve a printer; prints its address")
    simulate.add_argument("--out", type=Path, default=Path("."), help="where papers go")
    simulate.add_argument("--first-page", type=float, default=8.0, help="seconds")
    simulate.add_argument("--next-page", type=float, default=1.5, help="seconds")
    simulate.add_argument("--control", action="store_true", help="obey JSON lines")
    return parser.parse_args(arguments)


async def print_file(target: str, pdf: bytes, name: str) -> JobProgress:
    """Print and wait until it settled. Raises DeviceFailure, ValueError."""
    from drivers.document_printer.driver import IppPrinter

    shown = ""

    def show(job: JobProgress) -> None:
        nonlocal shown
        line = f"job {job.job_id}: {job.state}, {job.pages or 0} pages"
        if line != shown:
            print(line, file=sys.stderr)
            shown = line

    printer = IppPrinter(target)
    try:
        await printer.preflight()
        job_id = await printer.submit(pdf, name)
        return await printer.settle(job_id, show)
    finally:
        await printer.close()


async def ask_condition(target: str) -> PrinterCondition:
    """How the printer is. Raises DeviceFailure, ValueError."""
    from drivers.document_printer.driver import IppPrinter

    printer = IppPrinter(target)
    try:
        return await printer.preflight()
    finally:
        await printer.close()


def run_printer(options: argparse.Namespace) -> int:
    """The `print` and `status` commands; the exit status."""
    try:
        if options.command == "print":
            pdf = options.file.read_bytes()
            job = asyncio.run(print_file(options.target, pdf, options.file.name))
            fields = {"job_id": job.job_id, "state": str(job.state), "pages": job.pages}
        else:
            condition = asyncio.run(ask_condition(options.target))
            fields = {
                "media": str(condition.media),
                "toner": str(condition.toner),
                "reasons": list(condition.reasons),
            }
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    if options.json:
        print_json(fields)
    else:
        print(", ".join(f"{name} {value}" for name, value in fields.items()))
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    from drivers.document_printer.simulator import Pace, PrinterSimulator

    if not options.out.is_dir():
        print(f"cannot simulate: {options.out} is not a folder", file=sys.stderr)
        return 2
    reporter = Reporter(sys.stdout, enabled=options.control)
    pace = Pace(options.first_page, options.next_page)
    simulator = PrinterSimulator(reporter, options.out, pace)
    simulator.serve_in_background()
    reporter.address(simulator.address)
    serve_until_stopped(simulator.obey if options.control else None)
    return 0


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return run_simulate(options) if options.command == "simulate" else run_printer(options)


if __name__ == "__main__":
    sys.exit(main())
