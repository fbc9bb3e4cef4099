"""A power cut at every sync of the vault: what is reported must be there, once.

The vault, its outbox, audit and print ledger, and the delivery to a platform do their work
on a disk that forgets (`disk.py`). At every sync the power is cut in thought: what is then on
the disk is opened as a terminal does, and compared with what anybody was told until then.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw
from cryptography.hazmat.primitives.asymmetric import ec

from bench.chaos.checks import Losses, Place, Told, examine
from bench.chaos.disk import MEMORY, Disk, DiskVfs, Image, without_shared_memory, write_image
from kiosk.keeping import SCHEMAS
from kiosk.printing.ledger import PrintLedger
from kiosk.printing.port import JobOutcome
from offline import outbox
from offline.audit.checkpoint import signer
from offline.audit.log import append
from offline.clock import Clock, system_clock
from offline.delivery import Answer, Delivery, NoContact
from offline.failures import VaultFailure
from offline.keys.file import FileKeeper
from offline.lanes import Lane
from offline.store import Store, StoreOptions
from offline.vault import Vault

KIOSK = "CHAOS-0001"
STORE = "vault.db"
VFS = "tongban-chaos"
TORN_EACH = 2
"""How often each cut is tried with other unsynced sectors on the disk."""
KINDS = ("request", "complaint", "rating")


@dataclass
class Result:
    """What the cuts did."""

    cuts: int = 0
    told: int = 0
    """Things that somebody was told were on the disk, at the last cut."""
    losses: Losses = field(default_factory=Losses)

    def as_json(self) -> dict[str, int]:
        """For a report."""
        return {"cuts": self.cuts, "told": self.told, **asdict(self.losses)}


class Platform:
    """Takes records, once; loses some answers."""

    def __init__(self, random: Random) -> None:
        self.inbox: dict[Place, str] = {}
        self._random = random

    async def __call__(self, envelope: Mapping[str, Any]) -> Answer:
        """An `offline.delivery.Post`."""
        if self._random.random() < 0.2:
            raise NoContact("no line")
        for lane, sent in envelope["lanes"].items():
            for one in sent:
                self.inbox.setdefault((lane, one["number"]), one["key"])
        if self._random.random() < 0.2:
            raise NoContact("the answer was lost")
        numbers: dict[str, int] = {}
        for lane, number in self.inbox:
            numbers[lane] = max(number, numbers.get(lane, 0))
        return Answer(numbers)


class Work:
    """What a terminal does with its vault, by chance; it notes what it was told."""

    def __init__(self, vault: Vault, told: Told, platform: Platform, random: Random) -> None:
        self._vault = vault
        self._told = told
        self._random = random
        self._ledger = PrintLedger(vault)
        self._delivery = Delivery(
            vault, platform, signer(ec.generate_private_key(ec.SECP256R1())), dict, random.random
        )

    async def go(self, steps: int) -> None:
        """So many things, up to three at a time."""
        deeds = (self._leave, self._leave, self._note, self._print, self._deliver, self._checkpoint)
        while steps > 0:
            together = self._random.randint(1, 3)
            await asyncio.gather(*(self._random.choice(deeds)() for _ in range(together)))
            steps -= together

    async def _leave(self) -> None:
        kind, size = self._random.choice(KINDS), self._random.choice((10, 300, 3000))
        body = {"text": "句" * size}
        key = await self._vault.write(lambda txn: outbox.put(txn, Lane.CITIZEN, kind, body))
        self._told.records.add(key)

    async def _note(self) -> None:
        event = self._random.choice(("visit_started", "visit_ended"))
        number = await self._vault.write(lambda txn: append(txn, event, {}, 1))
        self._told.audits[number] = event

    async def _print(self) -> None:
        job = await self._ledger.prepare("household", 1, 1)
        self._told.jobs[job.number] = JobOutcome.PREPARED
        await self._ledger.submitted(job.number, job.number + 100)
        self._told.jobs[job.number] = JobOutcome.SUBMITTED
        outcome = self._random.choice((JobOutcome.PRINTED, JobOutcome.UNKNOWN))
        await self._ledger.settled(job.number, outcome, None, 1)
        self._told.jobs[job.number] = outcome

    async def _deliver(self) -> None:
        await self._delivery.contact()

    async def _checkpoint(self) -> None:
        # Otherwise this comes once in a thousand pages, and hardly any cut would meet it.
        mode = self._random.choice(("PASSIVE", "RESTART", "TRUNCATE"))
        await self._vault.read(lambda txn: txn.execute(f"PRAGMA wal_checkpoint({mode})"))


class Cuts:
    """Cuts the power at every sync, and looks."""

    def __init__(
        self, folder: Path, told: Told, platform: Platform, random: Random, clock: Clock
    ) -> None:
        self._folder = folder
        self._told = told
        self._platform = platform
        self._random = random
        self._clock = clock
        self.result = Result()

    def __call__(self, disk: Disk) -> None:
        """One sync: what would be left."""
        said = Told(set(self._told.records), dict(self._told.audits), dict(self._told.jobs))
        inbox = dict(self._platform.inbox)
        self.result.told = len(said.records) + len(said.audits) + len(said.jobs)
        for image in (disk.image(), *(disk.torn(self._random) for _ in range(TORN_EACH))):
            self.result.cuts += 1
            self.result.losses += self._look(image, said, inbox)

    def _look(self, image: Image, said: Told, inbox: dict[Place, str]) -> Losses:
        left = self._folder / "left"
        shutil.rmtree(left, ignore_errors=True)
        write_image(image, left)
        key = (self._folder / STORE).with_suffix(".key")
        shutil.copyfile(key, left / key.name)
        try:
            store = Store(
                left / STORE, FileKeeper(self._folder / "keys"), StoreOptions(KIOSK, SCHEMAS),
                self._clock,
            )
        except (VaultFailure, apsw.Error):
            return Losses(unreadable=1)
        try:
            if store.rebuilt is not None:
                return Losses(unreadable=1)
            return store.transact(lambda txn: examine(txn, said, inbox))
        finally:
            store.close()


def cut_power(seed: int, steps: int, starts: int = 3) -> Result:
    """Work for so many steps, closed in order and opened again between; cut at every sync."""
    random, told, clock = Random(seed), Told(), system_clock()
    platform = Platform(random)
    hook = without_shared_memory()
    with tempfile.TemporaryDirectory(prefix="tongban-power-", dir=MEMORY) as name:
        folder = Path(name)
        cuts = Cuts(folder, told, platform, Random(seed + 1), clock)
        disk = Disk(cuts)
        vfs = DiskVfs(VFS, disk)
        apsw.connection_hooks.append(hook)
        try:
            for _ in range(starts):
                _work(folder, told, platform, random, clock, steps // starts)
        finally:
            apsw.connection_hooks.remove(hook)
            vfs.unregister()
    return cuts.result


def _work(
    folder: Path, told: Told, platform: Platform, random: Random, clock: Clock, steps: int
) -> None:
    options = StoreOptions(KIOSK, SCHEMAS, vfs=VFS)
    vault = Vault(folder / STORE, FileKeeper(folder / "keys"), options, clock)
    try:
        asyncio.run(Work(vault, told, platform, random).go(steps))
    finally:
        vault.close()

