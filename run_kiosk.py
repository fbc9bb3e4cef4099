"""Starts the terminal: `--config` for a real one, `--demo` on simulated devices."""

import argparse
import sys
from pathlib import Path

from kiosk.allocator import limit_arenas
from kiosk.hygiene import dumps, memory


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("run_kiosk.py", description=__doc__)
    parser.add_argument("--config", type=Path, help="the terminal's configuration (TOML)")
    parser.add_argument("--demo", action="store_true", help="simulated devices and platform")
    parser.add_argument("--headless", action="store_true", help="with --demo: no screen")
    parser.add_argument(
        "--citizen", default="li-xiulan", help="who comes: an id of `python -m sandbox people`"
    )
    parser.add_argument(
        "--by", default="face", choices=("face", "phone", "call", "show", "staff"),
        help="with --headless: how the citizen signs in (default: card and face)",
    )
    parser.add_argument(
        "--guardian", help="with --headless: who comes along with a child, and signs in"
    )
    parser.add_argument(
        "--card", default="id", choices=("id", "social"),
        help="with --headless: which card is laid down (default: the ID card)",
    )
    parser.add_argument("--certificate", help="the kind to print (default: the first)")
    parser.add_argument("--copies", type=int, default=1, choices=range(1, 6), metavar="1-5")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where papers go")
    options = parser.parse_args(arguments)
    if options.demo == (options.config is not None):
        parser.error("give either --config FILE or --demo")
    if options.headless and not options.demo:
        parser.error("--headless goes with --demo")
    if (options.by != "face" or options.guardian) and not options.headless:
        parser.error("--by and --guardian go with --headless")
    if options.guardian and options.by in ("phone", "show"):
        parser.error("--guardian goes with a way that needs a card: the child's comes first")
    if options.card != "id" and (not options.headless or options.by in ("phone", "show")):
        parser.error("--card goes with --headless, and with a way that needs a card")
    return options


def main() -> int:
    """Run the terminal; the exit status."""
    options = parse()
    memory.begin_anew()
    dumps.forbid_dumps()
    limit_arenas()
    if options.headless:
        from provisioning.headless import run_headless

        return run_headless(
            options.citizen, options.certificate, options.copies, options.out, options.by,
            options.card, options.guardian,
        )
    if options.demo:
        from provisioning.demo import run_demo

        return run_demo(options.out)
    from screens.app import run_configured

    return run_configured(options.config)


if __name__ == "__main__":
    sys.exit(main())
