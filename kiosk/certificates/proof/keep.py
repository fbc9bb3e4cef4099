"""Keeps signed lists for when there is no line: fetched while there is one.

Half of what is kept, or one that is not accepted, never takes the place of a good one.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from kiosk.certificates.proof.lists import KEYS_FILE, STATUS_FILE, read_lists
from kiosk.certificates.trust import load_trust
from kiosk.errors import Failure

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0

Fetch = Callable[[], Awaitable[Sequence[bytes]]]
Accept = Callable[[Sequence[bytes]], None]
"""Takes what was fetched; raises ValueError or OSError for what must not be kept. In a thread."""


class KeptLists:
    """Signed lists in a folder, that are good together."""

    def __init__(
        self, what: str, fetch: Fetch, accept: Accept, folder: Path, names: Sequence[str]
    ) -> None:
        """`what` they are, for the log; `names` of their files, in the order of `fetch`."""
        self._what = what
        self._fetch = fetch
        self._accept = accept
        self._folder = folder
        self._names = names
        self._failing = False

    async def run(self) -> None:
        """Refresh them now and then, for as long as the terminal runs."""
        while True:
            await asyncio.sleep(EVERY_SECONDS if await self.refresh() else AGAIN_SECONDS)

    async def refresh(self) -> bool:
        """Fetch, verify, keep; False where that failed, which is logged once."""
        try:
            lists = await self._fetch()
            await asyncio.to_thread(self._replace, lists)
        except (Failure, ValueError, OSError) as error:
            if not self._failing:
                log.warning("%s: not refreshed: %s", self._what, error)
            self._failing = True
            return False
        if self._failing:
            log.info("%s: refreshed again", self._what)
        self._failing = False
        return True

    def kept(self) -> list[bytes]:
        """What lies in the folder. Raises OSError."""
        return [(self._folder / name).read_bytes() for name in self._names]

    def _replace(self, lists: Sequence[bytes]) -> None:
        """Put accepted lists into the folder. Raises ValueError, OSError."""
        self._accept(lists)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, data in zip(self._names, lists, strict=True):
            new = self._folder / f"{name}.new"
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / name)


class PaperLists(KeptLists):
    """The two lists by which printed copies are verified."""

    def __init__(self, fetch: Fetch, folder: Path, trust: Path) -> None:
        def accept(lists: Sequence[bytes]) -> None:
            keys, status = lists
            read_lists(keys, status, load_trust(trust).chains)

        super().__init__(
            "the lists for printed copies", fetch, accept, folder, (KEYS_FILE, STATUS_FILE)
        )
