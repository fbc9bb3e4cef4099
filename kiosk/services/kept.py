"""Watches what the terminal keeps for when there is no line, and says when that changes."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.certificates.proof.keep import NOT_GOOD, verify
from kiosk.content.guides import Guides
from kiosk.visit import events as ev
from kiosk.visit.states import Kept
from kiosk.worker import WorkerFault

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
AGAIN_SECONDS = 30.0
"""After a fault of what verifies lists it is asked again; a process each time is not for less."""

Look = Callable[[], Awaitable[Kept | None]]
"""What is kept of one kind, in which state; None where nothing is."""


class KeptWatch:
    """Looks at every kind in turn, and sends what is kept when it is another than before."""

    def __init__(self, looks: Sequence[Look], send: Callable[[ev.Event], None]) -> None:
        self._looks = looks
        self._send = send
        self._told: frozenset[Kept] = frozenset()

    async def look(self) -> None:
        """Look once."""
        found = [await look() for look in self._looks]
        kept = frozenset(one for one in found if one is not None)
        if kept != self._told:
            log.info("kept for when there is no line: %s", ", ".join(sorted(kept)) or "nothing")
            self._told = kept
            self._send(ev.ContentChanged(kept))

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.look()


class PaperListsLook:
    """Whether the lists for printed copies are kept, and within their time.

    They are verified, in a process of their own, only when their files have changed, and again
    after a fault of that process, which says nothing of the lists.
    """

    def __init__(
        self, folder: Path, trust: Path, now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock`: seconds, never set back."""
        self._files = [folder / name for name in (KEYS_FILE, STATUS_FILE)]
        self._trust = trust
        self._now = now
        self._clock = clock
        self._again_at: float | None = None
        self._seen: list[int] | None = None
        self._good_until: datetime | None = None

    async def __call__(self) -> Kept | None:
        """Look once."""
        try:
            changed = [path.stat().st_mtime_ns for path in self._files]
        except OSError:
            self._seen = self._good_until = None
            return None
        if changed != self._seen and not self._rests():
            await self._judge(changed)
        if self._good_until is None:
            return None
        return Kept.PAPER_LISTS if self._now() < self._good_until else Kept.OLD_PAPER_LISTS

    def _rests(self) -> bool:
        """Whether the last fault was a moment ago."""
        return self._again_at is not None and self._clock() < self._again_at

    async def _judge(self, changed: list[int]) -> None:
        """Verify lists with these times of change; after a fault what was known of them stays."""
        try:
            self._good_until = await self._end()
        except WorkerFault as fault:
            if self._again_at is None:
                log.warning("the kept lists for printed copies cannot be verified: %s", fault)
            self._again_at = self._clock() + AGAIN_SECONDS
            return
        if self._again_at is not None:
            log.info("the kept lists for printed copies can be verified again")
        self._seen, self._again_at = changed, None

    async def _end(self) -> datetime | None:
        """Until when they are good; None for lists not to be used. Raises WorkerFault."""
        try:
            lists = [path.read_bytes() for path in self._files]
            said = await verify("paper_lists", self._trust, lists)
        except WorkerFault:
            raise
        except NOT_GOOD as error:
            log.warning("the kept lists for printed copies are of no use: %s", error)
            return None
        return datetime.fromisoformat(said["good_until"])


def guides_look(guides: Guides) -> Look:
    """Whether any guides are kept."""

    async def look() -> Kept | None:
        return Kept.GUIDES if guides.current else None

    return look
