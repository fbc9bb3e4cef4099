"""A publication changes as a whole: what is used is the old one or the new one, never a mixture."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from offline.sync.delta import Entry, Manifest
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.job import Outcome
from offline.sync.publication import MANIFEST, OBJECTS, Publication
from tests.conftest import ROOT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIGNED = "signed by somebody trusted"


async def verify(data: bytes) -> Manifest:
    """Stands in for the signature: its own content is tested where signatures are."""
    said = json.loads(data) if data.startswith(b"{") else {}
    if said.get("by") != SIGNED:
        raise SyncFailure(SyncReason.UNTRUSTED, "a stranger")
    made = NOW + timedelta(seconds=said["number"])
    files = {name: Entry(size, digest) for name, size, digest in said["files"]}
    return Manifest(said["number"], made, made + timedelta(days=1), files)


def publish(server, number, files, by=SIGNED):
    """Put a publication on the server."""
    entries = []
    for name, content in files.items():
        digest = sha256(content).hexdigest()
        server.files[f"guides/files/{digest}"] = content
        entries.append((name, len(content), digest))
    manifest = {"by": by, "number": number, "files": entries}
    server.files["guides/manifest"] = json.dumps(manifest).encode()


class Use:
    """What is in use."""

    def __init__(self):
        self.files = None

    async def accept(self, files):
        if b"nonsense" in files.values():
            raise SyncFailure(SyncReason.NOT_UNDERSTOOD, "nonsense")
        self.files = dict(files)


@pytest.fixture
def start(http, tmp_path):
    """A terminal that is started anew on the same folder: its publication, and what it uses."""

    def make():
        use = Use()
        made = Publication(
            "guides", http, "guides", tmp_path, verify, use.accept, lambda: NOW
        )
        return made, use

    return make


def fetched(server):
    return [path for path, _ in server.asked if "/files/" in path]


async def refused(publication):
    with pytest.raises(SyncFailure) as caught:
        await publication.refresh()
    return caught.value.reason


async def test_only_what_changed_is_fetched(server, start):
    publish(server, 1, {"a": b"one", "b": b"two", "c": b"two"})
    guides, use = start()
    assert await guides.refresh() is Outcome.CHANGED
    assert use.files == {"a": b"one", "b": b"two", "c": b"two"}
    assert len(fetched(server)) == 2
    server.asked.clear()
    assert await guides.refresh() is Outcome.UNCHANGED
    publish(server, 2, {"a": b"one", "b": b"three"})
    assert await guides.refresh() is Outcome.CHANGED
    assert use.files == {"a": b"one", "b": b"three"}
    assert fetched(server) == [f"guides/files/{sha256(b'three').hexdigest()}"]


async def test_a_start_without_a_line_uses_what_is_kept(server, start):
    publish(server, 1, {"a": b"one"})
    await start()[0].refresh()
    await server.stop()
    guides, use = start()
    await guides.remember()
    assert use.files == {"a": b"one"}
    assert await refused(guides) is SyncReason.NO_LINE
    assert use.files == {"a": b"one"}


async def test_a_fault_at_the_start_lets_nothing_older_in_and_the_kept_one_comes_into_use(
    server, start
):
    publish(server, 5, {"a": b"new"})
    await start()[0].refresh()
    publish(server, 4, {"a": b"old"})
    guides, use = start()
    checks, guides._verify = guides._verify, broken
    with pytest.raises(SyncFailure):
        await guides.remember()
    assert await refused(guides) is SyncReason.BROKEN
    assert use.files is None
    guides._verify = checks
    await guides.remember()
    assert use.files == {"a": b"new"}
    assert await refused(guides) is SyncReason.STALE


async def broken(_):
    raise SyncFailure(SyncReason.BROKEN, "the worker died")


async def test_what_is_older_than_the_kept_one_is_refused_after_a_start_too(server, start):
    publish(server, 5, {"a": b"new"})
    await start()[0].refresh()
    publish(server, 4, {"a": b"old"})
    guides, use = start()
    assert await refused(guides) is SyncReason.STALE
    assert use.files == {"a": b"new"}


@pytest.mark.parametrize(("number", "files", "by", "reason"), [
    (2, {"a": b"two"}, "a stranger", SyncReason.UNTRUSTED),
    (2, {"a": b"nonsense"}, SIGNED, SyncReason.NOT_UNDERSTOOD),
])
async def test_what_is_refused_leaves_the_kept_one_in_use(server, start, number, files, by, reason):
    publish(server, 1, {"a": b"one"})
    guides, use = start()
    await guides.refresh()
    publish(server, number, files, by)
    assert await refused(guides) is reason
    assert use.files == {"a": b"one"}
    again, use = start()
    await again.remember()
    assert use.files == {"a": b"one"}


async def test_a_file_that_is_not_what_was_signed_for_is_refused(server, start):
    publish(server, 1, {"a": b"one"})
    server.files[f"guides/files/{sha256(b'one').hexdigest()}"] = b"eno"
    guides, use = start()
    assert await refused(guides) is SyncReason.WRONG_CONTENT
    assert use.files is None


async def test_a_line_that_breaks_between_two_files_leaves_the_old_publication(server, start):
    publish(server, 1, {"a": b"1" * 100, "b": b"1" * 200})
    guides, use = start()
    await guides.refresh()
    publish(server, 2, {"a": b"2" * 100, "b": b"2" * 200})
    server.breaks_after = [10_000, 10_000, 50]
    assert await refused(guides) is SyncReason.NO_LINE
    assert use.files == {"a": b"1" * 100, "b": b"1" * 200}
    again, use = start()
    assert await again.refresh() is Outcome.CHANGED
    assert use.files == {"a": b"2" * 100, "b": b"2" * 200}


async def test_what_fell_over_on_the_disk_is_not_used_and_is_fetched_again(
    server, start, tmp_path
):
    publish(server, 1, {"a": b"one", "b": b"two"})
    await start()[0].refresh()
    (tmp_path / OBJECTS / sha256(b"one").hexdigest()).write_bytes(b"0ne")
    guides, use = start()
    await guides.remember()
    assert use.files is None
    server.asked.clear()
    await guides.refresh()
    assert use.files == {"a": b"one", "b": b"two"}
    assert len(fetched(server)) == 1


async def test_what_is_no_longer_named_does_not_stay_on_the_disk(server, start, tmp_path):
    publish(server, 1, {"a": b"one"})
    guides, _ = start()
    await guides.refresh()
    publish(server, 2, {})
    await guides.refresh()
    assert sorted(one.name for one in tmp_path.rglob("*")) == [MANIFEST, OBJECTS]


async def test_a_manifest_beyond_all_measure_is_refused(server, start):
    server.files["guides/manifest"] = b" " * 300_000
    assert await refused(start()[0]) is SyncReason.BAD_ANSWER


KILLED = """
import asyncio, sys
from pathlib import Path
import aiohttp
from tests.offline.sync.servers import Client
from tests.offline.sync.test_publication import NOW, Use, verify
from offline.sync.publication import Publication

async def main():
    async with aiohttp.ClientSession() as session:
        http = Client(sys.argv[1], session)
        made = Publication(
            "guides", http, "guides", Path(sys.argv[2]), verify, Use().accept, lambda: NOW)
        print("begins", flush=True)
        await made.refresh()

asyncio.run(main())
"""


async def test_what_is_used_after_a_kill_is_the_old_or_the_new_publication(
    server, start, tmp_path
):
    """Killed at many moments of a refresh, each of which changes every file."""
    def contents(number):
        return {name: f"{name} {number} ".encode() * 2000 for name in "abcd"}

    publish(server, 1, contents(1))
    await start()[0].refresh()
    seen = set()
    for number in range(2, 10):
        publish(server, number, contents(number))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "ignore", "-c", KILLED, server.address, str(tmp_path),
            stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        await process.stdout.readline()
        await asyncio.sleep(number * 0.006)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        guides, use = start()
        await guides.remember()
        used = int(use.files["a"].split()[1])
        assert use.files == contents(used)
        seen.add(used == number)
        await guides.refresh()
        assert use.files == contents(number)
    assert seen
