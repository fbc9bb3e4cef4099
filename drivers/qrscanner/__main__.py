"""`python -m drivers.qrscanner`: read one code, find codes in a picture, simulate a scanner."""

import argparse
import asyncio
import sys
from pathlib import Path

from drivers.commandline import print_json, report_failure
from drivers.device import DeviceFailure, FailureReason
from drivers.qrscanner.driver import decode_picture, open_scanner
from drivers.qrscanner.port import Scan
from drivers.qrscanner.simulator import FAULTS, MODES, ScannerSimulator
from drivers.simulation import add_simulate, run_simulator


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.qrscanner", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="wait for one code")
    read.add_argument(
        "--port", required=True, help="/dev/ttyACM0, /dev/input/event3 or camera:SOURCE"
    )
    read.add_argument("--timeout", type=float, default=30.0, help="seconds (default 30)")
    decode = commands.add_parser("decode", help="the codes in a picture")
    decode.add_argument("picture", type=Path)
    for command in (read, decode):
        command.add_argument("--json", action="store_true")
    simulate = add_simulate(commands, "serve a scanner; prints its port", FAULTS)
    simulate.add_argument("--mode", choices=MODES, default=MODES[0])
    return parser.parse_args(arguments)


async def read_one(place: str, timeout: float) -> Scan:
    """Wait for one code. Raises DeviceFailure."""
    scanner = open_scanner(place)
    try:
        await scanner.open()
        async with asyncio.timeout(timeout):
            return await scanner.wait_for_code()
    except TimeoutError as error:
        raise DeviceFailure(FailureReason.TIMEOUT, f"no code within {timeout:g} s") from error
    finally:
        scanner.close()


def run_read(options: argparse.Namespace) -> int:
    """The `read` command; the exit status."""
    try:
        scan = asyncio.run(read_one(options.port, options.timeout))
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    except ValueError as error:
        print(f"drivers.qrscanner: {error}", file=sys.stderr)
        return 2
    show([scan], options.json)
    return 0


def run_decode(options: argparse.Namespace) -> int:
    """The `decode` command; the exit status: 1 where there is no code."""
    import cv2

    picture = cv2.imread(str(options.picture))
    if picture is None:
        print(f"drivers.qrscanner: {options.picture} is not a picture", file=sys.stderr)
        return 2
    scans = decode_picture(picture)  # type: ignore[arg-type]
    if not scans:
        failure = DeviceFailure(FailureReason.UNREADABLE, f"no code in {options.picture}")
        return report_failure(failure, options.json)
    show(scans, options.json)
    return 0


def show(scans: list[Scan], as_json: bool) -> None:
    """The codes, the first as the promised object."""
    if as_json:
        texts = [scan.text for scan in scans]
        print_json({"text": texts[0], "symbology": scans[0].symbology, "all": texts})
        return
    for scan in scans:
        print(scan.text)


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    return run_simulator(options, lambda reporter: ScannerSimulator(reporter, options.mode))


COMMANDS = {"read": run_read, "decode": run_decode, "simulate": run_simulate}


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return COMMANDS[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
