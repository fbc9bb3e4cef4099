"""`python -m sandbox`: the platform stand-in, its people, and a whole stage for a terminal."""

import argparse
import asyncio
import sys
from pathlib import Path


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="the platform (API at /docs) and other regions")
    serve.add_argument("--port", type=int, default=8480)
    serve.add_argument("--state", type=Path, default=Path("var/sandbox"), help="keys go here")
    commands.add_parser("people", help="list the residents")
    commands.add_parser("openapi", help="print the OpenAPI document")
    portrait = commands.add_parser("portrait", help="draw a resident's face")
    portrait.add_argument("person")
    portrait.add_argument("--out", type=Path, required=True)
    stage = commands.add_parser("stage", help="platform and simulated devices for a terminal")
    stage.add_argument("--folder", type=Path, required=True, help="keys, papers, trust")
    stage.add_argument("--first-page", type=float, default=8.0, help="seconds")
    stage.add_argument("--read-seconds", type=float, default=1.0)
    stage.add_argument(
        "--chip-cards", action="store_true", help="a chip-card reader too, where pcscd is installed"
    )
    return parser.parse_args(arguments)


def run_serve(options: argparse.Namespace) -> int:
    """The `serve` command; the exit status."""
    from sandbox.serving import serve_all

    try:
        asyncio.run(serve_all(options.port, options.state))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        print(f"cannot serve at port {options.port}: {error}", file=sys.stderr)
        return 2
    return 0


def run_people(_: argparse.Namespace) -> int:
    """The `people` command; the exit status."""
    from sandbox.people.registry import people

    for someone in people().values():
        kinds = ", ".join(
            f"{one.type}{'' if one.status == 'valid' else f' ({one.status})'}"
            for one in someone.certificates
        )
        print(f"{someone.id:14} {someone.name:12} {someone.documents[0]:18} {kinds or '-'}")
    return 0


def run_openapi(_: argparse.Namespace) -> int:
    """The `openapi` command; the exit status."""
    import tempfile

    from sandbox.server import create_app, openapi_json

    with tempfile.TemporaryDirectory() as folder:
        print(openapi_json(create_app("http://127.0.0.1:8480", Path(folder))))
    return 0


def run_portrait(options: argparse.Namespace) -> int:
    """The `portrait` command; the exit status."""
    import cv2

    from sandbox.people.drawing import draw_portrait
    from sandbox.people.registry import person

    try:
        picture = draw_portrait(person(options.person).recipe)
        written = cv2.imwrite(str(options.out), picture)
    except (ValueError, cv2.error) as error:
        print(error, file=sys.stderr)
        return 2
    if not written:
        print(f"cannot write {options.out}", file=sys.stderr)
    return 0 if written else 2


def run_stage(options: argparse.Namespace) -> int:
    """The `stage` command; the exit status."""
    from sandbox.stage import Pace, run

    pace = Pace(first_page=options.first_page, card_read=options.read_seconds)
    return asyncio.run(run(options.folder, pace, options.chip_cards))


RUN = {
    "serve": run_serve,
    "people": run_people,
    "openapi": run_openapi,
    "portrait": run_portrait,
    "stage": run_stage,
}


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return RUN[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
