"""One device process as the terminal sees it: started, asked, listened to, ended.

It is `python -m kiosk.apart.host`. Calls go over one line and may be under way side by side;
a call that is given up here is given up there. A process that says nothing for a few pings
hangs as a whole, as a C library can make it do, and is ended.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from drivers.device import GRACE_SECONDS, DeviceFailure, FailureReason
from drivers.supervisor import FAULT_OF_ROLE, Role
from kiosk.apart.calls import Call, calls_of
from kiosk.apart.forms import BadForm, pack, unpack
from kiosk.apart.frames import FrameRing, make_ring
from kiosk.apart.line import Garbled, Line, Message
from kiosk.hygiene.memory import without_overwriting
from kiosk.worker import Fields

log = logging.getLogger(__name__)

START_SECONDS = 20.0
"""How long a process may take until its device is made."""
PING_SECONDS = 2.0
SILENT_PINGS = 4
"""So many pings without a word, and the process counts as hanging."""
END_SECONDS = 2.0
"""How long a process may take to let its device go."""
DETAIL = 300
"""Characters of a failure's detail that are taken over."""


class Why(StrEnum):
    """Every way in which a device process can end. Closed list."""

    NOT_STARTED = "not_started"
    REFUSED = "refused"
    """It cannot make the device that the configuration names."""
    SIGNAL = "signal"
    EXITED = "exited"
    SILENT = "silent"
    GARBLED = "garbled"
    """It said what is no message."""
    ASKED = "asked"
    """The terminal ended it."""
    HELD = "held"
    """It hung up, and the kernel does not let it end."""
    BROKE = "broke"
    """What keeps the process broke, not the process."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a process ended, and what a technician may want to know of it."""

    why: Why
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.why} ({self.detail})" if self.detail else str(self.why)


class Gone(Exception):
    """The process ended before it answered."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(str(ending))
        self.ending = ending


class _Waiting:
    """A call that has not been answered yet."""

    def __init__(self, call: Call, progress: Callable[[str], None] | None) -> None:
        self.call = call
        self.progress = progress
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class DeviceProcess:
    """A process that runs one device."""

    def __init__(
        self,
        role: Role,
        process: asyncio.subprocess.Process,
        line: Line,
        frames: FrameRing | None = None,
    ) -> None:
        """`frames` is where a camera's process puts its pictures."""
        self.role = role
        self.pid = process.pid
        self.frames = frames
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._process = process
        self._line = line
        self._calls = calls_of(role)
        self._waiting: dict[int, _Waiting] = {}
        self._number = 0
        self._heard = True
        self._why: Ending | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._told: Callable[[DeviceProcess, Fields], None] = lambda *_: None
        self._lost: Callable[[], None] = lambda: None

    @classmethod
    async def start(cls, role: Role, devices: Fields) -> "DeviceProcess":
        """Start a process and have it make its device. Raises Gone."""
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise Gone(Ending(Why.NOT_STARTED, str(error))) from error
        try:
            with _ring_for(role) as (descriptors, frames):
                passed = [theirs.fileno(), *descriptors]
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "kiosk.apart.host", str(role), *map(str, passed),
                    "--log", str(logging.getLogger().getEffectiveLevel()),
                    pass_fds=passed, stdin=asyncio.subprocess.DEVNULL, env=without_overwriting(),
                )
        except BaseException as error:
            ours.close()
            if not isinstance(error, OSError):
                raise
            raise Gone(Ending(Why.NOT_STARTED, str(error))) from error
        finally:
            theirs.close()
        made = cls(role, process, await Line.over(ours), frames)
        await made._begin(devices)
        return made

    def listen(
        self, told: "Callable[[DeviceProcess, Fields], None]", lost: Callable[[], None]
    ) -> None:
        """Give everything that the device tells unasked to `told`, in order; from now on.

        `lost` is called when the process has died, before what was asked of it fails.
        """
        self._told, self._lost = told, lost
        self._tasks += [asyncio.create_task(self._listen()), asyncio.create_task(self._ping())]

    async def call(
        self, name: str, *given: object, progress: Callable[[str], None] | None = None
    ) -> Any:
        """Have something done. Raises DeviceFailure, ValueError, Gone."""
        call = self._calls[name]
        if self.ended.done():
            raise Gone(self.ended.result())
        if self._why is not None:
            raise Gone(self._why)
        self._number += 1
        number, waiting = self._number, _Waiting(call, progress)
        self._waiting[number] = waiting
        blobs: list[bytes] = []
        forms = [pack(one, blobs) for one in given]
        self._line.send({"call": number, "do": name, "with": forms}, blobs)
        try:
            async with asyncio.timeout(call.seconds):
                return await asyncio.shield(waiting.answer)
        except TimeoutError as error:
            self._line.send({"cancel": number})
            detail = f"{name}: no end after {call.seconds:g} s"
            raise DeviceFailure(FAULT_OF_ROLE[self.role], detail) from error
        except asyncio.CancelledError:
            self._line.send({"cancel": number})
            await asyncio.wait([waiting.answer], timeout=GRACE_SECONDS)
            raise
        finally:
            self._waiting.pop(number, None)
            waiting.answer.cancel()
            if not waiting.answer.cancelled():
                waiting.answer.exception()

    def post(self, fields: Fields) -> None:
        """Say something that needs no answer."""
        self._line.send(fields)

    async def end(self) -> None:
        """Have it let its device go and end; one that does not is killed.

        One that the kernel holds even then, in a driver's wait, is left to the kernel.
        """
        self._why = self._why or Ending(Why.ASKED)
        await self._finish()
        await self._clear_up()

    async def _begin(self, devices: Fields) -> None:
        """Tell which device it is to make. Raises Gone."""
        self._line.send({"make": devices})
        try:
            async with asyncio.timeout(START_SECONDS):
                message = await self._line.receive()
        except TimeoutError:
            self._why = Ending(Why.NOT_STARTED, f"nothing heard for {START_SECONDS:g} s")
            message = None
        except Garbled as error:
            self._why = Ending(Why.GARBLED, str(error))
            message = None
        except asyncio.CancelledError:
            await self.end()
            raise
        fields = message[0] if message else {}
        if fields.get("made") is True:
            return
        if "refused" in fields:
            self._why = Ending(Why.REFUSED, str(fields["refused"])[:DETAIL])
        await self._finish()
        raise Gone(self.ended.result())

    async def _listen(self) -> None:
        """Take what comes until the other end has gone."""
        try:
            while (message := await self._line.receive()) is not None:
                self._heard = True
                self._take(message)
        except (Garbled, ValueError, KeyError, TypeError) as error:
            # What Python itself says may have in it what was sent.
            what = str(error) if isinstance(error, Garbled | BadForm) else type(error).__name__
            self._why = self._why or Ending(Why.GARBLED, what)
        finally:
            await self._finish()

    async def _ping(self) -> None:
        """End a process that hangs. What counts are pings: this loop may be held up too."""
        misses = 0
        while misses < SILENT_PINGS:
            misses = 0 if self._heard else misses + 1
            self._heard = False
            self._line.send({"ping": True})
            await asyncio.sleep(PING_SECONDS)
        self._why = self._why or Ending(Why.SILENT)
        self._kill()
        # A process that the kernel holds does not hang up, and nobody else would notice.
        await self._finish()

    def _take(self, message: Message) -> None:
        """One message. Raises BadForm, KeyError, TypeError for one that is none of ours."""
        fields, blobs = message
        if "pong" in fields:
            return
        if "of" not in fields:
            self._told(self, fields)
            return
        waiting = self._waiting.get(int(fields["of"]))
        if waiting is None:
            return
        if "progress" in fields:
            if waiting.progress is not None:
                waiting.progress(str(fields["progress"]))
        elif waiting.answer.done():
            return
        elif "gives" in fields:
            gives = unpack(waiting.call.gives, fields["gives"], blobs, "answer")
            waiting.answer.set_result(gives)
        else:
            waiting.answer.set_exception(self._failure(fields))

    def _failure(self, fields: Fields) -> Exception:
        """What a call that failed raises. Raises BadForm, KeyError."""
        detail = str(fields["detail"])[:DETAIL]
        if "reason" in fields:
            return DeviceFailure(unpack(FailureReason, fields["reason"], [], "reason"), detail)
        if "bad_value" in fields:
            return ValueError(detail)
        return DeviceFailure(FAULT_OF_ROLE[self.role], f"the driver broke: {detail}")

    async def _finish(self) -> None:
        """The process ends, by force if need be, and nobody waits for it any more."""
        self._line.close()
        if self.ended.done():
            return
        code = await self._exit_code()
        if code is None:
            self._kill()
            code = await self._exit_code()
        self._settle(code)

    async def _exit_code(self) -> int | None:
        """What it ended with; None where that takes it too long."""
        # Not `asyncio.timeout`: in a task that is cancelled it ends the task, not the wait.
        waiting = asyncio.ensure_future(self._process.wait())
        try:
            await asyncio.wait([waiting], timeout=END_SECONDS)
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()

    def _settle(self, code: int | None) -> None:
        if self.ended.done():
            return
        if code is None:
            log.warning("process %d of the %s cannot be killed and is left", self.pid, self.role)
        ending = self._why or _ending_of(code)
        self.ended.set_result(ending)
        if ending.why is not Why.ASKED:
            self._lost()
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(Gone(ending))

    async def _clear_up(self) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.frames is not None:
            # The last pictures are a citizen's, and the ring may be mapped a while yet.
            self.frames.clear()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


@contextlib.contextmanager
def _ring_for(role: Role) -> Iterator[tuple[list[int], FrameRing | None]]:
    """What a camera's process is to be given, while it is started; nothing for others."""
    if role is not Role.CAMERA:
        yield [], None
        return
    descriptor = make_ring()
    try:
        yield [descriptor], FrameRing(descriptor)
    finally:
        os.close(descriptor)


def _ending_of(code: int | None) -> Ending:
    """What a process's exit code says (asyncio has a signal as its negative number)."""
    if code is None:
        return Ending(Why.HELD)
    if code >= 0:
        return Ending(Why.EXITED, f"status {code}")
    try:
        return Ending(Why.SIGNAL, signal.Signals(-code).name)
    except ValueError:
        return Ending(Why.SIGNAL, str(-code))
