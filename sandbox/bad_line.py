"""A line as it is in the mountains: late, narrow, cut off now and then, and sometimes silent.

The relay of `line.py`, made bad on demand. Parameters are data, randomness is passed in: the same
seed gives the same jitter and the same waits between resets.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from random import Random

from sandbox.line import LARGEST_PIECE, Line

PIECE = 1024
"""Bytes that go over a bad line at a time."""
WAITING_PIECES = 64
END = b""


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad a line is. Raises ValueError for what no line is."""

    delay_seconds: float = 0.3
    jitter_seconds: float = 0.1
    """The delay is up to so much shorter or longer."""
    bytes_per_second: float = 16_000.0
    """In each direction, for all connections together."""
    reset_seconds: float = 8.0
    """How long until the next connection is reset, on average; 0: none ever is."""
    blackout_after: float = 0.0
    blackout_seconds: float = 0.0
    """When the line falls silent, and for how long; what was sent then arrives afterwards."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not isinstance(value, int | float) or value < 0:
                raise ValueError(f"a line's {name} is {value!r}")
        if self.bytes_per_second == 0 or self.jitter_seconds > self.delay_seconds:
            raise ValueError("a line without width, or with more jitter than delay")


class Channel:
    """One direction of a bad line: when what is sent arrives. Times are of one clock, seconds."""

    def __init__(self, weather: Weather, random: Random, since: float) -> None:
        self._weather = weather
        self._random = random
        self._dark = since + weather.blackout_after
        self._light = self._dark + weather.blackout_seconds
        self._free = since

    def send(self, size: int, now: float) -> tuple[float, float]:
        """When so many bytes have gone out, and when they arrive at the other end."""
        begins = max(now, self._free)
        if self._dark <= begins < self._light:
            begins = self._light
        self._free = begins + size / self._weather.bytes_per_second
        jitter = self._random.uniform(-1, 1) * self._weather.jitter_seconds
        arrives = self._free + self._weather.delay_seconds + jitter
        return self._free, self._light if self._dark <= arrives < self._light else arrives


class BadLine(Line):
    """A line that is good until it is worsened."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._channels: dict[bool, Channel] = {}
        self._resetting: asyncio.Task[None] | None = None

    def worsen(self, weather: Weather, random: Random) -> None:
        """Be bad from now on, with connections that are open, too; called in the loop."""
        self.mend()
        now = asyncio.get_running_loop().time()
        self._channels = {forth: Channel(weather, random, now) for forth in (True, False)}
        if weather.reset_seconds:
            self._resetting = asyncio.create_task(self._reset(weather.reset_seconds, random))

    def mend(self) -> None:
        """Be good again, and let connections through."""
        super().mend()
        self._channels = {}
        if self._resetting is not None:
            self._resetting.cancel()
            self._resetting = None

    def close(self) -> None:
        """End all connections and stop listening."""
        self.mend()
        super().close()

    async def _reset(self, seconds: float, random: Random) -> None:
        while True:
            await asyncio.sleep(random.expovariate(1 / seconds))
            if self._open:
                random.choice(list(self._open)).transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, forth: bool
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING_PIECES)
        arriving = asyncio.create_task(arrive(under_way, writer))
        loop = asyncio.get_running_loop()
        last = 0.0
        try:
            with contextlib.suppress(ConnectionError):
                while data := await reader.read(PIECE if self._channels else LARGEST_PIECE):
                    gone = last = max(last, loop.time())
                    if channel := self._channels.get(forth):
                        gone, arrives = channel.send(len(data), loop.time())
                        last = max(last, arrives)
                    await under_way.put((last, data))
                    await asyncio.sleep(gone - loop.time())
            await under_way.put((last, END))
            await arriving
        finally:
            arriving.cancel()


async def arrive(
    under_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
) -> None:
    """Let what was sent arrive in its time and order; what nobody waits for any more is lost."""
    loop = asyncio.get_running_loop()
    while True:
        due, data = await under_way.get()
        await asyncio.sleep(due - loop.time())
        if data == END:
            break
        with contextlib.suppress(ConnectionError):
            writer.write(data)
            await writer.drain()
    writer.close()
