"""The card desk: watches the reader for ever, reads when asked, and brings it back.

It is the one user of the reader. A card that is found, read, unreadable or removed is
sent to the engine; a reader that is lost is opened again with growing pauses, and said
to be lost once.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import date

from drivers.device import DeviceFailure, FailureReason
from drivers.idcard.port import IdCardReader, IdentityDocument, Warn
from kiosk.reasons import Reason
from kiosk.visit import events as ev
from kiosk.visit.personal import Visit
from kiosk.visit.states import Part

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 1.5
"""Between two attempts to open a lost reader; it is to serve again within two seconds."""
ADULT_FOR_FACE = 14
"""Below this age no face is captured (facts in docs/privacy.md)."""
READER_TROUBLE = frozenset({FailureReason.READER_FAULT, FailureReason.READER_NOT_AUTHORISED})


class CardDesk:
    """Watches one reader."""

    def __init__(
        self,
        reader: IdCardReader,
        visit: Visit,
        send: Callable[[ev.Event], None],
        today: Callable[[], date] = date.today,
    ) -> None:
        self._reader = reader
        self._visit = visit
        self._send = send
        self._today = today
        self._wanted = asyncio.Event()
        self._lost = False
        self._visits = 0
        self._looked = asyncio.Event()

    async def first_look(self) -> None:
        """Return when it is known whether the reader is there."""
        await self._looked.wait()

    def ask_to_read(self) -> None:
        """Read the card that lies there."""
        self._wanted.set()

    def forget(self) -> None:
        """The visit has ended: what is being read is for nobody any more."""
        self._visits += 1
        self._wanted.clear()

    async def run(self) -> None:
        """Watch until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._reader.open()
                self._is_back()
                pause = FIRST_PAUSE
                while True:
                    await self._serve_one_card()
            except DeviceFailure as failure:
                self._is_lost(failure)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve_one_card(self) -> None:
        """From a card that is laid down to its removal. Raises DeviceFailure."""
        await self._reader.wait_for_card()
        self._wanted.clear()
        self._send(ev.CardFound())
        while await self._wanted_before_removal():
            self._wanted.clear()
            visit = self._visits
            try:
                document = await self._reader.read(lambda _: None)
            except DeviceFailure as failure:
                self._send(ev.CardFailed(Reason(str(failure.reason))))
                if failure.reason is FailureReason.REMOVED_EARLY:
                    break
                if failure.reason in READER_TROUBLE:
                    raise
                continue
            if visit == self._visits:
                self._visit.take_document(document)
                self._send(self._event_of(document))
        self._send(ev.CardRemoved())

    async def _wanted_before_removal(self) -> bool:
        """True when the card shall be read; False when it was taken away."""
        wanted = asyncio.create_task(self._wanted.wait())
        # A read that is wanted at once begins without asking the reader anything else.
        await asyncio.sleep(0)
        if wanted.done():
            return True
        removal = asyncio.create_task(self._reader.wait_for_removal())
        try:
            await asyncio.wait({wanted, removal}, return_when=asyncio.FIRST_COMPLETED)
            if removal.done():
                removal.result()
                return False
            return True
        finally:
            for task in (wanted, removal):
                task.cancel()
            await asyncio.gather(wanted, removal, return_exceptions=True)

    def _event_of(self, document: IdentityDocument) -> ev.CardRead:
        return ev.CardRead(
            str(document.document_type),
            expired=Warn.EXPIRED in document.warnings,
            under_14=is_under(document.birth_date, ADULT_FOR_FACE, self._today()),
        )

    def _is_back(self) -> None:
        if self._lost:
            log.info("the card reader is back")
            self._send(ev.PartBack(Part.READER))
        self._lost = False
        self._looked.set()

    def _is_lost(self, failure: DeviceFailure) -> None:
        if not self._lost:
            log.warning("the card reader is lost: %s", failure)
            self._send(ev.PartLost(Part.READER, Reason(str(failure.reason))))
        self._lost = True
        self._looked.set()


def is_under(birth: date | None, years: int, today: date) -> bool:
    """Whether somebody born then is younger than so many years; unknown is not."""
    if birth is None:
        return False
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return age < years
