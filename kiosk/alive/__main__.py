"""`python -m kiosk.alive`: what a terminal remembers of its starts, and a technician's word."""

import argparse
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kiosk.alive.starts import Starts, Word
from kiosk.config import BadConfiguration, load


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status."""
    parser = argparse.ArgumentParser("python -m kiosk.alive", description=__doc__)
    parser.add_argument(
        "do", choices=("starts", "pardon"),
        help="starts: how many in a row failed; pardon: a terminal that rests tries at once",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration")
    options = parser.parse_args(arguments)
    try:
        folder = load(options.config).terminal.state
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    if not folder.is_dir():
        print(f"{folder}: no terminal has run here", file=sys.stderr)
        return 2
    starts = Starts(folder, partial(datetime.now, UTC))
    if options.do == "pardon":
        starts.note(Word.PARDONED)
    left = starts.rest_left()
    rest = f"rests for {left.total_seconds():.0f} s more" if left else "may start"
    print(f"{starts.failed()} starts in a row failed; the terminal {rest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
