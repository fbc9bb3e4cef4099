"""`python -m drivers.auxiliaries`: keys, power supply, volume, light around, guide lights."""

import argparse
import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

from drivers.auxiliaries.driver import (
    SENSORS,
    AlsaVolume,
    InputPanel,
    NutPower,
    ambient_lux,
)
from drivers.auxiliaries.lights import GpioLights, RelayLights
from drivers.auxiliaries.port import Light, Lights, LightState
from drivers.auxiliaries.protocol import NUT_PORT
from drivers.auxiliaries.simulator import FAULTS, CabinetSimulator
from drivers.commandline import print_fields, report_failure
from drivers.device import DeviceFailure, FailureReason
from drivers.simulation import add_simulate, run_simulator


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("python -m drivers.auxiliaries", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="wait for one key of a keypad")
    key.add_argument("--device", required=True, help="/dev/input/event0")
    key.add_argument("--timeout", type=float, default=30.0, help="seconds (default 30)")
    ups = commands.add_parser("ups", help="ask a power supply how it is")
    ups.add_argument("--target", required=True, help="nut://HOST[:PORT]/NAME")
    volume = commands.add_parser("volume", help="say or set the volume")
    volume.add_argument("--set", type=int, metavar="PERCENT")
    volume.add_argument("--card", default="default")
    volume.add_argument("--control", default="Master", help="the card's control")
    light = commands.add_parser("light", help="how light it is around the terminal, in lux")
    light.add_argument(
        "--devices", type=Path, default=SENSORS, metavar="FOLDER",
        help=f"where the kernel has its sensors (default {SENSORS})",
    )
    guide = commands.add_parser("guide", help="let a guide light show, to see its wiring")
    guide.add_argument("--board", required=True, help="relay board's port, or /dev/gpiochip0")
    guide.add_argument("--output", type=int, required=True, help="the relay or line")
    guide.add_argument("--state", choices=[one.value for one in LightState], default="blinking")
    guide.add_argument("--seconds", type=float, default=3.0, help="for how long (default 3)")
    for command in (key, ups, volume, light, guide):
        command.add_argument("--json", action="store_true")
    add_simulate(commands, "serve a cabinet; prints where", FAULTS)
    return parser.parse_args(arguments)


def parse_nut(target: str) -> NutPower:
    """The supply at `nut://HOST[:PORT]/NAME`. Raises ValueError."""
    parts = urlsplit(target)
    name = parts.path.strip("/")
    if parts.scheme != "nut" or not parts.hostname or not name:
        raise ValueError(f"target {target!r} is not nut://HOST[:PORT]/NAME")
    return NutPower(name, parts.hostname, parts.port or NUT_PORT)


async def ask_key(device: str, timeout: float) -> dict[str, object]:
    """The `key` command's fields. Raises DeviceFailure."""
    panel = InputPanel(device)
    try:
        await panel.open()
        async with asyncio.timeout(timeout):
            return {"key": str(await panel.next_key())}
    except TimeoutError as error:
        raise DeviceFailure(FailureReason.TIMEOUT, f"no key within {timeout:g} s") from error
    finally:
        panel.close()


async def ask_ups(target: str) -> dict[str, object]:
    """The `ups` command's fields. Raises DeviceFailure, ValueError."""
    supply = parse_nut(target)
    await supply.check()
    power = supply.power.value
    return {
        "on_mains": power.on_mains, "battery_low": power.battery_low,
        "charge_percent": power.charge_percent, "seconds_left": power.seconds_left,
    }


async def ask_volume(card: str, control: str, percent: int | None) -> dict[str, object]:
    """The `volume` command's fields. Raises DeviceFailure, ValueError."""
    volume = AlsaVolume(control, card)
    return {"percent": await (volume.get() if percent is None else volume.set(percent))}


async def show_light(options: argparse.Namespace) -> dict[str, object]:
    """The `guide` command's fields: the outputs that did as told. Raises DeviceFailure."""
    outputs = {Light.CARD: options.output}
    lights: Lights
    if options.board.startswith("/dev/gpiochip"):
        lights = GpioLights(options.board, outputs)
    else:
        lights = RelayLights(options.board, outputs)
    try:
        await lights.show(Light.CARD, LightState(options.state))
        await asyncio.sleep(options.seconds)
        await lights.check()
    finally:
        await lights.close()
    return {"output": options.output, "state": options.state}


def run_asking(options: argparse.Namespace) -> int:
    """The commands that ask; the exit status."""
    try:
        match options.command:
            case "key":
                fields = asyncio.run(ask_key(options.device, options.timeout))
            case "ups":
                fields = asyncio.run(ask_ups(options.target))
            case "volume":
                fields = asyncio.run(ask_volume(options.card, options.control, options.set))
            case "guide":
                fields = asyncio.run(show_light(options))
            case _:
                fields = {"lux": ambient_lux(options.devices)}
    except ValueError as error:
        print(f"drivers.auxiliaries: {error}", file=sys.stderr)
        return 2
    except DeviceFailure as failure:
        return report_failure(failure, options.json)
    print_fields(fields, options.json)
    return 0


def main() -> int:
    """Run the command line; the exit status."""
    options = parse()
    if options.command == "simulate":
        return run_simulator(options, CabinetSimulator)
    return run_asking(options)


if __name__ == "__main__":
    sys.exit(main())
