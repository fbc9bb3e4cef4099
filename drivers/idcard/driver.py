"""The SDT reader on a serial line: one thread, one request at a time.

The sequence for every read is find, select, read; after a read the card must leave the
field before it can be found again, and its presence is asked for with a short read
that fails when it is gone (docs/idcard.md, section 1.6).
"""

import termios
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import serial

from drivers.device import DeviceFailure, DeviceThread, FailureReason, Observable, Status
from drivers.idcard import layouts
from drivers.idcard.port import Capabilities, IdentityDocument, Progress
from drivers.idcard.protocol import (
    Command,
    FrameFault,
    Framer,
    Remedy,
    Reply,
    Sw3,
    encode_command,
    format_sam_id,
    parse_reply,
    split_text_photo,
)


@dataclass(frozen=True, slots=True)
class Timing:
    """The driver's times, in seconds."""

    poll: float = 0.1
    """Between two questions whether a card lies there (or still lies there)."""
    reply: float = 0.6
    """Until the first byte of the reply to a short command."""
    read_reply: float = 5.0
    """Until the first byte of the reply to a read: the SAM talks to the card first."""
    gap: float = 0.25
    """Between two bytes of one reply; a longer pause ends the reply."""
    health: float = 3.0
    """Between two signs of life asked for while no card comes."""


LINE_ERRORS = (serial.SerialException, OSError, TypeError, termios.error)
"""What pyserial raises when a line dies under it; termios.error is no OSError."""
RESENDS = 2
"""How often a request is sent again after a damaged or missing reply."""
SILENCE = "no answer"
"""A request that got no byte back; a long one is not sent again after that."""
READS = 2
"""How often a whole read is begun again, from find, where that can help."""


class SdtReader:
    """An ID-card reader with a SAM behind a serial port."""

    def __init__(
        self,
        port: str,
        baud: int = 115200,
        timing: Timing | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.capabilities = Capabilities()
        self.status: Observable[Status] = Observable(Status.OFFLINE)
        self.reader_id: str | None = None
        self._port = port
        self._baud = baud
        self._timing = timing or Timing()
        self._today = today
        self._thread = DeviceThread(f"idcard {port}")
        self._line: serial.Serial | None = None
        self._framer = Framer()

    async def open(self) -> None:
        """Connect and prove that a SAM answers. Raises DeviceFailure."""
        await self._thread.run(self._open)

    async def wait_for_card(self) -> None:
        """Return when a card lies on the reader. Raises DeviceFailure."""
        await self._thread.run(self._wait_for_card)

    async def read(self, progress: Callable[[Progress], None]) -> IdentityDocument:
        """Read the card; `progress` is called in the device's thread."""
        return await self._thread.run(lambda _: self._read_document(progress))

    async def wait_for_removal(self) -> None:
        """Return when no card answers any more. Raises DeviceFailure."""
        await self._thread.run(self._wait_for_removal)

    def close(self) -> None:
        """Release the wire."""
        self._thread.close()
        self._drop_line()

    # In the device's thread

    def _open(self, _: threading.Event) -> None:
        self._drop_line()
        try:
            self._line = serial.Serial(
                self._port, self._baud, timeout=self._timing.gap, exclusive=True
            )
        except (*LINE_ERRORS, ValueError) as error:
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.READER_FAULT, f"{self._port}: {error}") from error
        self._expect_ok(Command.SAM_STATUS)
        self.reader_id = format_sam_id(self._expect_ok(Command.SAM_ID).data)
        self.status.set(Status.ONLINE)

    def _wait_for_card(self, stopping: threading.Event) -> None:
        asked = time.monotonic()
        while not stopping.is_set():
            if self._find():
                return
            if time.monotonic() - asked > self._timing.health:
                self._expect_ok(Command.SAM_STATUS)
                asked = time.monotonic()
            stopping.wait(self._timing.poll)

    def _wait_for_removal(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            reply = self._ask(Command.READ_ADDED_ADDRESS, self._timing.reply)
            if reply.sw3 not in (Sw3.OK, Sw3.NO_SUCH_ITEM) and not self._find():
                return
            stopping.wait(self._timing.poll)

    def _read_document(self, progress: Callable[[Progress], None]) -> IdentityDocument:
        for attempt in range(1, READS + 1):
            try:
                return self._read_once(progress)
            except _TryAgain as again:
                if attempt == READS:
                    raise self._why_unreadable(again.failure) from again
        raise AssertionError("unreachable")

    def _read_once(self, progress: Callable[[Progress], None]) -> IdentityDocument:
        progress(Progress.FOUND)
        self._step(Command.SELECT_CARD, self._timing.reply)
        progress(Progress.SELECTED)
        reply = self._step(Command.READ_TEXT_PHOTO, self._timing.read_reply)
        parts = split_text_photo(reply.data)
        document = parts and layouts.decode(
            parts[0], self._today(), reader_id=self.reader_id, photo=parts[1]
        )
        if not document:
            raise DeviceFailure(FailureReason.UNREADABLE, "the text block is not a document")
        progress(Progress.READ)
        return document

    def _step(self, command: Command, timeout: float) -> Reply:
        """One step of a read: its reply, or a failure with the remedy tried."""
        try:
            reply = self._ask(command, timeout)
        except _NoReply as error:
            self._find()
            raise _TryAgain(DeviceFailure(FailureReason.REMOVED_EARLY, str(error))) from error
        meaning = reply.meaning
        if meaning is None:
            return reply
        failure = DeviceFailure(meaning.reason, f"{command.name}: status {reply.sw3:#04x}")
        if meaning.remedy is Remedy.FIND_AGAIN:
            self._find()
            raise _TryAgain(failure)
        raise failure

    def _why_unreadable(self, failure: DeviceFailure) -> DeviceFailure:
        """What a failed read is called, now that one knows whether the card is there."""
        if self._find():
            if failure.reason is FailureReason.REMOVED_EARLY:
                return DeviceFailure(FailureReason.UNREADABLE, failure.detail)
            return failure
        return DeviceFailure(FailureReason.REMOVED_EARLY, failure.detail)

    def _find(self) -> bool:
        reply = self._ask(Command.FIND_CARD, self._timing.reply)
        if reply.sw3 in (Sw3.CARD_FOUND, Sw3.OK):
            return True
        if reply.sw3 == Sw3.NO_CARD:
            return False
        meaning = reply.meaning
        if meaning is not None and meaning.remedy is Remedy.NONE:
            if meaning.reason is FailureReason.READER_FAULT:
                self.status.set(Status.HARDWARE_ERROR)
            raise DeviceFailure(meaning.reason, f"FIND_CARD: status {reply.sw3:#04x}")
        return False

    def _expect_ok(self, command: Command) -> Reply:
        reply = self._ask(command, self._timing.reply)
        if reply.meaning is not None:
            self.status.set(Status.HARDWARE_ERROR)
            raise DeviceFailure(reply.meaning.reason, f"{command.name}: {reply.sw3:#04x}")
        return reply

    def _ask(self, command: Command, timeout: float) -> Reply:
        """The reply to a request; sent again where it came damaged.

        Raises _NoReply (a DeviceFailure) if nothing whole came, after the line proved
        dead by sending again.
        """
        trouble = ""
        for _ in range(RESENDS + 1):
            outcome = self._exchange(encode_command(command), timeout)
            if isinstance(outcome, Reply):
                if outcome.sw3 not in (Sw3.BAD_CHECKSUM, Sw3.BAD_LENGTH):
                    return outcome
                trouble = f"reader reports {outcome.sw3:#04x}"
            else:
                trouble = outcome
                if outcome is SILENCE and timeout > self._timing.reply:
                    break
        self.status.set(Status.OFFLINE)
        raise _NoReply(FailureReason.READER_FAULT, f"{command.name}: {trouble}")

    def _exchange(self, request: bytes, timeout: float) -> Reply | str:
        """Send once and collect one reply; a str says why there is none."""
        line = self._line
        if line is None:
            raise DeviceFailure(FailureReason.READER_FAULT, f"{self._port} is not open")
        try:
            line.reset_input_buffer()
            self._framer.reset()
            line.write(request)
            return self._receive(line, timeout)
        except LINE_ERRORS as error:
            self._drop_line()
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.READER_FAULT, f"{self._port}: {error}") from error

    def _receive(self, line: serial.Serial, timeout: float) -> Reply | str:
        deadline = time.monotonic() + timeout
        heard = False
        trouble = SILENCE
        while True:
            received = line.read(line.in_waiting or 1)
            heard = heard or bool(received)
            for item in self._framer.feed(received):
                if isinstance(item, FrameFault):
                    trouble = f"garbage ({item.name.lower()})"
                    continue
                reply = parse_reply(item)
                if reply is not None:
                    return reply
                trouble = "a frame without status"
            silent = not received and (heard or time.monotonic() > deadline)
            if silent or time.monotonic() > deadline + self._timing.gap * 8:
                return trouble if not self._framer.pending else "the answer broke off"

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class _NoReply(DeviceFailure):
    """No whole reply came, although the request was sent again."""


class _TryAgain(Exception):
    """A read that may succeed if begun again."""

    def __init__(self, failure: DeviceFailure) -> None:
        super().__init__(str(failure))
        self.failure = failure
