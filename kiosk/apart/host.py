"""`python -m kiosk.apart.host`: a device process, started by the terminal and for nobody else.

It makes one device, does what it is asked over its line, and ends when the terminal hangs up.
"""

import argparse
import asyncio
import faulthandler
import logging
import os
import signal
import socket
import sys
import traceback
from typing import Any

from drivers.device import DeviceFailure
from drivers.supervisor import Role
from kiosk.allocator import limit_arenas
from kiosk.apart.calls import APART, Call, calls_of
from kiosk.apart.desks import Desk, make_desk
from kiosk.apart.forms import pack, unpack
from kiosk.apart.line import Line, Message
from kiosk.config import DevicesSection
from kiosk.hygiene import dumps
from kiosk.worker import Fields

LAST_SECONDS = 0.5
"""How long calls may take to notice that the terminal has hung up."""


class Host:
    """Serves one device over one line."""

    def __init__(self, line: Line, role: Role, ring: int | None) -> None:
        self._line = line
        self._role = role
        self._ring = ring
        self._calls = calls_of(role)
        self._loop = asyncio.get_running_loop()
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Make the device, and serve until the terminal hangs up. Raises Garbled."""
        desk = await self._make()
        if desk is None:
            return
        while (message := await self._line.receive()) is not None:
            self._take(desk, message)
        for task in self._under_way.values():
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=LAST_SECONDS)
        desk.close()

    async def _make(self) -> Desk | None:
        """The device that the terminal wants first of all; None where it cannot be."""
        message = await self._line.receive()
        if message is None:
            return None
        try:
            devices = DevicesSection(**message[0]["make"])
            desk = make_desk(self._role, devices, self._tell, self._ring)
        except ValueError as error:
            self._line.send({"refused": str(error)})
            return None
        self._line.send({"made": True})
        return desk

    def _take(self, desk: Desk, message: Message) -> None:
        fields, blobs = message
        if "ping" in fields:
            self._line.send({"pong": True})
        elif "cancel" in fields:
            if (task := self._under_way.get(fields["cancel"])) is not None:
                task.cancel()
        elif "call" in fields:
            number = int(fields["call"])
            task = asyncio.create_task(self._answer(desk, number, fields, blobs))
            self._under_way[number] = task
            task.add_done_callback(lambda _: self._under_way.pop(number, None))
        else:
            desk.take(fields)

    async def _answer(self, desk: Desk, number: int, fields: Fields, blobs: list[bytes]) -> None:
        """Do one call, and say what came of it."""
        given: list[bytes] = []
        try:
            answer: Fields = {"gives": pack(await self._do(desk, number, fields, blobs), given)}
        except DeviceFailure as failure:
            answer = {"reason": str(failure.reason), "detail": failure.detail}
        except ValueError as error:
            answer = {"bad_value": True, "detail": str(error)}
        except Exception as error:  # noqa: BLE001 (the border of the process: said, not hidden)
            answer = {"broke": True, "detail": place_of(error)}
        desk.look_at_status()
        # In its turn: who has the answer has heard before how the device is.
        self._loop.call_soon(self._line.send, {"of": number, **answer}, given)

    async def _do(self, desk: Desk, number: int, fields: Fields, blobs: list[bytes]) -> Any:
        call: Call = self._calls[fields["do"]]
        given = [
            unpack(kind, form, blobs) for kind, form in zip(call.takes, fields["with"], strict=True)
        ]
        if call.progress:
            given.append(lambda step: self._tell({"of": number, "progress": str(step)}))
        desk.begin()
        return await desk.calls[fields["do"]](*given)

    def _tell(self, fields: Fields) -> None:
        """Say something; may be called in any thread, and keeps the order of calls."""
        self._loop.call_soon_threadsafe(self._line.send, fields)


def place_of(error: Exception) -> str:
    """Which error it was and where, without its words: they may hold what was being read."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {os.path.basename(frame.filename)}:{frame.lineno}"


async def serve(role: Role, line: int, ring: int | None) -> None:
    """Serve a role's device over the socket of a descriptor."""
    await Host(await Line.over(socket.socket(fileno=line)), role, ring).serve()


def main() -> int:
    """Run one device for the terminal that started this."""
    parser = argparse.ArgumentParser("python -m kiosk.apart.host", description=main.__doc__)
    parser.add_argument("role", choices=[str(one) for one in APART])
    parser.add_argument("line", type=int, help="descriptor of the socket to the terminal")
    parser.add_argument("ring", type=int, nargs="?", help="descriptor of a camera's pictures")
    parser.add_argument("--log", type=int, default=logging.INFO, help="level of what is logged")
    options = parser.parse_args()
    limit_arenas()
    logging.basicConfig(level=options.log, format="%(asctime)s %(name)s: %(message)s")
    # Where a C library died is worth knowing; what was in its memory is nobody's business.
    faulthandler.enable()
    dumps.forbid_dumps()
    dumps.end_with_parent(signal.SIGKILL)
    # An interrupt at a keyboard is for the terminal, which then hangs up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(Role(options.role), options.line, options.ring))
    logging.shutdown()
    # Threads that hang in a library are not waited for.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
