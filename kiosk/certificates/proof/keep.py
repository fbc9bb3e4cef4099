"""Keeps the lists by which printed copies are verified: fetched while there is a line.

Half a list, or one that nobody trusted has signed, never takes the place of a good one.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from kiosk.certificates.proof.cose import BadCose
from kiosk.certificates.proof.lists import KEYS_FILE, STATUS_FILE, read_lists
from kiosk.certificates.trust import load_trust
from kiosk.errors import Failure

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0

Fetch = Callable[[], Awaitable[tuple[bytes, bytes]]]


class PaperLists:
    """The two lists in a folder."""

    def __init__(self, fetch: Fetch, folder: Path, trust: Path) -> None:
        self._fetch = fetch
        self._folder = folder
        self._trust = trust
        self._failing = False

    async def run(self) -> None:
        """Refresh them now and then, for as long as the terminal runs."""
        while True:
            await asyncio.sleep(EVERY_SECONDS if await self.refresh() else AGAIN_SECONDS)

    async def refresh(self) -> bool:
        """Fetch, verify, keep; False where that failed, which is logged once."""
        try:
            keys, status = await self._fetch()
            await asyncio.to_thread(self._replace, keys, status)
        except (Failure, BadCose, OSError) as error:
            if not self._failing:
                log.warning("the lists for printed copies were not refreshed: %s", error)
            self._failing = True
            return False
        if self._failing:
            log.info("the lists for printed copies are refreshed again")
        self._failing = False
        return True

    def _replace(self, keys: bytes, status: bytes) -> None:
        """Put verified lists into the folder. Raises BadCose, OSError."""
        read_lists(keys, status, load_trust(self._trust).chains)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, data in ((KEYS_FILE, keys), (STATUS_FILE, status)):
            new = self._folder / f"{name}.new"
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / name)
