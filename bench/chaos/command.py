"""`python -m bench chaos WHAT`: kills, visits, power and the line, in parts that add up.

Each part has a seed of its own and leaves one line of JSON in the file given by `--out`, so that
long runs can be stopped and gone on with; the last line of output adds the file's lines up.
"""

import argparse
import json
import operator
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Result = dict[str, Any]
BOUNDS = ("lost", "twice", "unreadable", "chain", "delivered_twice", "printed_twice",
          "wrong_about_paper", "not_started", "bounds_broken", "out_of_order")
"""What is to be zero, wherever it is counted."""

LARGEST = ("memory_kib_per_1000", "disk_kib_per_visit", "ratio", "slow_steps_s")
"""Of these the largest of all parts is told, not the sum."""


def run_kills(options: argparse.Namespace, seed: int) -> Result:
    """One part of kills."""
    from bench.chaos.kills import run_part

    return run_part(seed, options.count).as_json()


def run_power(options: argparse.Namespace, seed: int) -> Result:
    """One part of power cuts."""
    from bench.chaos.power import cut_power

    return {"what": "power", "seed": seed, **cut_power(seed, options.count).as_json()}


def run_visits(options: argparse.Namespace, seed: int) -> Result:
    """One part of visits: one terminal that is not killed."""
    from bench.chaos.visits import run_visits

    return run_visits(seed, options.count)


def run_line(options: argparse.Namespace, seed: int) -> Result:
    """One part over a bad line."""
    from bench.chaos.line import send_over_bad_line

    return send_over_bad_line(seed, options.count)


KINDS: dict[str, tuple[str, int, Callable[[argparse.Namespace, int], Result]]] = {
    "kills": ("SIGKILL at random moments of visits; --count kills a part", 50, run_kills),
    "visits": ("visits to one terminal that must not grow; --count visits a part", 500, run_visits),
    "line": ("a line of 300 ms, 16 kB/s, resets, a minute's silence; --count records", 400,
             run_line),
    "power": ("a power cut at every sync; --count steps of work a part", 150, run_power),
}


def add_up(results: list[Result]) -> Result:
    """Numbers are summed, counts by name are summed by name; seeds are counted as parts."""
    total: Result = {"parts": len(results)}
    for result in results:
        for name, value in result.items():
            join = max if name in LARGEST else operator.add
            if isinstance(value, dict):
                sums = total.setdefault(name, {})
                for key, count in value.items():
                    sums[key] = join(sums.get(key, 0), count)
            elif isinstance(value, int | float) and name != "seed":
                total[name] = round(join(total.get(name, 0), value), 2)
    return total


def main(arguments: list[str]) -> int:
    """Run parts and tell their sum; 1 where something was lost, doubled or unreadable."""
    kinds = "\n".join(f"  {name:8} {what}" for name, (what, _, _) in KINDS.items())
    parser = argparse.ArgumentParser(
        "python -m bench chaos", description=__doc__, epilog=f"what:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=[*KINDS], metavar="WHAT")
    parser.add_argument("--parts", type=int, default=1, help="how many (1)")
    parser.add_argument("--count", type=int, help="how much in each part")
    parser.add_argument("--seed", type=int, default=1, help="of the first part (1)")
    parser.add_argument("--out", type=Path, help="a file that gets a line for each part")
    options = parser.parse_args(arguments)
    _, usual, run = KINDS[options.what]
    options.count = options.count or usual
    results = []
    for seed in range(options.seed, options.seed + options.parts):
        results.append(run(options, seed))
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps(results[-1]) + "\n")
        print(f"part {seed}: {json.dumps(results[-1])}", file=sys.stderr)
    if options.out is not None:
        lines = options.out.read_text(encoding="utf-8").splitlines()
        results = [one for line in lines if (one := json.loads(line))["what"] == options.what]
    total = add_up(results)
    print(json.dumps(total))
    return 1 if any(total.get(name) for name in BOUNDS) else 0
