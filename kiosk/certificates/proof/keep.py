"""Keeps the lists by which printed copies are verified: fetched while there is a line.

Half a list, or one that nobody trusted has signed, never takes the place of a good one.
They are verified in a process that is ended again (`worker.py`).
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.errors import Failure
from kiosk.worker import Refusal, Worker, WorkerFault

log = logging.getLogger(__name__)

WORKER = "kiosk.certificates.proof.worker"
MEMORY_MB, SECONDS = 256, 10.0
EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0

Fetch = Callable[[], Awaitable[tuple[bytes, bytes]]]


class PaperLists:
    """The two lists in a folder."""

    def __init__(self, fetch: Fetch, folder: Path, trust: Path) -> None:
        self._fetch = fetch
        self._folder = folder
        self._trust = str(trust)
        self._failing = False

    async def run(self) -> None:
        """Refresh them now and then, for as long as the terminal runs."""
        while True:
            await asyncio.sleep(EVERY_SECONDS if await self.refresh() else AGAIN_SECONDS)

    async def refresh(self) -> bool:
        """Fetch, verify, keep; False where that failed, which is logged once."""
        try:
            keys, status = await self._fetch()
            await self._verify(keys, status)
            await asyncio.to_thread(self._replace, keys, status)
        except (Failure, Refusal, WorkerFault, OSError) as error:
            if not self._failing:
                log.warning("the lists for printed copies were not refreshed: %s", error)
            self._failing = True
            return False
        if self._failing:
            log.info("the lists for printed copies are refreshed again")
        self._failing = False
        return True

    async def _verify(self, keys: bytes, status: bytes) -> None:
        """Have both lists verified. Raises Refusal, WorkerFault."""
        worker = Worker(WORKER, MEMORY_MB, SECONDS)
        try:
            await worker.call("verify", {"trust": self._trust}, [keys, status])
        finally:
            await worker.stop()

    def _replace(self, keys: bytes, status: bytes) -> None:
        """Put verified lists into the folder. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, data in ((KEYS_FILE, keys), (STATUS_FILE, status)):
            new = self._folder / f"{name}.new"
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / name)
