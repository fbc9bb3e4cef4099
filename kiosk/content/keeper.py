"""Everything that a terminal keeps of what the platform publishes, and the jobs that refresh it.

A job for each: the lists by which printed copies are verified, the directory of regions, and the
collections of `sandbox/publishing.py`'s kind: catalogue, guides, prompts, configuration.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from kiosk.certificates.directory import KeptDirectory
from kiosk.certificates.proof.keep import PaperLists, verify
from kiosk.config import Config
from kiosk.content import catalogue, configuration, guides, prompts
from kiosk.content.catalogue import Catalogue
from kiosk.content.configuration import PublishedConfiguration
from kiosk.content.failures import CAUGHT, as_sync_failure
from kiosk.content.guides import Guides
from kiosk.content.http import PlatformFiles
from kiosk.content.prompts import Prompts
from kiosk.platform import Platform
from offline.sync.delta import Entry, Manifest
from offline.sync.failures import SyncFailure
from offline.sync.job import Job, Random, Schedule
from offline.sync.publication import Accept, Publication
from offline.sync.runner import Runner
from offline.vault import Vault

log = logging.getLogger(__name__)

LISTS = Schedule(every=3600.0, at_start=True)
"""What counts by its date is asked for at every start."""
PAGES = Schedule(every=6 * 3600.0)
AGAIN_SECONDS = 30.0
"""After so long what could not be judged at the start is looked at again."""


@dataclass(frozen=True, slots=True)
class Around:
    """What keeping needs of the terminal."""

    config: Config
    platform: Platform
    vault: Vault
    papers: PaperLists
    directory: KeptDirectory
    random: Random
    now: Callable[[], datetime]


class Content:
    """What is kept, and what refreshes it."""

    def __init__(self, around: Around) -> None:
        self.guides, self.catalogue, self.prompts = Guides(), Catalogue(), Prompts()
        published = PublishedConfiguration(around.config, around.vault)
        accepts: dict[str, Accept] = {
            catalogue.COLLECTION: self.catalogue.accept, guides.COLLECTION: self.guides.accept,
            prompts.COLLECTION: self.prompts.accept,
            configuration.COLLECTION: published.accept,
        }
        self._directory = around.directory
        self._publications = [
            _publication(around, collection, accept) for collection, accept in accepts.items()
        ]
        jobs = [
            Job("paper_lists", around.papers.refresh, LISTS),
            Job("directory", around.directory.refresh, LISTS),
            *(Job(one.name, one.refresh, PAGES) for one in self._publications),
        ]
        self.runner = Runner(around.vault, jobs, around.random, around.now)

    async def run(self) -> None:
        """Begin with what is kept, then refresh it in its time."""
        await self._directory.remember()
        late = await _remember(self._publications)
        for one in late:
            log.warning("%s: what is kept cannot be judged yet", one.name)
        async with asyncio.TaskGroup() as group:
            group.create_task(_remember_late(late))
            group.create_task(self.runner.run())


async def _remember(publications: Sequence[Publication]) -> list[Publication]:
    """Take into use what is kept; those that could not be judged."""
    late = []
    for one in publications:
        try:
            await one.remember()
        except SyncFailure:
            late.append(one)
    return late


async def _remember_late(publications: Sequence[Publication]) -> None:
    """Try again until each is judged: without a line it is all that there is."""
    late = publications
    while late:
        await asyncio.sleep(AGAIN_SECONDS)
        late, before = await _remember(late), late
        for one in before:
            if one not in late:
                log.info("%s: what is kept is judged now", one.name)


def _publication(around: Around, collection: str, accept: Accept) -> Publication:
    terminal = around.config.terminal
    return Publication(
        collection, PlatformFiles(around.platform, terminal.id), collection,
        terminal.state / "published" / collection,
        partial(verify_manifest, around.config.platform.trust, collection, terminal.id), accept,
        around.now,
    )


async def verify_manifest(
    trust: Path, collection: str, terminal: str, signed: bytes
) -> Manifest:
    """Have a manifest verified in a process apart, and read it. Raises SyncFailure."""
    try:
        said = await verify(
            "manifest", trust, [signed], {"collection": collection, "terminal": terminal}
        )
    except CAUGHT as error:
        raise as_sync_failure(error) from error
    return Manifest(
        said["number"], datetime.fromisoformat(said["made"]),
        datetime.fromisoformat(said["good_until"]),
        {name: Entry(size, digest) for name, size, digest in said["files"]},
    )
