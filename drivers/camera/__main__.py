"""`python -m drivers.camera`: take one picture, or serve a simulated camera."""

import argparse
import asyncio
import sys
from pathlib import Path
from random import Random

from drivers.camera.simulator import FAULTS, CameraSimulator
from drivers.commandline import print_json, report_failure
from drivers.device import DeviceFailure, FailureReason
from drivers.simulation import Reporter, add_simulate, load_plugin, run_simulator

SCENE = "sandbox.people.scenes:frames"
MOVEMENTS = "sandbox.people.scenes:movements"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.camera", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    grab = commands.add_parser("grab", help="take one picture")
    grab.add_argument("--source", required=True, help="0, /dev/video0, an address or a file")
    grab.add_argument("--out", type=Path, required=True, help="a .png or .jpg to write")
    grab.add_argument("--json", action="store_true")
    simulate = add_simulate(commands, "serve a camera; prints its address", FAULTS)
    simulate.add_argument("--person", help="who stands before the camera at the start")
    simulate.add_argument("--fps", type=float, default=24.0)
    simulate.add_argument("--scene", default=SCENE, help="plug-in that draws frames")
    simulate.add_argument("--movements", default=MOVEMENTS, help="plug-in that draws movements")
    return parser.parse_args(arguments)


async def grab_one(source: str, out: Path) -> tuple[int, int]:
    """Write one picture to a file; its width and height. Raises DeviceFailure, ValueError."""
    import cv2

    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.port import Frame
    from drivers.camera.protocol import parse_source

    loop = asyncio.get_running_loop()
    first: asyncio.Future[Frame] = loop.create_future()

    def settle(frame: Frame) -> None:
        if not first.done():
            first.set_result(frame)

    def keep(frame: Frame) -> None:
        loop.call_soon_threadsafe(settle, frame)

    camera = OpenCvCamera(parse_source(source))
    try:
        await camera.open()
        camera.observe(keep)
        frame = await asyncio.wait_for(first, timeout=5)
    except TimeoutError as error:
        raise DeviceFailure(FailureReason.CAMERA_FAULT, f"no picture from {source}") from error
    finally:
        await camera.stop()
        camera.close()
    try:
        written = cv2.imwrite(str(out), frame.picture)
    except cv2.error:
        written = False
    if not written:
        raise ValueError(f"cannot write {out}")
    return frame.picture.shape[1], frame.picture.shape[0]


def run_grab(options: argparse.Namespace) -> int:
    """The `grab` command; the exit status."""
    try:
        width, height = asyncio.run(grab_one(options.source, options.out))
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print_json({"out": str(options.out), "width": width, "height": height})
    else:
        print(f"{options.out}: {width}x{height}")
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """The `simulate` command; the exit status."""
    def make(reporter: Reporter) -> CameraSimulator:
        simulator = CameraSimulator(
            reporter, options.fps, load_plugin(options.scene),
            load_plugin(options.movements), Random(),
        )
        simulator.show(options.person)
        return simulator

    return run_simulator(options, make)


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    return run_grab(options) if options.command == "grab" else run_simulate(options)


if __name__ == "__main__":
    sys.exit(main())
