"""Guide lights: on the lines of a GPIO chip, or on a relay board behind a serial line."""

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping

import gpiod
from gpiod.line import Direction, Value

from drivers.auxiliaries.port import Light, LightState, failure
from drivers.auxiliaries.protocol import RELAY_ASK, parse_relays, relay_frame
from drivers.device import DeviceFailure, DeviceThread
from drivers.serial_line import LineLost, SerialLine

BLINK_SECONDS = 0.4
RELAY_BAUD = 9600
RELAY_ANSWER_SECONDS = 0.6
SWITCH_LIMIT_SECONDS = 3.0


class SwitchedLights(ABC):
    """Lights that are on or off, each on an output with a number; blinking is ours.

    A light that blinks and cannot be switched any more stops blinking; `check` says so.
    """

    def __init__(self, outputs: Mapping[Light, int]) -> None:
        self._outputs = dict(outputs)
        self._told = dict.fromkeys(self._outputs.values(), False)
        self._blinking: dict[Light, asyncio.Task[None]] = {}

    async def show(self, light: Light, state: LightState) -> None:
        """Let a light show. Raises DeviceFailure, KeyError for one that is not there."""
        output = self._outputs[light]
        await self._stop_blinking(light)
        await self._tell(output, state is not LightState.OFF)
        if state is LightState.BLINKING:
            self._blinking[light] = asyncio.create_task(self._blink(output))

    async def check(self) -> None:
        """Whether every output is as it was told. Raises DeviceFailure."""
        told = dict(self._told)
        for output, on in (await self._look()).items():
            if output in told and told[output] == self._told[output] and on != told[output]:
                raise failure(f"output {output} is {'on' if on else 'off'}, told otherwise")

    async def close(self) -> None:
        """All lights off, as far as that can be done, and the outputs free."""
        for light, output in self._outputs.items():
            await self._stop_blinking(light)
            with contextlib.suppress(DeviceFailure):
                await self._tell(output, False)
        self._let_go()

    async def _stop_blinking(self, light: Light) -> None:
        task = self._blinking.pop(light, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _blink(self, output: int) -> None:
        on = True
        while True:
            await asyncio.sleep(BLINK_SECONDS)
            on = not on
            await self._tell(output, on)

    async def _tell(self, output: int, on: bool) -> None:
        self._told[output] = on
        await self._switch(output, on)

    @abstractmethod
    async def _switch(self, output: int, on: bool) -> None:
        """Switch an output. Raises DeviceFailure."""

    @abstractmethod
    async def _look(self) -> dict[int, bool]:
        """How the outputs are; empty where that cannot be asked. Raises DeviceFailure."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give the outputs back."""


class GpioLights(SwitchedLights):
    """Lights on the lines of a GPIO chip. The kernel answers at once, so no thread."""

    def __init__(self, chip: str, lines: Mapping[Light, int]) -> None:
        """Take the lines, all off. Raises DeviceFailure."""
        super().__init__(lines)
        settings = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)
        try:
            self._request = gpiod.request_lines(
                chip, consumer="tongban", config={tuple(lines.values()): settings}
            )
        except (OSError, ValueError) as error:
            raise failure(f"{chip}: {error}") from error

    async def _switch(self, output: int, on: bool) -> None:
        try:
            self._request.set_value(output, Value.ACTIVE if on else Value.INACTIVE)
        except OSError as error:
            raise failure(f"GPIO line {output}: {error}") from error

    async def _look(self) -> dict[int, bool]:
        try:
            return {
                output: self._request.get_value(output) is Value.ACTIVE
                for output in self._outputs.values()
            }
        except OSError as error:
            raise failure(f"GPIO lines: {error}") from error

    def _let_go(self) -> None:
        self._request.release()


class RelayLights(SwitchedLights):
    """Lights on a relay board; opened again at the next call after it was pulled out."""

    def __init__(self, place: str, channels: Mapping[Light, int]) -> None:
        super().__init__(channels)
        self._place = place
        self._thread = DeviceThread(f"lights {place}")
        self._line: SerialLine | None = None

    async def open(self) -> None:
        """Look whether the board is there. Raises DeviceFailure."""
        await self.check()

    async def _switch(self, output: int, on: bool) -> None:
        frame = relay_frame(output, on)
        await self._thread.run(lambda _: self._write(frame), SWITCH_LIMIT_SECONDS)

    async def _look(self) -> dict[int, bool]:
        return await self._thread.run(lambda _: self._ask(), SWITCH_LIMIT_SECONDS)

    def _let_go(self) -> None:
        self._thread.close(self._close_line)

    # In the board's thread

    def _write(self, frame: bytes) -> None:
        try:
            self._opened().write(frame)
        except LineLost as error:
            self._close_line()
            raise failure(str(error)) from error

    def _ask(self) -> dict[int, bool]:
        """What the board says of its channels; boards of one relay say nothing."""
        try:
            line = self._opened()
            line.discard()
            line.write(RELAY_ASK)
            return parse_relays(self._gather(line))
        except LineLost as error:
            self._close_line()
            raise failure(str(error)) from error

    def _gather(self, line: SerialLine) -> bytes:
        answer = b""
        wanted = set(self._outputs.values())
        deadline = time.monotonic() + RELAY_ANSWER_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            answer += line.read(left)
            if answer.endswith(b"\n") and wanted <= parse_relays(answer).keys():
                break
        return answer

    def _opened(self) -> SerialLine:
        if self._line is None:
            self._line = SerialLine(self._place, RELAY_BAUD)
        return self._line

    def _close_line(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
