"""`python -m drivers.document_printer`: print a file, ask how it is, find, resume, simulate."""

import argparse
import asyncio
import sys
import time
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

from drivers.commandline import print_fields, report_failure
from drivers.device import DeviceFailure
from drivers.document_printer.driver import IppPrinter
from drivers.document_printer.port import JobOptions, JobProgress, MediaSize, Sides
from drivers.document_printer.simulator import FAULTS, Pace, PrinterSimulator
from drivers.simulation import add_simulate, run_simulator

MEDIA = {"a4": MediaSize.A4, "a5": MediaSize.A5}
SIDES = {"one": Sides.ONE, "long-edge": Sides.LONG_EDGE, "short-edge": Sides.SHORT_EDGE}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.document_printer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    output = commands.add_parser("print", help="print a PDF and wait until it settled")
    output.add_argument("file", type=Path)
    output.add_argument("--media", choices=sorted(MEDIA), default="a4")
    output.add_argument("--sides", choices=tuple(SIDES), default="one")
    output.add_argument("--tray", help="such as tray-1; default: the printer chooses")
    output.add_argument("--fit", action="store_true", help="let the printer scale the page")
    status = commands.add_parser("status", help="ask how the printer is")
    resume = commands.add_parser("resume", help="throw waiting jobs away and let a queue go on")
    for command in (output, status, resume):
        command.add_argument("--target", required=True, help="ipp://HOST:PORT/PATH")
    discover = commands.add_parser("discover", help="printers that announce themselves")
    discover.add_argument("--seconds", type=float, default=3.0, help="how long to listen")
    for command in (output, status, resume, discover):
        command.add_argument("--json", action="store_true")
    simulate = add_simulate(commands, "serve a printer; prints its address", FAULTS)
    simulate.add_argument("--out", type=Path, default=Path("."), help="where papers go")
    simulate.add_argument("--first-page", type=float, default=8.0, help="seconds")
    simulate.add_argument("--next-page", type=float, default=1.5, help="seconds")
    return parser.parse_args(arguments)


async def print_file(
    printer: IppPrinter, pdf: bytes, name: str, options: JobOptions
) -> JobProgress:
    """Print and wait until it settled. Raises DeviceFailure."""
    shown = ""

    def show(job: JobProgress) -> None:
        nonlocal shown
        line = f"job {job.job_id}: {job.state}, {job.pages or 0} pages"
        if line != shown:
            print(line, file=sys.stderr)
            shown = line

    await printer.preflight(options)
    job_id = await printer.submit(pdf, name, options)
    return await printer.settle(job_id, show)


async def closing(printer: IppPrinter, work: Coroutine[Any, Any, Any]) -> Any:
    """Do the work and let the printer go."""
    try:
        return await work
    finally:
        await printer.close()


def run_print(options: argparse.Namespace) -> dict[str, object]:
    """The `print` command's fields."""
    wish = JobOptions(
        MEDIA[options.media], SIDES[options.sides], options.tray, not options.fit
    )
    pdf, printer = options.file.read_bytes(), IppPrinter(options.target)
    job = asyncio.run(closing(printer, print_file(printer, pdf, options.file.name, wish)))
    return {"job_id": job.job_id, "state": str(job.state), "pages": job.pages}


def run_status(options: argparse.Namespace) -> dict[str, object]:
    """The `status` command's fields: how it is, whether or not it could print."""
    printer = IppPrinter(options.target)
    condition = asyncio.run(closing(printer, printer.condition()))
    return {
        "media": str(condition.media),
        "toner": str(condition.toner),
        "accepting": condition.accepting,
        "reasons": list(condition.reasons),
        "supplies": [asdict(one) for one in condition.supplies],
        "trays": [asdict(one) for one in condition.trays],
    }


def run_resume(options: argparse.Namespace) -> dict[str, object]:
    """The `resume` command's fields: how it is afterwards."""
    printer = IppPrinter(options.target)

    async def resume() -> list[str]:
        await printer.resume()
        return list((await printer.condition()).reasons)

    return {"reasons": asyncio.run(closing(printer, resume()))}


def run_discover(options: argparse.Namespace) -> dict[str, object]:
    """The `discover` command's fields."""
    from drivers.document_printer.discovery import Discovery

    discovery = Discovery()
    time.sleep(options.seconds)
    found = [asdict(printer) for printer in discovery.printers]
    discovery.close()
    return {"printers": found}


ASKING = {
    "print": run_print, "status": run_status, "resume": run_resume, "discover": run_discover,
}


def run_asking(options: argparse.Namespace) -> int:
    """The commands that ask a printer; the exit status."""
    try:
        fields = ASKING[options.command](options)
    except (OSError, ValueError) as error:
        print(f"drivers.document_printer: {error}", file=sys.stderr)
        return 2
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    print_fields(fields, options.json)
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    if not options.out.is_dir():
        print(f"cannot simulate: {options.out} is not a folder", file=sys.stderr)
        return 2
    pace = Pace(options.first_page, options.next_page)
    return run_simulator(options, lambda reporter: PrinterSimulator(reporter, options.out, pace))


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return run_simulate(options) if options.command == "simulate" else run_asking(options)


if __name__ == "__main__":
    sys.exit(main())
