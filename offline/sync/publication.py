"""Files that the platform publishes together under one signed manifest, as a terminal keeps them.

Contents lie under their digests in `objects/`; the manifest names them and is written last, in
one step. So whatever breaks off, what is used is one whole publication, the old one or the
new one; and a content that did not change is not fetched again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from offline.durable import write_durably
from offline.sync.delta import Manifest, check_follows, missing
from offline.sync.download import download
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.http import Http, fetch
from offline.sync.job import Outcome

log = logging.getLogger(__name__)

MANIFEST, OBJECTS = "manifest.cose", "objects"
LARGEST_MANIFEST = 256 * 1024

Files = Mapping[str, bytes]
Verify = Callable[[bytes], Awaitable[Manifest]]
"""Checks a manifest's signature and reads it. Raises SyncFailure."""
Accept = Callable[[Files], Awaitable[None]]
"""Takes files that are whole and signed for into use; raises SyncFailure (NOT_UNDERSTOOD)."""


class Publication:
    """One publication in a folder."""

    def __init__(
        self, name: str, http: Http, path: str, folder: Path, verify: Verify, accept: Accept,
        now: Callable[[], datetime],
    ) -> None:
        """`path` of the platform: `PATH/manifest` is the manifest, `PATH/files/DIGEST` a file."""
        self.name = name
        self._http = http
        self._path = path
        self._folder = folder
        self._verify = verify
        self._accept = accept
        self._now = now
        self._kept: Manifest | None = None
        self._remembered = False
        self._remembering = asyncio.Lock()

    @property
    def kept(self) -> Manifest | None:
        """What is in use."""
        return self._kept

    async def remember(self) -> None:
        """Take into use what was kept, once; what is not whole or not signed any more is not used.

        Raises SyncFailure (BROKEN) where that could not be judged; it can be called again then.
        """
        async with self._remembering:
            if not self._remembered:
                self._kept = await self._what_was_kept()
                self._remembered = True

    async def _what_was_kept(self) -> Manifest | None:
        try:
            manifest = await self._verify((self._folder / MANIFEST).read_bytes())
            await self._accept(await asyncio.to_thread(self._read, manifest))
        except FileNotFoundError:
            log.info("%s: nothing is kept yet", self.name)
            return None
        except (SyncFailure, OSError) as failure:
            if isinstance(failure, SyncFailure) and failure.reason is SyncReason.BROKEN:
                raise
            log.warning("%s: what is kept is not used: %s", self.name, failure)
            return None
        return manifest

    async def refresh(self) -> Outcome:
        """Fetch what changed, and take it into use as a whole. Raises SyncFailure."""
        # Without knowing what is kept, an older one would be taken for a newer.
        await self.remember()
        signed = await fetch(self._http, f"{self._path}/manifest", LARGEST_MANIFEST)
        new = await self._verify(signed)
        check_follows(new, self._kept, self._now())
        try:
            whole = await asyncio.to_thread(self._whole, new)
            for entry in missing(new, whole):
                path = f"{self._path}/files/{entry.digest}"
                await download(self._http, path, entry, self._place(entry.digest))
            await self._accept(await asyncio.to_thread(self._read, new))
            await asyncio.to_thread(self._keep, signed, new)
        except OSError as error:
            raise SyncFailure(SyncReason.DISK, str(error)) from error
        before, self._kept = self._kept, new
        same = before is not None and before.files == new.files
        return Outcome.UNCHANGED if same else Outcome.CHANGED

    def _place(self, digest: str) -> Path:
        return self._folder / OBJECTS / digest

    def _whole(self, manifest: Manifest) -> set[str]:
        """Digests of what is there and is what it should be; what fell over is fetched again."""
        return {
            one.digest for one in manifest.files.values()
            if self._place(one.digest).exists()
            and sha256(self._place(one.digest).read_bytes()).hexdigest() == one.digest
        }

    def _read(self, manifest: Manifest) -> dict[str, bytes]:
        """All files by their names. Raises SyncFailure (WRONG_CONTENT), OSError."""
        files = {name: self._place(one.digest).read_bytes() for name, one in manifest.files.items()}
        for name, content in files.items():
            if sha256(content).hexdigest() != manifest.files[name].digest:
                raise SyncFailure(SyncReason.WRONG_CONTENT, f"{name} was changed on the disk")
        return files

    def _keep(self, signed: bytes, manifest: Manifest) -> None:
        """Let the manifest take the kept one's place, then forget what it does not name."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._folder / MANIFEST, signed)
        objects = self._folder / OBJECTS
        named = {one.digest for one in manifest.files.values()}
        for path in objects.iterdir() if objects.exists() else ():
            if path.name not in named:
                path.unlink()
