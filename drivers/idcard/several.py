"""Several readers as one: a card may lie on any of them, and the one it lies on serves.

`SeveralReaders` waits at all readers that are ready and stays with the first that has a
card until that card is gone. Which readers there are, and which are ready, is a
`Pool`'s matter: `NamedReaders` holds those that the site names and brings each back by
itself; the supervisor's are in `drivers.supervised`.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.device import DeviceFailure, FailureReason, Observable, Status
from drivers.idcard.port import Capabilities, IdCardReader, IdentityDocument, Progress, Wanted

log = logging.getLogger(__name__)

PAUSES = (0.25, 0.5, 1.0, 1.5)
"""Between two attempts to open a lost reader; the last stays. It serves again within 2 s."""
LOST = frozenset({FailureReason.READER_FAULT, FailureReason.READER_NOT_AUTHORISED})
"""What a reader says when it is lost, and not only the card."""


class Pool(Protocol):
    """The readers that there are."""

    @property
    def status(self) -> Observable[Status]:
        """`online` while one of them is ready."""

    async def open(self) -> None:
        """Return when a reader is ready. Raises DeviceFailure if none becomes so."""

    def ready(self) -> Sequence[IdCardReader]:
        """The readers that are ready, the first preferred."""

    async def news(self) -> None:
        """Return when a reader may have become ready."""

    def failed(self, reader: IdCardReader, failure: DeviceFailure) -> None:
        """A reader is lost; it is not ready until it was brought back."""

    async def check(self) -> None:
        """Ask for signs of life. Raises DeviceFailure where no reader gives one."""

    def close(self) -> None:
        """Let all readers go."""


class SeveralReaders:
    """Fulfils `IdCardReader` with the readers of a pool. For one user."""

    def __init__(self, pool: Pool) -> None:
        self.capabilities = Capabilities()
        self._pool = pool
        self._using: IdCardReader | None = None
        self._lost = DeviceFailure(FailureReason.READER_FAULT, "no reader is ready")
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def status(self) -> Observable[Status]:
        """`online` while one reader is ready."""
        return self._pool.status

    async def open(self) -> None:
        """Return when a reader is ready. Raises DeviceFailure if none becomes so."""
        await self._pool.open()

    async def check(self) -> None:
        """Ask for signs of life. Raises DeviceFailure where no reader gives one."""
        await self._pool.check()

    async def wait_for_card(self) -> None:
        """Return when a card lies on one of the readers.

        Raises DeviceFailure when the last of them is lost.
        """
        self._using = None
        waiting: dict[IdCardReader, asyncio.Task[None]] = {}
        news = asyncio.create_task(self._pool.news())
        try:
            while self._using is None:
                for reader in self._pool.ready():
                    if reader not in waiting:
                        waiting[reader] = asyncio.create_task(reader.wait_for_card())
                if not waiting:
                    raise self._lost
                await asyncio.wait(
                    {news, *waiting.values()}, return_when=asyncio.FIRST_COMPLETED
                )
                if news.done():
                    news = asyncio.create_task(self._pool.news())
                self._using = self._first(waiting)
        finally:
            for task in (news, *waiting.values()):
                self._leave(task)

    async def read(
        self, progress: Callable[[Progress], None], wanted: Wanted | None = None
    ) -> IdentityDocument:
        """Read the card that was found. Raises DeviceFailure."""
        reader = self._using
        if reader is None:
            raise DeviceFailure(FailureReason.NO_CARD, "no card was found")
        try:
            return await reader.read(progress, wanted)
        except DeviceFailure as failure:
            if failure.reason in LOST:
                self._pool.failed(reader, failure)
            raise

    async def wait_for_removal(self) -> None:
        """Return when the card that was found is gone.

        With a reader that is lost its card is gone too, as long as another one serves;
        raises DeviceFailure where none does.
        """
        reader = self._using
        if reader is None:
            return
        try:
            await reader.wait_for_removal()
        except DeviceFailure as failure:
            self._pool.failed(reader, failure)
            if not self._pool.ready():
                raise
        self._using = None

    def close(self) -> None:
        """Let all readers go."""
        self._pool.close()

    def _first(self, waiting: dict[IdCardReader, asyncio.Task[None]]) -> IdCardReader | None:
        """The first reader with a card; those whose wait has failed are lost."""
        for reader, task in list(waiting.items()):
            if not task.done():
                continue
            del waiting[reader]
            failure = task.exception()
            if failure is None:
                return reader
            if not isinstance(failure, DeviceFailure):
                raise failure
            self._lost = failure
            self._pool.failed(reader, failure)
        return None

    def _leave(self, task: asyncio.Task[None]) -> None:
        """End a wait without waiting for its end: the card that was found comes first."""
        task.cancel()
        self._leaving.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._leaving.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            log.info("a wait that nobody needed ended: %s", failure)


@dataclass(slots=True, eq=False)
class _Kept:
    """One reader that is named, and how it is."""

    reader: IdCardReader
    name: str
    ready: bool = False
    attempts: int = 0
    failure: DeviceFailure | None = None
    bringing: asyncio.Task[None] | None = None


class NamedReaders:
    """A pool of readers that are named; a lost one is brought back while others serve."""

    def __init__(self, readers: dict[str, IdCardReader]) -> None:
        """`readers` by their names for the log, the preferred first."""
        self._kept = [_Kept(reader, name) for name, reader in readers.items()]
        self._status: Observable[Status] = Observable(Status.OFFLINE)
        self._news = asyncio.Event()

    @property
    def status(self) -> Observable[Status]:
        """`online` while one of them is ready."""
        return self._status

    async def open(self) -> None:
        """Return when a reader is ready. Raises DeviceFailure when all have failed."""
        before = [one.attempts for one in self._kept]
        for one in self._kept:
            self._bring_back(one)
        while not self.ready():
            if all(one.attempts > was for one, was in zip(self._kept, before, strict=True)):
                raise self._why()
            await self.news()

    def ready(self) -> Sequence[IdCardReader]:
        """The readers that are ready."""
        return [one.reader for one in self._kept if one.ready]

    async def news(self) -> None:
        """Return when one has been opened, or has failed to."""
        self._news.clear()
        await self._news.wait()

    def failed(self, reader: IdCardReader, failure: DeviceFailure) -> None:
        """Bring a reader back from now on."""
        for one in self._kept:
            if one.reader is reader and one.ready:
                log.warning("the reader %s is lost: %s", one.name, failure)
                one.ready, one.failure = False, failure
                self._bring_back(one)
        self._tell()

    async def check(self) -> None:
        """Ask every reader for a sign of life. Raises DeviceFailure where none gives one."""
        for one in self._kept:
            if one.ready:
                try:
                    await one.reader.check()
                except DeviceFailure as failure:
                    self.failed(one.reader, failure)
        if not self.ready():
            raise self._why()

    def close(self) -> None:
        """Let all readers go."""
        for one in self._kept:
            if one.bringing is not None:
                one.bringing.cancel()
            one.reader.close()

    def _bring_back(self, one: _Kept) -> None:
        if not one.ready and (one.bringing is None or one.bringing.done()):
            one.bringing = asyncio.create_task(self._open(one))

    async def _open(self, one: _Kept) -> None:
        """Open a reader, again and again, until it is."""
        failures = 0
        while not one.ready:
            try:
                await one.reader.open()
            except DeviceFailure as failure:
                one.failure = failure
                failures += 1
            else:
                one.ready = True
                log.info("the reader %s serves", one.name)
            one.attempts += 1
            self._tell()
            self._news.set()
            if not one.ready:
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES)) - 1])

    def _tell(self) -> None:
        first = self._kept[0].reader.status.value
        lost = Status.OFFLINE if first is Status.ONLINE else first
        self._status.set(Status.ONLINE if self.ready() else lost)

    def _why(self) -> DeviceFailure:
        known = [one.failure for one in self._kept if one.failure is not None]
        return known[0] if known else DeviceFailure(FailureReason.READER_FAULT, "no reader")

