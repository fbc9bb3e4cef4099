"""The parts around the screen on Linux: input events, NUT, ALSA, industrial sensors."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from drivers.auxiliaries.port import Key, Power, Sensor, failure
from drivers.auxiliaries.protocol import (
    NUT_END,
    NUT_PORT,
    key_of,
    parse_variables,
    parse_volume,
    power_in,
    sensor_of,
)
from drivers.device import (
    DeviceThread,
    Observable,
    Status,
    nobody_waits,
)
from drivers.inputs import InputDevice, InputLost

T = TypeVar("T")

LOOK_SECONDS = 0.1
ASK_SECONDS = 5.0
LONGEST_ANSWER = 500
"""Lines in an answer of NUT; a supply has some dozens of variables."""
SENSORS = Path("/sys/bus/iio/devices")


class InputPanel:
    """Sensors and keys behind one input device, grabbed so that no key types elsewhere."""

    def __init__(self, place: str) -> None:
        self.status: Observable[Status] = Observable(Status.OFFLINE)
        self.sensors: dict[Sensor, Observable[bool | None]] = {
            sensor: Observable(None) for sensor in Sensor
        }
        self._place = place
        self._thread = DeviceThread(f"panel {place}")
        self._device: InputDevice | None = None

    async def open(self) -> None:
        """Begin to listen. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(self._open))

    async def check(self) -> None:
        """Whether it is still there; what came meanwhile is noted. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(lambda: self._take(0.0)))

    async def next_key(self) -> Key:
        """The next key that is pressed from now on. Raises DeviceFailure."""
        return await self._thread.run(lambda stop: self._guarded(lambda: self._wait(stop)))

    def close(self) -> None:
        """Let it go."""
        self._thread.close(self._let_go)

    # In the device's thread

    def _guarded(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except InputLost as error:
            self._let_go()
            self.status.set(Status.NO_DEVICE)
            for sensor in self.sensors.values():
                sensor.set(None)
            raise failure(str(error)) from error

    def _open(self) -> None:
        self._let_go()
        self._device = InputDevice(self._place)
        self.status.set(Status.ONLINE)

    def _wait(self, stopping: threading.Event) -> Key:
        self._take(0.0)
        while not stopping.is_set():
            keys = self._take(LOOK_SECONDS)
            if keys:
                return keys[0]
        raise nobody_waits()

    def _take(self, seconds: float) -> list[Key]:
        """Note what the sensors say; the keys that were pressed."""
        if self._device is None:
            raise failure(f"{self._place} is not open")
        keys = []
        for event in self._device.read(seconds):
            told = sensor_of(event)
            if told is not None:
                self.sensors[told[0]].set(told[1])
            key = key_of(event)
            if key is not None:
                keys.append(key)
        return keys

    def _let_go(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None


class NutPower:
    """A power supply that NUT's upsd knows."""

    def __init__(self, ups: str, host: str = "127.0.0.1", port: int = NUT_PORT) -> None:
        self.power: Observable[Power] = Observable(Power())
        self._ups = ups
        self._address = host, port

    async def check(self) -> None:
        """Ask how it is; `power` tells. Raises DeviceFailure, and then nothing is known."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                lines = await self._ask()
        except (OSError, TimeoutError, ValueError) as error:
            # ValueError: a line that is longer than any, or is no text.
            self.power.set(Power())
            raise failure(f"upsd at {self._address[0]}:{self._address[1]}: {error!r}") from error
        if lines and lines[0].startswith("ERR "):
            self.power.set(Power())
            raise failure(f"upsd: {lines[0].removeprefix('ERR ')} ({self._ups})")
        self.power.set(power_in(parse_variables(lines)))

    async def _ask(self) -> list[str]:
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(f"LIST VAR {self._ups}\n".encode())
            lines: list[str] = []
            while len(lines) < LONGEST_ANSWER:
                line = (await reader.readline()).decode("utf-8").strip()
                if not line:
                    raise ConnectionResetError("the answer broke off")
                lines.append(line)
                if line.startswith(("ERR ", NUT_END)):
                    break
            return lines
        finally:
            writer.close()


class AlsaVolume:
    """The volume of a sound card's control, through amixer."""

    def __init__(self, control: str = "Master", card: str = "default") -> None:
        self._control = control
        self._card = card

    async def get(self) -> int:
        """Percent. Raises DeviceFailure."""
        return await self._amixer("sget", self._control)

    async def set(self, percent: int) -> int:
        """Set it and switch it on; what came of it. Raises DeviceFailure, ValueError."""
        if not 0 <= percent <= 100:
            raise ValueError(f"a volume is from 0 to 100, not {percent}")
        return await self._amixer("sset", self._control, f"{percent}%", "unmute")

    async def _amixer(self, *arguments: str) -> int:
        command = ["amixer", "-D", self._card, *arguments]
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise failure(f"amixer: {error.strerror}") from error
        try:
            told, complaint = await asyncio.wait_for(process.communicate(), ASK_SECONDS)
        except TimeoutError as error:
            process.kill()
            await process.wait()
            raise failure(f"amixer: no answer within {ASK_SECONDS:g} s") from error
        percent = parse_volume(told.decode("utf-8", "replace"))
        if process.returncode or percent is None:
            lines = complaint.decode("utf-8", "replace").strip().splitlines() or ["no volume"]
            raise failure(lines[-1])
        return percent


def ambient_lux(devices: Path = SENSORS) -> float | None:
    """How light it is around the terminal, in lux; None where no sensor says it.

    Reads the kernel's industrial sensors: a value that is ready, or raw times scale.
    """
    for device in sorted(devices.glob("iio:device*")):
        ready, raw = device / "in_illuminance_input", device / "in_illuminance_raw"
        try:
            if ready.exists():
                return float(ready.read_text())
            if raw.exists():
                scale = device / "in_illuminance_scale"
                factor = float(scale.read_text()) if scale.exists() else 1.0
                return float(raw.read_text()) * factor
        except (OSError, ValueError) as error:
            raise failure(f"{device.name}: {error}") from error
    return None
