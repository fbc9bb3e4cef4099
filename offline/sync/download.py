"""Downloads a file whose size and digest are known, however often the line breaks off.

What has come so far lies beside, and is gone on with by a range (RFC 9110, 14.2) on condition
that the server still has the same (`If-Range`, 13.1.5). Only what has the right digest gets
the file's own name, after it is on the disk: half a download is never used.
"""

import asyncio
import os
import re
from hashlib import file_digest
from pathlib import Path

from offline.durable import sync_folder, write_durably
from offline.sync.delta import Entry
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.http import Http, Response

CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
WORTH_GOING_ON = 4096
"""Bytes; a try that brought as many is followed by the next one at once."""


class Part:
    """What has come so far of one file. Calls block."""

    def __init__(self, target: Path) -> None:
        """`target`: the file's own place. The part and its entity tag stand beside it."""
        self._target = target
        self._part = target.with_name(f"{target.name}.part")
        self._tag = target.with_name(f"{target.name}.etag")

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._part.stat().st_size if self._part.exists() else 0

    @property
    def tag(self) -> str:
        """The server's name for what the part is of; empty where it gave none."""
        return self._tag.read_text(encoding="latin-1") if self._tag.exists() else ""

    def begin(self, tag: str) -> None:
        """Begin anew, with what the server names so. Raises OSError."""
        self._target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._tag.unlink(missing_ok=True)
        self._part.write_bytes(b"")
        if tag:
            write_durably(self._tag, tag.encode("latin-1"))

    def append(self, piece: bytes) -> None:
        """Raises OSError."""
        with self._part.open("ab") as file:
            file.write(piece)

    def finish(self, wanted: Entry) -> None:
        """Give it the file's own name, once it is right and on the disk.

        Raises SyncFailure (WRONG_CONTENT), and then nothing of it is left; OSError.
        """
        with self._part.open("rb+") as file:
            digest = file_digest(file, "sha256").hexdigest()
            # This has all of the file on the disk, by whichever handle it was written.
            os.fsync(file.fileno())
        if digest != wanted.digest:
            self.drop()
            raise SyncFailure(SyncReason.WRONG_CONTENT, f"digest {digest[:12]}…")
        self._part.replace(self._target)
        self._tag.unlink(missing_ok=True)
        sync_folder(self._target.parent)

    def drop(self) -> None:
        """Forget what has come. Raises OSError."""
        self._part.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)


async def download(http: Http, path: str, wanted: Entry, target: Path) -> None:
    """Have the file there. Raises SyncFailure; what has come until then is kept for the next try.

    `wanted`: its size and digest; nothing longer is taken.
    """
    part = Part(target)
    try:
        while True:
            before = part.size
            try:
                await _once(http, path, wanted, part)
                await asyncio.to_thread(part.finish, wanted)
                break
            except SyncFailure as failure:
                went_on = part.size >= before + WORTH_GOING_ON
                if failure.reason is not SyncReason.NO_LINE or not went_on:
                    raise
    except OSError as error:
        raise SyncFailure(SyncReason.DISK, str(error)) from error


async def _once(http: Http, path: str, wanted: Entry, part: Part) -> None:
    """Get what is missing, in one request."""
    have, tag = part.size, part.tag
    if have > wanted.size or not tag:
        part.drop()
        have = 0
    if have == wanted.size and have:
        return
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    async with http.get(path, headers) as response:
        if response.status == 416:
            # What is there is not what the server has.
            part.drop()
        if not _goes_on(response, have):
            if response.status != 200:
                raise SyncFailure(SyncReason.BAD_ANSWER, f"HTTP {response.status}")
            await asyncio.to_thread(part.begin, _strong(response.headers.get("etag", "")))
            have = 0
        async for piece in response.pieces:
            have += len(piece)
            if have > wanted.size:
                part.drop()
                raise SyncFailure(SyncReason.WRONG_CONTENT, f"longer than {wanted.size} bytes")
            await asyncio.to_thread(part.append, piece)
    if have < wanted.size:
        part.drop()
        raise SyncFailure(SyncReason.WRONG_CONTENT, f"{have} of {wanted.size} bytes")


def _goes_on(response: Response, have: int) -> bool:
    """Whether an answer is the rest from a place on."""
    found = CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    return bool(have and response.status == 206 and found and int(found[1]) == have)


def _strong(tag: str) -> str:
    """An entity tag by which a download can be gone on with; a weak one is none."""
    return "" if tag.startswith("W/") else tag
