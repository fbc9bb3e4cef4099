"""Keeps the terminal's packages as the platform lists them: what is new comes, the rest goes.

Each package is fetched once and kept whole or not at all: its size must be that of the list, and
the terminal's own lock must open. One that does not come leaves the others alone. Without a line
what is here stays until its time is over.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from kiosk.errors import Failure
from kiosk.packages.port import ListedPackage, PackageSource
from kiosk.visit.states import Kept
from offline.failures import VaultFailure
from offline.sealed import store
from offline.sealed.envelope import LARGEST
from offline.sealed.reasons import SealedFailure, SealedReason
from offline.sealed.store import Facts
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
"""So long after it was taken back a package may still be printed, where there is a line."""

OpenOuter = Callable[[bytes, bytes], object]
"""Takes the terminal's lock off a package (content, id). Raises SealedFailure."""


class PackageKeeper:
    """Fetches packages and throws them away."""

    def __init__(
        self, vault: Vault, source: PackageSource, open_outer: OpenOuter,
        seconds: float = EVERY_SECONDS,
    ) -> None:
        self._vault = vault
        self._source = source
        self._open_outer = open_outer
        self._seconds = seconds
        self._failing = False
        self._missing: set[str] = set()
        """Packages that did not come when they were last fetched: told already."""

    async def run(self) -> None:
        """Refresh now and then, for as long as the terminal runs."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._seconds)

    async def refresh(self) -> bool:
        """Do what the platform's list says; False where that failed, which is logged once.

        A package that does not come is logged for itself, and fetched again the next time.
        """
        try:
            await self._vault.write(store.sweep)
            await self._follow(await self._source.list())
        except (Failure, VaultFailure) as failure:
            if not self._failing:
                log.warning("packages: not refreshed: %s", failure)
            self._failing = True
            return False
        if self._failing:
            log.info("packages: refreshed again")
        self._failing = False
        return not self._missing

    async def look(self) -> Kept | None:
        """Whether anything is kept that can be printed."""
        try:
            return Kept.PACKAGES if await self._vault.read(store.usable) else None
        except VaultFailure:
            # Whoever writes there next says why; here it counts as nothing.
            return None

    async def _follow(self, listed: list[ListedPackage]) -> None:
        wanted = {one.id for one in listed}
        complete = await self._vault.read(store.complete)
        self._missing &= wanted - complete
        for one in listed:
            if one.id not in complete:
                await self._bring(one)
        # A new one is here before the old one that it replaces goes.
        gone = await self._vault.read(store.ids) - wanted
        if gone:
            await self._vault.write(lambda txn: _forget(txn, gone))
            log.info("packages: %d were taken back, used up or over", len(gone))

    async def _bring(self, listed: ListedPackage) -> None:
        """Fetch one package; where that fails the next one has its turn."""
        try:
            await self._fetch(listed)
        except (Failure, SealedFailure) as failure:
            if listed.id not in self._missing:
                log.warning("package %s: not kept: %s", listed.id, failure)
            self._missing.add(listed.id)
        else:
            self._missing.discard(listed.id)

    async def _fetch(self, listed: ListedPackage) -> None:
        """Fetch one package, look at it and keep it. Raises Failure, SealedFailure."""
        if listed.size > LARGEST:
            raise SealedFailure(SealedReason.TOO_LARGE, f"{listed.size} bytes")
        content = await self._source.fetch(listed.id)
        if len(content) != listed.size:
            detail = f"{len(content)} bytes instead of {listed.size}"
            raise SealedFailure(SealedReason.CONTRADICTS, detail)
        self._open_outer(content, bytes.fromhex(listed.id))

        def keep(txn: Transaction) -> None:
            arrived = txn.now.timestamp()
            facts = Facts(listed.begins, listed.ends, listed.copies, arrived, listed.used)
            store.keep(txn, listed.id, listed.tag, facts, content)

        await self._vault.write(keep)


def _forget(txn: Transaction, packages: Iterable[str]) -> None:
    for package in packages:
        store.forget(txn, package)
