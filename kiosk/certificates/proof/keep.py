"""Keeps signed lists for when there is no line: fetched while there is one.

Half of what is kept, or one that is not accepted, never takes the place of a good one.
Signatures are verified in a process that is ended again (`worker.py`).
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.errors import Failure
from kiosk.worker import Fields, Refusal, Worker, WorkerFault

log = logging.getLogger(__name__)

WORKER = "kiosk.certificates.proof.worker"
MEMORY_MB, SECONDS = 256, 10.0
EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 30.0
NOT_GOOD = (Refusal, WorkerFault, ValueError, OSError)
"""What says that lists are not to be kept or used."""

Fetch = Callable[[], Awaitable[Sequence[bytes]]]
Accept = Callable[[Sequence[bytes]], Awaitable[None]]
"""Takes what was fetched; raises one of NOT_GOOD for what must not be kept."""


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
            await self._accept(lists)
            await asyncio.to_thread(self._replace, lists)
        except (Failure, *NOT_GOOD) as error:
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
        """Put accepted lists into the folder. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, data in zip(self._names, lists, strict=True):
            new = self._folder / f"{name}.new"
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / name)


class PaperLists(KeptLists):
    """The two lists by which printed copies are verified.

    None that has run out, or is older than the kept one, is kept: a copy that was revoked stays so.
    """

    def __init__(
        self, fetch: Fetch, folder: Path, trust: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._trust = trust
        self._now = now
        super().__init__(
            "the lists for printed copies", fetch, self._take, folder, (KEYS_FILE, STATUS_FILE)
        )

    async def _take(self, lists: Sequence[bytes]) -> None:
        new = await verify("paper_lists", self._trust, lists)
        if self._now() > datetime.fromisoformat(new["good_until"]):
            raise ValueError(f"their time was over at {new['good_until']}")
        for made, before in zip(new["made"], await self._kept_times(), strict=False):
            if datetime.fromisoformat(made) < datetime.fromisoformat(before):
                raise ValueError(f"one of {made} after one of {before} was kept")

    async def _kept_times(self) -> list[str]:
        """When the kept ones were made; nothing where there are none that are good."""
        try:
            return list((await verify("paper_lists", self._trust, self.kept()))["made"])
        except NOT_GOOD:
            return []


async def verify(what: str, trust: Path, lists: Sequence[bytes]) -> Fields:
    """Have signed lists verified; what they say, where that is wanted. Raises one of NOT_GOOD.

    `what` is a call of the worker, `trust` the folder of authorities.
    """
    worker = Worker(WORKER, MEMORY_MB, SECONDS)
    try:
        said, _ = await worker.call(what, {"trust": str(trust)}, list(lists))
    finally:
        await worker.stop()
    return said
