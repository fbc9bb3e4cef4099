"""`python -m kiosk.faces`: compare two pictures, or a reference with a camera."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from random import SystemRandom

from kiosk.config import FacesSection
from kiosk.errors import Failure
from kiosk.faces.port import Hint
from kiosk.reasons import Reason
from kiosk.worker import Refusal


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m kiosk.faces", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser("compare", help="are two pictures of the same person?")
    compare.add_argument("a", type=Path)
    compare.add_argument("b", type=Path)
    verify = commands.add_parser("verify", help="is this person before the camera?")
    verify.add_argument("--reference", type=Path, required=True, help="a picture")
    verify.add_argument("--source", required=True, help="0, /dev/video0, an address, a video")
    for command in (compare, verify):
        command.add_argument("--threshold", type=float, default=FacesSection.threshold)
        command.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def compare_files(a: Path, b: Path) -> float:
    """The distance of the faces in two picture files. Raises OSError, Refusal."""
    import numpy as np

    from kiosk.faces.worker import decode_picture, measure_reference

    first, second = (measure_reference(decode_picture(path.read_bytes())) for path in (a, b))
    return float(np.linalg.norm(first - second))


async def verify_source(reference: Path, source: str, threshold: float) -> dict[str, object]:
    """The promised fields of `verify`. Raises OSError, Failure, DeviceFailure."""
    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.protocol import parse_source
    from kiosk.faces.service import FaceService, FrameSlot
    from kiosk.worker import Worker

    picture = reference.read_bytes()
    worker = Worker("kiosk.faces.worker", memory_mb=900, seconds=20)
    faces = FaceService(worker, threshold)
    camera = OpenCvCamera(parse_source(source))
    slot = FrameSlot(asyncio.get_running_loop())

    async def give() -> bytes:
        return picture

    try:
        kind = await faces.prepare(b"", give)
        await camera.open()
        camera.observe(lambda frame: slot.put(frame.picture))
        verdict = await faces.confirm(slot, kind, Teller(), SystemRandom())
    finally:
        await camera.stop()
        camera.close()
        await worker.stop()
    return {
        "same": verdict.same,
        "distance": round(verdict.distance, 4),
        "live": verdict.live,
        "why": [] if verdict.doubt is None else [str(verdict.doubt)],
    }


class Teller:
    """Says on standard error what the person should do, once each time."""

    def __init__(self) -> None:
        self._said: Hint | None = None

    def __call__(self, hint: Hint) -> None:
        """Say a hint, unless it was said last."""
        if hint is not self._said:
            self._said = hint
            print(hint, file=sys.stderr, flush=True)


def main() -> int:
    """Run the command line; the exit status."""
    from drivers.device import DeviceFailure

    options = parse()
    try:
        if options.command == "compare":
            distance = compare_files(options.a, options.b)
            same = distance < options.threshold
            fields: dict[str, object] = {"same": same, "distance": round(distance, 4)}
        else:
            fields = asyncio.run(
                verify_source(options.reference, options.source, options.threshold)
            )
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    except Refusal as refusal:
        return fail(options.json, str(Reason.FACE_NOT_FOUND), str(refusal))
    except (Failure, DeviceFailure) as failure:
        return fail(options.json, str(failure.reason), failure.detail)
    if options.json:
        print(json.dumps(fields))
    else:
        print(", ".join(f"{name} {value}" for name, value in fields.items()))
    return 0


def fail(as_json: bool, reason: str, detail: str) -> int:
    """Say what failed; the exit status."""
    if as_json:
        print(json.dumps({"reason": reason, "detail": detail}))
    else:
        print(f"{reason}: {detail}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
