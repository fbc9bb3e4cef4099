"""The reader with a SAM of its own, on a serial line or USB: one thread, one request at a time.

The sequence for every read is find, select, read; after a read the card must leave the
field before it can be found again, and its presence is asked for in the way that its
wire profile has (docs/idcard.md, section 1.6).
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from drivers.device import (
    DeviceFailure,
    DeviceThread,
    FailureReason,
    Observable,
    Status,
    nobody_waits,
)
from drivers.idcard import layouts
from drivers.idcard.port import Capabilities, IdentityDocument, Progress, Wanted
from drivers.idcard.profiles import STANDARD, profile_called, profiles
from drivers.idcard.protocol import (
    Command,
    Remedy,
    Reply,
    Sw3,
    format_sam_id,
    split_added_addresses,
    split_parts,
)
from drivers.idcard.transport import Transport, open_transport
from drivers.idcard.wire import SILENCE, NoReply, Timing, Wire
from drivers.serial_line import LineLost

T = TypeVar("T")

MANAGEMENT = Command.READ_MANAGEMENT_NUMBER
READS = 2
"""How often a whole read is begun again, from find, where that can help."""
AUTO = "auto"
"""A wire profile or speed that is found out by asking."""


class SdtReader:
    """An ID-card reader with a SAM behind a serial port or USB."""

    def __init__(
        self,
        port: str,
        baud: int | None = None,
        profile: str = STANDARD,
        timing: Timing | None = None,
        today: Callable[[], date] = date.today,
        connect: Callable[[str, int], Transport] = open_transport,
    ) -> None:
        """`baud` None finds the speed out, `profile` AUTO the way of talking.

        Raises ValueError for a profile that there is not.
        """
        self.capabilities = Capabilities()
        self.status: Observable[Status] = Observable(Status.OFFLINE)
        self.reader_id: str | None = None
        self._port = port
        self._baud = baud
        self._profiles = (
            tuple(profiles().values()) if profile == AUTO else (profile_called(profile),)
        )
        self._timing = timing or Timing()
        self._today = today
        self._connect = connect
        self._thread = DeviceThread(f"idcard {port}")
        self._transport: Transport | None = None
        self._wire: Wire | None = None

    async def open(self) -> None:
        """Connect and prove that a SAM answers. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(self._open))

    async def check(self) -> None:
        """Ask for a sign of life while no card is waited for. Raises DeviceFailure."""
        await self._thread.run(lambda _: self._guarded(self._look_alive))

    async def wait_for_card(self) -> None:
        """Return when a card lies on the reader. Raises DeviceFailure."""
        await self._thread.run(lambda stop: self._guarded(lambda: self._wait_for_card(stop)))

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card; `progress` is called in the device's thread."""
        wish = wanted or Wanted()
        return await self._thread.run(
            lambda _: self._guarded(lambda: self._read_document(progress, wish))
        )

    async def wait_for_removal(self) -> None:
        """Return when no card answers any more. Raises DeviceFailure."""
        await self._thread.run(lambda stop: self._guarded(lambda: self._wait_for_removal(stop)))

    def close(self) -> None:
        """Release the wire."""
        self._thread.close(self._let_go)

    # In the device's thread

    def _guarded(self, call: Callable[[], T]) -> T:
        """Do it; a lost line is let go and told as a failure, silence changes the status."""
        try:
            return call()
        except NoReply:
            self.status.set(Status.OFFLINE)
            raise
        except LineLost as error:
            self._let_go()
            self.status.set(Status.NO_DEVICE)
            raise DeviceFailure(FailureReason.READER_FAULT, str(error)) from error

    def _open(self) -> None:
        self._let_go()
        first = self._baud or self._profiles[0].baud_rates[0]
        transport = self._transport = self._connect(self._port, first)
        self._wire = self._find_out(transport)
        self.reader_id = self._ask_sam_id()
        self.status.set(Status.ONLINE)

    def _find_out(self, transport: Transport) -> Wire:
        """The way and the speed in which the reader answers. Raises DeviceFailure."""
        tries = [
            (profile, baud)
            for profile in self._profiles
            for baud in ((self._baud,) if self._baud else profile.baud_rates)
        ]
        for profile, baud in tries:
            wire = Wire(transport, profile, self._timing)
            if len(tries) == 1:
                self._expect_life(wire)
                return wire
            transport.set_speed(baud)
            if self._answers(wire):
                self._expect_life(wire)
                return wire
        names = ", ".join(profile.name for profile in self._profiles)
        raise NoReply(FailureReason.READER_FAULT, f"{self._port}: no reader answers ({names})")

    def _answers(self, wire: Wire) -> bool:
        """Whether the request is understood; a damaged answer gets a second chance."""
        for _ in range(2):
            outcome = wire.exchange(wire.profile.sign_of_life, self._timing.probe)
            if isinstance(outcome, Reply):
                return outcome.sw3 != Sw3.BAD_COMMAND
            if outcome is SILENCE:
                return False
        return False

    def _look_alive(self) -> None:
        """Prove that the same SAM is still there; another one gets its own id."""
        self._expect_life(self._line)
        self.reader_id = self._ask_sam_id()
        self.status.set(Status.ONLINE)

    def _ask_sam_id(self) -> str | None:
        if not self._line.profile.knows(Command.SAM_ID):
            return None
        return format_sam_id(self._expect_ok(Command.SAM_ID).data)

    def _wait_for_card(self, stopping: threading.Event) -> None:
        asked = time.monotonic()
        while not stopping.is_set():
            if self._find():
                return
            if time.monotonic() - asked > self._timing.health:
                self._look_alive()
                asked = time.monotonic()
            stopping.wait(self._timing.poll)
        raise nobody_waits()

    def _wait_for_removal(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            if not self._still_there() and not self._find():
                return
            stopping.wait(self._timing.poll)
        raise nobody_waits()

    def _still_there(self) -> bool:
        """Whether the card that was read still lies there, by the profile's way to ask."""
        sw3 = 0
        for command in self._line.profile.presence:
            sw3 = self._line.ask(command).sw3
        return sw3 in (Sw3.OK, Sw3.CARD_FOUND, Sw3.NO_SUCH_ITEM)

    def _read_document(
        self, progress: Callable[[Progress], None], wanted: Wanted
    ) -> IdentityDocument:
        for attempt in range(1, READS + 1):
            try:
                return self._read_once(progress, wanted)
            except _TryAgain as again:
                if attempt == READS:
                    raise self._why_unreadable(again.failure) from again
        raise AssertionError("unreachable")

    def _read_once(
        self, progress: Callable[[Progress], None], wanted: Wanted
    ) -> IdentityDocument:
        line = self._line
        progress(Progress.FOUND)
        if line.profile.knows(Command.SELECT_CARD):
            self._step(Command.SELECT_CARD, self._timing.reply)
        progress(Progress.SELECTED)
        extras = self._read_before(wanted)
        with_fingerprint = wanted.fingerprint and line.profile.knows(
            Command.READ_TEXT_PHOTO_FINGERPRINT
        )
        command = (
            Command.READ_TEXT_PHOTO_FINGERPRINT if with_fingerprint else Command.READ_TEXT_PHOTO
        )
        reply = self._step(command, self._timing.read_reply)
        parts = split_parts(reply.data, 3 if with_fingerprint else 2)
        document = parts and layouts.decode(
            parts[0],
            self._today(),
            reader_id=self.reader_id,
            photo=parts[1] if wanted.photo else b"",
        )
        if not parts or not document:
            raise DeviceFailure(FailureReason.UNREADABLE, "the text block is not a document")
        if with_fingerprint:
            extras["fingerprint"] = parts[2]
        if wanted.added_address:
            extras["added_addresses"] = self._read_added_addresses()
        progress(Progress.READ)
        return replace(document, **extras)

    def _read_before(self, wanted: Wanted) -> dict[str, Any]:
        """What has to be asked for between selecting and reading."""
        if not (wanted.management_number and self._line.profile.knows(MANAGEMENT)):
            return {}
        return {"management_number": self._step(MANAGEMENT, self._timing.reply).data.hex()}

    def _read_added_addresses(self) -> tuple[str, ...]:
        """The addresses that were added to the card later, the newest last."""
        if not self._line.profile.knows(Command.READ_ADDED_ADDRESS):
            return ()
        reply = self._step(Command.READ_ADDED_ADDRESS, self._timing.reply)
        return split_added_addresses(reply.data)

    def _step(self, command: Command, timeout: float) -> Reply:
        """One step of a read: its reply, or a failure with the remedy tried."""
        try:
            reply = self._line.ask(command, timeout)
        except NoReply as error:
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
        """What a failed read is called, now that one knows whether the card is there.

        The SAM is reset first: one that a torn card has confused does not read the next.
        """
        if self._line.profile.knows(Command.RESET_SAM):
            with contextlib.suppress(NoReply):
                self._line.ask(Command.RESET_SAM)
        if self._find():
            if failure.reason is FailureReason.REMOVED_EARLY:
                return DeviceFailure(FailureReason.UNREADABLE, failure.detail)
            return failure
        return DeviceFailure(FailureReason.REMOVED_EARLY, failure.detail)

    def _find(self) -> bool:
        reply = self._line.ask(Command.FIND_CARD)
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

    def _expect_life(self, wire: Wire) -> None:
        """A sign of life: any answer will do where only finding a card can be asked."""
        self._wire = wire
        reply = wire.ask(wire.profile.sign_of_life)
        if reply.meaning is not None and wire.profile.knows(Command.SAM_STATUS):
            self._refuse(wire.profile.sign_of_life, reply)

    def _expect_ok(self, command: Command) -> Reply:
        reply = self._line.ask(command)
        if reply.meaning is not None:
            self._refuse(command, reply)
        return reply

    def _refuse(self, command: Command, reply: Reply) -> None:
        """The SAM itself says that it does not work; always raises."""
        assert reply.meaning is not None
        self.status.set(Status.HARDWARE_ERROR)
        raise DeviceFailure(reply.meaning.reason, f"{command.name}: {reply.sw3:#04x}")

    @property
    def _line(self) -> Wire:
        if self._wire is None:
            raise DeviceFailure(FailureReason.READER_FAULT, f"{self._port} is not open")
        return self._wire

    def _let_go(self) -> None:
        self._wire = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None


class _TryAgain(Exception):
    """A read that may succeed if begun again."""

    def __init__(self, failure: DeviceFailure) -> None:
        super().__init__(str(failure))
        self.failure = failure
