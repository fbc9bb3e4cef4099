"""Thousands of visits to one terminal without a screen: it must not grow.

Most citizens go before they have signed in or only look at what there is; one in ten prints.
The terminal is measured every hundred visits, between two of them. What the audit keeps for
the months that the law asks for grows by design: so the disk's bound is for each visit.
"""

import json
import queue
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

from bench.chaos.forks import Order
from bench.chaos.site import Line, site

HASTY, PRINTING = 0.5, 0.1
SAMPLE_EVERY = 100
SETTLED_AFTER = 300
"""Visits after which caches are full: what grows from then on grows."""
RSS_BOUND_KIB = 4096
"""How much larger the resident memory may be in the end, for every thousand visits since."""
THREADS_BOUND, DESCRIPTORS_BOUND = 2, 4
"""How many more there may be in the end: connections come and go."""
DISK_BOUND_KIB = 24
"""For each visit: its audit, at most as long as it lies in the log before a checkpoint too."""
QUIET_SECONDS = 120.0


def run_visits(seed: int, count: int) -> dict[str, Any]:
    """So many visits; how they ended, what was slow, and how the terminal grew."""
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    steps: defaultdict[str, list[float]] = defaultdict(list)
    samples: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="tongban-visits-") as name, site(Path(name)) as place:
        order = Order(seed, count, PRINTING, HASTY, min(SAMPLE_EVERY, max(1, count // 4)))
        child = place.begin(order)
        while True:
            try:
                line = place.hear(QUIET_SECONDS)
            except queue.Empty as error:
                why = f"after {outcomes.total()} visits nothing happened; {place.log()}"
                raise RuntimeError(why) from error
            match line["event"]:
                case "visit":
                    outcomes[line["outcome"]] += 1
                    for step, seconds in line["steps"].items():
                        steps[step].append(seconds)
                case "sample":
                    samples.append(line)
                    print(json.dumps(line), file=sys.stderr)
                case "stuck":
                    raise RuntimeError(f"a visit did not end: {line}; {place.log()}")
                case "ended" if line["child"] == child:
                    break
    seconds = time.monotonic() - began
    slow = sorted(steps, key=lambda step: -sum(steps[step]))[:6]
    return {
        "what": "visits", "seed": seed, "visits": outcomes.total(), "outcomes": dict(outcomes),
        "seconds": round(seconds, 1),
        "slow_steps_s": {step: round(mean(steps[step]), 3) for step in slow},
        **growth(samples),
    }


def growth(samples: list[Line]) -> dict[str, Any]:
    """How the terminal grew between its settling and the end, and which bounds that broke."""
    settled = next((one for one in samples if one["visits"] >= SETTLED_AFTER), samples[0])
    last = samples[-1]
    visits = max(1, last["visits"] - settled["visits"])
    grown = {name: last[name] - settled[name] for name in settled if name.endswith("_kib")}
    more = {name: last[name] - settled[name] for name in ("threads", "descriptors")}
    broken = {
        "memory": grown["rss_kib"] > RSS_BOUND_KIB * max(1.0, visits / 1000),
        "threads": more["threads"] > THREADS_BOUND,
        "descriptors": more["descriptors"] > DESCRIPTORS_BOUND,
        "disk": grown["disk_kib"] > DISK_BOUND_KIB * visits,
    }
    measured = ("visits", "rss_kib", "threads", "descriptors", "disk_kib", "files")
    return {
        "measured": [[one[name] for name in measured] for one in samples],
        "memory_kib_per_1000": round(1000 * grown["rss_kib"] / visits),
        "disk_kib_per_visit": round(grown["disk_kib"] / visits, 2),
        **{f"more_{name}": count for name, count in more.items()},
        "bounds_broken": sum(broken.values()),
        "broken": {name: int(is_broken) for name, is_broken in broken.items()},
    }
