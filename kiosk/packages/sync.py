"""Keeps the terminal's packages as the platform lists them: what is new comes, the rest goes.

Each package is fetched once and kept whole or not at all. Without a line what is here stays
until its time is over.
"""

import asyncio
import logging
from collections.abc import Iterable

from kiosk.errors import Failure
from kiosk.packages.port import ListedPackage, PackageSource
from kiosk.visit.states import Kept
from offline.failures import VaultFailure
from offline.sealed import store
from offline.sealed.envelope import LARGEST
from offline.sealed.reasons import SealedFailure
from offline.sealed.store import Facts
from offline.transaction import Transaction
from offline.vault import Vault

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
"""So long after it was taken back a package may still be printed, where there is a line."""


class PackageKeeper:
    """Fetches packages and throws them away."""

    def __init__(
        self, vault: Vault, source: PackageSource, seconds: float = EVERY_SECONDS
    ) -> None:
        self._vault = vault
        self._source = source
        self._seconds = seconds
        self._failing = False

    async def run(self) -> None:
        """Refresh now and then, for as long as the terminal runs."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._seconds)

    async def refresh(self) -> bool:
        """Do what the platform's list says; False where that failed, which is logged once."""
        try:
            await self._vault.write(store.sweep)
            await self._follow(await self._source.list())
        except (Failure, VaultFailure, SealedFailure) as failure:
            if not self._failing:
                log.warning("packages: not refreshed: %s", failure)
            self._failing = True
            return False
        if self._failing:
            log.info("packages: refreshed again")
        self._failing = False
        return True

    async def look(self) -> Kept | None:
        """Whether anything is kept that can be printed."""
        try:
            return Kept.PACKAGES if await self._vault.read(store.usable) else None
        except VaultFailure:
            # Whoever writes there next says why; here it counts as nothing.
            return None

    async def _follow(self, listed: list[ListedPackage]) -> None:
        here = await self._vault.read(store.ids)
        gone = here - {one.id for one in listed}
        if gone:
            await self._vault.write(lambda txn: _forget(txn, gone))
            log.info("packages: %d were taken back, used up or over", len(gone))
        for one in listed:
            if one.id not in here:
                await self._fetch(one)

    async def _fetch(self, listed: ListedPackage) -> None:
        """Fetch one package and keep it; one that is too large is left where it is."""
        if listed.size > LARGEST:
            log.warning("package %s: %d bytes are too many", listed.id, listed.size)
            return
        content = await self._source.fetch(listed.id)

        def keep(txn: Transaction) -> None:
            facts = Facts(listed.begins, listed.ends, listed.copies, txn.now.timestamp())
            store.keep(txn, listed.id, listed.tag, facts, content)

        await self._vault.write(keep)


def _forget(txn: Transaction, packages: Iterable[str]) -> None:
    for package in packages:
        store.forget(txn, package)
