"""`python -m kiosk.certificates`: verify and draw certificate files, check identifiers."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.certificates.identifier import check_identifier
from kiosk.reasons import Reason
from kiosk.worker import Answer, Refusal, Worker, WorkerFault

WORKER = "kiosk.certificates.worker"
MEMORY_MB = 512
SECONDS = 5.0


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
    render.add_argument("--page", type=int, default=1)
    render.add_argument("--dpi", type=float, default=96)
    render.add_argument("--out", type=Path, required=True, help="a .png to write")
    check = commands.add_parser("check-id", help="structure and check character (GB/T 36904)")
    check.add_argument("identifier")
    return parser.parse_args(arguments)


async def ask(call: Callable[[Worker], Awaitable[Answer]]) -> Answer:
    """Ask a worker that is started for this and ended again."""
    worker = Worker(WORKER, MEMORY_MB, SECONDS)
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


def run_check_id(options: argparse.Namespace) -> int:
    """The `check-id` command; the exit status."""
    problem = check_identifier(options.identifier)
    print(problem or "sound")
    return 1 if problem else 0


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    run: dict[str, Callable[[Any], int]] = {
        "verify": run_verify,
        "render": run_render,
        "check-id": run_check_id,
    }
    try:
        return run[options.command](options)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except (Refusal, WorkerFault) as error:
        reason = str(Reason.CERTIFICATE_UNREADABLE)
        if getattr(options, "json", False):
            print(json.dumps({"reason": reason, "detail": str(error)}))
        else:
            print(f"{reason}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
