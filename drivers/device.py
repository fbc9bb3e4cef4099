"""What all devices share: status, failure, and the thread a device lives in.

The vocabulary of `Status` follows XFS4IoT (docs/decisions/0002-device-vocabulary.md).
A failure is raised as `DeviceFailure` with one `FailureReason`; whether trying again
can help belongs to the reason, so that nobody has to guess from a message.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar, cast

T = TypeVar("T")

GRACE_SECONDS = 5.0
"""How long a call may take to notice that nobody waits for it any more."""


class Status(StrEnum):
    """How a device is, as seen from the terminal."""

    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "power_off"
    NO_DEVICE = "no_device"
    HARDWARE_ERROR = "hardware_error"
    USER_ERROR = "user_error"
    BUSY = "busy"
    TAMPERED = "tampered"


class FailureReason(StrEnum):
    """Every way in which a device can fail a request. Closed list."""

    # Reading a document
    NO_CARD = "no_card"
    REMOVED_EARLY = "removed_early"
    WRONG_CARD_TYPE = "wrong_card_type"
    UNREADABLE = "unreadable"
    AUTH_FAILED = "auth_failed"
    READER_NOT_AUTHORISED = "reader_not_authorised"
    READER_FAULT = "reader_fault"
    READER_NEEDS_UPDATE = "reader_needs_update"
    TIMEOUT = "timeout"
    # Cameras
    CAMERA_FAULT = "camera_fault"
    # Scanners and what stands around the screen
    SCANNER_FAULT = "scanner_fault"
    AUXILIARY_FAULT = "auxiliary_fault"
    # Printers
    PRINTER_UNREACHABLE = "printer_unreachable"
    PRINTER_NO_PAPER = "printer_no_paper"
    PRINTER_JAMMED = "printer_jammed"
    PRINTER_COVER_OPEN = "printer_cover_open"
    PRINTER_NO_TONER = "printer_no_toner"
    PRINTER_STOPPED = "printer_stopped"
    PRINTER_FAULT = "printer_fault"
    PRINTER_REFUSED = "printer_refused"
    PRINT_UNKNOWN = "print_unknown"
    RECEIPT_PRINTER_FAULT = "receipt_printer_fault"
    RECEIPT_PRINTER_NO_PAPER = "receipt_printer_no_paper"
    RECEIPT_PRINTER_COVER_OPEN = "receipt_printer_cover_open"


TRANSIENT = frozenset(
    {
        FailureReason.NO_CARD,
        FailureReason.REMOVED_EARLY,
        FailureReason.UNREADABLE,
        FailureReason.AUTH_FAILED,
        FailureReason.TIMEOUT,
        FailureReason.PRINTER_NO_PAPER,
        FailureReason.PRINTER_JAMMED,
        FailureReason.PRINTER_COVER_OPEN,
        FailureReason.PRINTER_STOPPED,
        FailureReason.RECEIPT_PRINTER_NO_PAPER,
        FailureReason.RECEIPT_PRINTER_COVER_OPEN,
    }
)
"""Reasons after which the same request may succeed without an engineer."""


class DeviceFailure(Exception):
    """A device did not do what was asked.

    `reason` is for programs and for `errors.toml`, `detail` for a technician; it
    never holds anything that was read from a document.
    """

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether trying again can help."""
        return self.reason in TRANSIENT


def nobody_waits() -> DeviceFailure:
    """How a wait ends that was given up: neither with a card nor without one."""
    return DeviceFailure(FailureReason.TIMEOUT, "nobody waits any more")


class Observable(Generic[T]):
    """A value that tells its observers when it changes, and only then.

    Observers are called in the thread that sets the value; observers that live on an
    event loop pass it on with `loop.call_soon_threadsafe`.
    """

    def __init__(self, value: T) -> None:
        self._value = value
        self._observers: list[Callable[[T], None]] = []
        self._lock = threading.Lock()

    @property
    def value(self) -> T:
        """The value now."""
        return self._value

    def observe(self, observer: Callable[[T], None]) -> None:
        """Call `observer` with every new value from now on."""
        self._observers.append(observer)

    def set(self, value: T) -> None:
        """Set the value; observers hear of it only if it differs."""
        with self._lock:
            if value == self._value:
                return
            self._value = value
        for observer in self._observers:
            observer(value)


class DeviceThread:
    """The one thread in which a device's blocking calls run.

    Vendor libraries and serial lines want all calls from the same thread; the event
    loop wants none of them. `stopping` is set when the device is being closed or the
    waiting caller has gone away: long calls look at it between two steps. A call that
    hangs beyond its limit is left behind with its thread, and the next call gets a new
    one: a hanging library costs a thread, not the terminal.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: _Calls | None = None
        self._jobs: set[_Job] = set()
        self._closed = False

    async def run(self, call: Callable[[threading.Event], T], limit: float | None = None) -> T:
        """Run `call(stopping)` in the thread; cancelling the awaiter sets `stopping`.

        `limit` is in seconds. Raises DeviceFailure (TIMEOUT) for a call that hangs, and
        after the device was closed.
        """
        if self._closed:
            raise DeviceFailure(FailureReason.TIMEOUT, f"{self._name} was closed")
        job = _Job(call, asyncio.get_running_loop())
        if self._calls is None:
            self._calls = self._start()
        self._jobs.add(job)
        self._calls.put(job)
        try:
            async with asyncio.timeout(limit):
                return cast(T, await asyncio.shield(job.future))
        except TimeoutError as error:
            if job.future.done():
                raise
            self._abandon(job)
            detail = f"{self._name}: no end after {limit:g} s"
            raise DeviceFailure(FailureReason.TIMEOUT, detail) from error
        except asyncio.CancelledError:
            job.stopping.set()
            job.future.add_done_callback(_take_note)
            done, _ = await asyncio.wait([job.future], timeout=GRACE_SECONDS)
            if not done:
                self._abandon(job)
            raise
        finally:
            self._jobs.discard(job)

    def close(self, last: Callable[[], None] = lambda: None) -> None:
        """Ask what runs to stop, do `last` in the thread, and take no more."""
        self._closed = True
        for job in self._jobs:
            job.stopping.set()
        calls, self._calls = self._calls, None
        if calls is None:
            last()
            return
        calls.put(last)
        calls.put(None)

    def _start(self) -> "_Calls":
        calls: _Calls = queue.SimpleQueue()
        threading.Thread(target=_work, args=(calls,), name=self._name, daemon=True).start()
        return calls

    def _abandon(self, job: "_Job") -> None:
        """Leave a hanging call behind; what waits after it goes to a new thread."""
        job.stopping.set()
        hanging = self._calls
        if hanging is None or job.left:
            return
        waiting: list[_Job | Callable[[], None] | None] = []
        while not hanging.empty():
            waiting.append(hanging.get_nowait())
        hanging.put(None)
        self._calls = self._start() if waiting else None
        for one in waiting:
            assert self._calls is not None
            self._calls.put(one)
        for one in self._jobs:
            one.left = one not in waiting


class _Job:
    """One call on its way through a device's thread."""

    def __init__(
        self, call: Callable[[threading.Event], object], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.stopping = threading.Event()
        self.future: asyncio.Future[object] = loop.create_future()
        self.left = False
        """Whether its thread was left behind before."""
        self._call = call
        self._loop = loop

    def carry_out(self) -> None:
        """Do it and hand over the outcome, if anybody is still there to take it."""
        outcome: object = None
        failure: BaseException | None = None
        try:
            outcome = self._call(self.stopping)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the awaiter
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits
            self._loop.call_soon_threadsafe(self._settle, outcome, failure)

    def _settle(self, outcome: object, failure: BaseException | None) -> None:
        if self.future.done():
            return
        if failure is not None:
            self.future.set_exception(failure)
        else:
            self.future.set_result(outcome)


def _take_note(future: "asyncio.Future[object]") -> None:
    """How a call ended for which nobody waits is nobody's business any more."""
    if not future.cancelled():
        future.exception()


_Calls = queue.SimpleQueue["_Job | Callable[[], None] | None"]


def _work(calls: _Calls) -> None:
    while (job := calls.get()) is not None:
        if isinstance(job, _Job):
            job.carry_out()
        else:
            job()
        del job
