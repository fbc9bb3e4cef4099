"""`python -m tests.fuzz`: every protocol and format under atheris, for FUZZ_SECONDS in all.

Each target gets an equal share of the time, in a process of its own. The last line of
output is a JSON object with the executions of each; the exit status is 1 if any input
raised something that its target does not list.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

from tests.fuzz.targets import TARGETS

SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))


def run(name: str, seconds: int) -> tuple[int, bool]:
    """Fuzz one target; how often it was executed, and whether it held."""
    with tempfile.TemporaryDirectory(prefix="tongban-fuzz-") as folder:
        command = [
            sys.executable, "-m", "tests.fuzz.targets", name,
            f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-max_len=3000",
            "-print_final_stats=1",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    held = done.returncode == 0
    if not held:
        print(done.stderr[-3000:], file=sys.stderr)
    return int(found.group(1)) if found else 0, held


def main() -> int:
    """Fuzz all targets, or those named; the exit status."""
    names = sys.argv[1:] or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        print(f"no target {unknown[0]!r}; known: {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    share = max(1, SECONDS // len(names))
    executed, broken = {}, []
    for name in names:
        executed[name], held = run(name, share)
        broken += [] if held else [name]
        print(f"{name:24} {executed[name]:>12,} executions {'held' if held else 'BROKE'}")
    total = sum(executed.values())
    print(json.dumps({"executions": total, "by_target": executed, "broken": broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
