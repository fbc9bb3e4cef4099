"""`python -m kiosk.certificates`: files, identifiers, paper, and profiles of kinds."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.certificates.identifier import check_identifier
from kiosk.certificates.profile_file import load_profiles
from kiosk.certificates.profiles import as_json
from kiosk.certificates.verdict import BAD_TRUST
from kiosk.config import BadConfiguration
from kiosk.reasons import Reason
from kiosk.worker import Answer, Refusal, Worker, WorkerFault

WORKER = "kiosk.certificates.worker"
MEMORY_MB = 512
SECONDS = 5.0
SCAN_MEMORY_MB, SCAN_SECONDS = 1024, 60.0
"""Reading a page takes three passes of Tesseract at most."""
LEAST_DPI, MOST_DPI = 1.0, 2400.0
KEPT = Path("out/trust")
"""Where the demo leaves what verifies its papers."""


def count(text: str) -> int:
    """A number from 1. Raises ValueError."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def resolution(text: str) -> float:
    """Dots to the inch, above zero. Raises ValueError."""
    if not LEAST_DPI <= float(text) <= MOST_DPI:
        raise ValueError(text)
    return float(text)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m kiosk.certificates", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="intact, covered, signed by whom, trusted")
    verify.add_argument("file", type=Path)
    verify.add_argument("--trust", type=Path, help="folder with trusted .crt files")
    verify.add_argument("--json", action="store_true")
    render = commands.add_parser("render", help="a page as a picture")
    render.add_argument("file", type=Path)
    render.add_argument("--page", type=count, default=1)
    render.add_argument("--dpi", type=resolution, default=96)
    render.add_argument("--out", type=Path, required=True, help="a .png to write")
    check = commands.add_parser("check-id", help="structure and check character (GB/T 36904)")
    check.add_argument("identifier")
    scan = commands.add_parser("scan", help="verify a printed copy from a picture, offline")
    scan.add_argument("image", type=Path, help="a picture or a PDF")
    scan.add_argument(
        "--trust", type=Path,
        help="folder with trusted .crt files and both lists (default: trust/ beside the picture, "
        f"else {KEPT})",
    )
    scan.add_argument("--json", action="store_true")
    profiles = commands.add_parser("profiles", help="check and list profiles of kinds")
    profiles.add_argument("--folder", type=Path, help="a site's own, before the shipped ones")
    profiles.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


async def ask(
    call: Callable[[Worker], Awaitable[Answer]],
    memory_mb: int = MEMORY_MB, seconds: float = SECONDS,
) -> Answer:
    """Ask a worker that is started for this and ended again."""
    worker = Worker(WORKER, memory_mb, seconds)
    try:
        return await call(worker)
    finally:
        await worker.stop()


def run_verify(options: argparse.Namespace) -> int:
    """The `verify` command; 0 only for a genuine file."""
    document = options.file.read_bytes()
    fields = {"trust": str(options.trust.resolve()) if options.trust else ""}
    answer, _ = asyncio.run(ask(lambda worker: worker.call("verify", fields, [document])))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(f"verdict   {answer['verdict']}")
        print(f"intact    {answer['intact']}")
        print(f"uncovered {', '.join(answer['uncovered']) or '-'}")
        for one in answer["signatures"]:
            print(f"signed by {one['signer']} ({one['chain']}) at {one['signed_at']}")
        if answer["detail"]:
            print(f"detail    {answer['detail']}")
    return 0 if answer["verdict"] == "genuine" else 1


def run_render(options: argparse.Namespace) -> int:
    """The `render` command; the exit status."""
    document = options.file.read_bytes()
    fields = {"page": options.page, "dpi": options.dpi}
    answer, blobs = asyncio.run(ask(lambda worker: worker.call("render", fields, [document])))
    size = answer["width"], answer["height"]
    Image.frombytes("RGB", size, blobs[0]).save(options.out)
    print(f"{options.out}: {size[0]}x{size[1]}")
    return 0


def run_scan(options: argparse.Namespace) -> int:
    """The `scan` command; 0 only for a genuine copy."""
    picture = options.image.read_bytes()
    beside = options.image.parent / "trust"
    trust = options.trust or (beside if beside.is_dir() else KEPT)
    if options.trust and not trust.is_dir():
        raise ValueError(f"{trust} is no folder")
    fields = {"trust": str(trust.resolve()) if trust.is_dir() else ""}
    answer, _ = asyncio.run(ask(
        lambda worker: worker.call("scan", fields, [picture]), SCAN_MEMORY_MB, SCAN_SECONDS
    ))
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(f"verdict     {answer['verdict']}")
        print(f"as known on {answer['checked_as_of']}")
        print(f"the page    {answer['page']}")
        for name, value in (answer["claims"] or {}).items():
            print(f"{name:15} {value}")
        if answer["why"]:
            print(f"why         {answer['why']}")
    return 0 if answer["verdict"] == "genuine" else 1


def run_check_id(options: argparse.Namespace) -> int:
    """The `check-id` command; the exit status."""
    problem = check_identifier(options.identifier)
    print(problem or "sound")
    return 1 if problem else 0


def run_profiles(options: argparse.Namespace) -> int:
    """The `profiles` command; 0 only where all can be read."""
    try:
        profiles = load_profiles(options.folder)
    except BadConfiguration as error:
        if not options.json:
            raise
        print(json.dumps({"reason": Reason.BAD_CONFIGURATION, "detail": str(error)}))
        return 1
    all_of = [profiles.default, *profiles.by_id.values()]
    if options.json:
        print(json.dumps({"profiles": [as_json(one) for one in all_of]}, ensure_ascii=False))
        return 0
    for one in all_of:
        rules = one.printing
        paper = f"{rules.most_copies} copies, {rules.copy_days} days" if one.printable else "never"
        print(f"{one.id:20} {one.level.name.lower():12} {paper:20} {one.name_zh} {one.name_en}")
    return 0


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    run: dict[str, Callable[[Any], int]] = {
        "verify": run_verify,
        "render": run_render,
        "check-id": run_check_id,
        "scan": run_scan,
        "profiles": run_profiles,
    }
    try:
        return run[options.command](options)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except Refusal as refusal:
        if refusal.kind == BAD_TRUST:
            print(refusal.detail, file=sys.stderr)
            return 2
        return complain(options, refusal)
    except WorkerFault as fault:
        return complain(options, fault)


def complain(options: argparse.Namespace, error: Exception) -> int:
    """Say that a file cannot be used; the exit status."""
    reason = str(Reason.CERTIFICATE_UNREADABLE)
    if getattr(options, "json", False):
        print(json.dumps({"reason": reason, "detail": str(error)}))
    else:
        print(f"{reason}: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
