"""Keeps signed lists for when there is no line; when they are fetched is a sync job's matter.

Half of what is kept, or one that is not accepted, never takes the place of a good one.
Signatures are verified in a process that is ended again (`worker.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.content.failures import CAUGHT, as_sync_failure
from kiosk.worker import Fields, Refusal, Worker, WorkerFault
from offline.durable import write_durably
from offline.sync.job import Outcome

WORKER = "kiosk.certificates.proof.worker"
MEMORY_MB, SECONDS = 256, 10.0
NOT_GOOD = (Refusal, WorkerFault, ValueError, OSError)
"""What says that lists are not to be kept or used."""

Fetch = Callable[[], Awaitable[Sequence[bytes]]]
Accept = Callable[[Sequence[bytes]], Awaitable[None]]
"""Takes what was fetched; raises one of NOT_GOOD for what must not be kept."""


class KeptLists:
    """Signed lists in a folder, that are good together."""

    def __init__(
        self, fetch: Fetch, accept: Accept, folder: Path, names: Sequence[str]
    ) -> None:
        """`names` of their files, in the order of `fetch`."""
        self._fetch = fetch
        self._accept = accept
        self._folder = folder
        self._names = names

    async def refresh(self) -> Outcome:
        """Fetch, verify, keep. Raises SyncFailure; what was kept stays then."""
        try:
            lists = await self._fetch()
            await self._accept(lists)
            changed = await asyncio.to_thread(self._replace, lists)
        except CAUGHT as error:
            raise as_sync_failure(error) from error
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def kept(self) -> list[bytes]:
        """What lies in the folder. Raises OSError."""
        return [(self._folder / name).read_bytes() for name in self._names]

    def _replace(self, lists: Sequence[bytes]) -> bool:
        """Put accepted lists into the folder; whether they are others. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        changed = False
        for name, data in zip(self._names, lists, strict=True):
            place = self._folder / name
            if not place.exists() or place.read_bytes() != data:
                write_durably(place, data)
                changed = True
        return changed


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
        super().__init__(fetch, self._take, folder, (KEYS_FILE, STATUS_FILE))

    async def _take(self, lists: Sequence[bytes]) -> None:
        new = await verify("paper_lists", self._trust, lists)
        if self._now() > datetime.fromisoformat(new["good_until"]):
            raise ValueError(f"their time was over at {new['good_until']}")
        for made, before in zip(new["made"], await self._kept_times(), strict=False):
            if datetime.fromisoformat(made) < datetime.fromisoformat(before):
                raise ValueError(f"one of {made} after one of {before} was kept")

    async def _kept_times(self) -> list[str]:
        """When the kept ones were made; nothing where there are none that are good.

        Raises WorkerFault: what could not be judged is not to be replaced by something older.
        """
        try:
            return list((await verify("paper_lists", self._trust, self.kept()))["made"])
        except WorkerFault:
            raise
        except NOT_GOOD:
            return []


async def verify(
    what: str, trust: Path, lists: Sequence[bytes], fields: Fields | None = None
) -> Fields:
    """Have signed lists verified; what they say, where that is wanted. Raises one of NOT_GOOD.

    `what` is a call of the worker, `trust` the folder of authorities, `fields` what else it asks.
    """
    worker = Worker(WORKER, MEMORY_MB, SECONDS)
    try:
        said, _ = await worker.call(what, {"trust": str(trust), **(fields or {})}, list(lists))
    finally:
        await worker.stop()
    return said
