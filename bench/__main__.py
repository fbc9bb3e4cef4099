"""`python -m bench NAME --json`: a figure of ours and its floor or peer, in one run."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from kiosk.hygiene import memory

Result = dict[str, Any]


def _visit() -> Result:
    from bench.visit import measure

    return measure()


def _identity() -> Result:
    from bench.identity import measure

    return measure()


def _faces() -> Result:
    from bench.faces import measure_all as measure

    return measure()


def _frames() -> Result:
    from bench.frames import measure

    return measure()


def _start() -> Result:
    from bench.start import measure

    return measure()


def _read() -> Result:
    from bench.read import measure

    return measure()


def _devices() -> Result:
    from bench.devices import measure

    return measure()


def _liveness() -> Result:
    from bench.liveness import measure

    return measure()


def _raster() -> Result:
    from bench.raster import measure

    return measure()


def _certificates() -> Result:
    from bench.certificates import measure

    return measure()


def _offline() -> Result:
    from bench.offline import measure

    return measure()


BENCHMARKS: dict[str, tuple[str, Callable[[], Result]]] = {
    "visit": ("a whole visit against what the devices need by themselves", _visit),
    "identity": ("from the last byte of the card to the identity being known", _identity),
    "faces": ("a face decision against encoding every full frame", _faces),
    "frames": ("gaps between frames while card, face and printer work", _frames),
    "read": ("a card read against the line's own time and the card's", _read),
    "devices": ("every device pulled out and plugged in again, SOAK_CYCLES times", _devices),
    "liveness": ("how many attacks and how many honest visits pass", _liveness),
    "raster": ("a receipt's bytes against python-escpos's image()", _raster),
    "certificates": ("drawn, verified, proved on paper; HOSTILE_FILES (10000)", _certificates),
    "offline": ("the vault's appends, power cuts and audit against their floors", _offline),
    "start": ("cold start to the first full screen, and memory", _start),
}


AS_THE_TERMINAL = frozenset({"visit", "identity", "frames"})
"""These run a terminal in their own process: with the memory settings that it runs with."""


def _apart(name: str) -> Result:
    command = [sys.executable, "-m", "bench", name, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=3600)
    result: Result = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> int:
    """Run one benchmark, or all; the exit status."""
    if sys.argv[1:2] == ["chaos"]:
        from bench.chaos.command import main as chaos

        return chaos(sys.argv[2:])
    names = "\n".join(f"  {name:13} {what}" for name, (what, _) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        "python -m bench",
        description=__doc__,
        epilog=f"benchmarks:\n{names}\n  all           every one\n"
        "  chaos WHAT    long runs, in parts: python -m bench chaos --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=[*BENCHMARKS, "all"], metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    options = parser.parse_args()
    if options.name in AS_THE_TERMINAL:
        memory.begin_anew()
    wanted = list(BENCHMARKS) if options.name == "all" else [options.name]
    results = {}
    for name in wanted:
        # Each in a process of its own: what one has loaded must not help the next.
        results[name] = BENCHMARKS[name][1]() if len(wanted) == 1 else _apart(name)
        if not options.json:
            for key, value in results[name].items():
                print(f"{name:13} {key:28} {value}")
    if options.json:
        print(json.dumps(results if options.name == "all" else results[options.name]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
