"""A chip-card reader behind pcscd: one thread, one context, made anew after every loss.

A card in the reader is asked what it is by its ATR: behind a reader with a SAM it is a
resident card, else a social-security card is looked for.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from drivers.device import (
    DeviceFailure,
    DeviceThread,
    FailureReason,
    Observable,
    Status,
    nobody_waits,
)
from drivers.idcard.port import IdentityDocument, Progress, Wanted
from drivers.smartcard.pcsc import Card, CardGone, Context, ServiceLost
from drivers.smartcard.port import CAPABILITIES, Moment
from drivers.smartcard.protocol import read_social_security
from drivers.smartcard.sam import is_sam, read_resident

T = TypeVar("T")

READ_SECONDS = 10.0
"""The longest a card may take in all; PC/SC itself has no limit."""
ASK_SECONDS = 5.0


class PcscReader:
    """A reader of chip cards that pcscd knows."""

    def __init__(
        self, reader: str | None = None, today: Callable[[], date] = date.today
    ) -> None:
        """`reader` is pcscd's name for it, or the beginning of it; None takes the first."""
        self.capabilities = CAPABILITIES
        self.status: Observable[Status] = Observable(Status.OFFLINE)
        self._wanted = reader
        self._today = today
        self._thread = DeviceThread(f"smartcard {reader or ''}".strip())
        self._context: Context | None = None
        self._reader = ""

    async def open(self) -> None:
        """Connect to pcscd and find the reader. Raises DeviceFailure."""
        await self._run(lambda _: self._open(), ASK_SECONDS)

    async def check(self) -> None:
        """Ask whether the reader is still there. Raises DeviceFailure."""
        await self._run(lambda _: self._card_there(), ASK_SECONDS)

    async def wait_for_card(self) -> None:
        """Return when a card is in the reader. Raises DeviceFailure."""
        await self._run(lambda stopping: self._wait(stopping, there=True))

    async def wait_for_removal(self) -> None:
        """Return when no card is in the reader. Raises DeviceFailure."""
        await self._run(lambda stopping: self._wait(stopping, there=False))

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card; `progress` is called in the device's thread. Raises DeviceFailure."""
        document = await self._run(lambda _: self._read(progress), READ_SECONDS)
        return document if wanted is None or wanted.photo else replace(document, photo=b"")

    def close(self) -> None:
        """Let reader and service go."""
        self._thread.close(self._let_go)

    async def _run(
        self, call: Callable[[threading.Event], T], limit: float | None = None
    ) -> T:
        try:
            return await self._thread.run(lambda stopping: self._guarded(call, stopping), limit)
        except DeviceFailure as failure:
            if failure.reason is FailureReason.TIMEOUT:
                # The context hangs with its thread; the next call makes another.
                self._context = None
                self.status.set(Status.OFFLINE)
            raise

    # In the device's thread

    def _guarded(self, call: Callable[[threading.Event], T], stopping: threading.Event) -> T:
        """Do it; a service that is gone is let go, and what happened told in our words."""
        began_with = self._context
        try:
            return call(stopping)
        except ServiceLost as error:
            if self._context is began_with or began_with is None:
                self._let_go()
            self.status.set(Status.OFFLINE)
            raise DeviceFailure(FailureReason.READER_FAULT, str(error)) from error
        except CardGone as error:
            raise DeviceFailure(FailureReason.REMOVED_EARLY, str(error)) from error

    def _open(self) -> None:
        self._let_go()
        self._context = Context()
        names = self._context.readers()
        wanted = self._wanted or ""
        found = next((name for name in names if name.startswith(wanted)), None)
        if found is None:
            self._let_go()
            self.status.set(Status.NO_DEVICE)
            known = ", ".join(names) or "none"
            raise DeviceFailure(
                FailureReason.READER_FAULT, f"no PC/SC reader {wanted!r}; there are: {known}"
            )
        self._reader = found
        self.status.set(Status.ONLINE)

    def _wait(self, stopping: threading.Event, *, there: bool) -> None:
        now = self._card_there()
        while now is not there and not stopping.is_set():
            now = self._open_context.card_there(self._reader, known=now)
        if now is not there:
            raise nobody_waits()

    def _card_there(self) -> bool:
        return self._open_context.card_there(self._reader)

    def _read(self, progress: Callable[[Progress], None]) -> IdentityDocument:
        progress(Progress.FOUND)
        card = self._open_context.connect(self._reader)
        try:
            progress(Progress.SELECTED)
            document = self._converse(card)
        finally:
            card.close()
        progress(Progress.READ)
        return document

    def _converse(self, card: Card) -> IdentityDocument:
        """Lead the session that the card's ATR asks for to its end."""
        moment = Moment(self._today(), None)
        session = (read_resident if is_sam(card.atr) else read_social_security)(moment)
        apdu = next(session)
        while True:
            try:
                apdu = session.send(card.transmit(apdu))
            except StopIteration as end:
                document: IdentityDocument = end.value
                return document

    @property
    def _open_context(self) -> Context:
        if self._context is None:
            raise DeviceFailure(FailureReason.READER_FAULT, "the reader is not open")
        return self._context

    def _let_go(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None
