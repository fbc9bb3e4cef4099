"""A download goes on where it broke off, and nothing but the whole right file is ever used."""

from hashlib import sha256
from random import Random

import pytest

from offline.sync.delta import Entry
from offline.sync.download import WORTH_GOING_ON, download
from offline.sync.failures import SyncFailure, SyncReason
from tests.offline.sync.servers import TAG

CONTENT = Random(1).randbytes(50_000)
PATH = "guides/files/one"


def entry(content=CONTENT):
    return Entry(len(content), sha256(content).hexdigest())


@pytest.fixture
def target(tmp_path):
    return tmp_path / "objects" / entry().digest


async def refused(http, target, wanted=None):
    with pytest.raises(SyncFailure) as caught:
        await download(http, PATH, wanted or entry(), target)
    assert not target.exists()
    return caught.value.reason


async def test_a_file_is_there_whole_and_nothing_else_is(server, http, target):
    server.files[PATH] = CONTENT
    await download(http, PATH, entry(), target)
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


async def test_an_empty_file_is_a_file(server, http, target):
    server.files[PATH] = b""
    await download(http, PATH, entry(b""), target)
    assert target.read_bytes() == b""


async def test_a_line_that_breaks_again_and_again_costs_no_byte_twice(server, http, target):
    server.files[PATH] = CONTENT
    server.breaks_after = [9_000, 8_000, 7_000]
    await download(http, PATH, entry(), target)
    assert target.read_bytes() == CONTENT
    assert [begin for _, begin in server.asked] == [0, 9_000, 17_000, 24_000]
    assert server.sent == len(CONTENT)


async def test_what_broke_off_with_little_gain_is_gone_on_with_another_time(server, http, target):
    server.files[PATH] = CONTENT
    server.breaks_after = [WORTH_GOING_ON - 1]
    assert await refused(http, target) is SyncReason.NO_LINE
    await download(http, PATH, entry(), target)
    assert server.sent == len(CONTENT)


async def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(server, http, target):
    server.files[PATH] = CONTENT
    server.breaks_after = [100]
    assert await refused(http, target) is SyncReason.NO_LINE
    other = CONTENT[::-1]
    server.files[PATH], server.tag = other, '"second"'
    await download(http, PATH, entry(other), target)
    assert target.read_bytes() == other
    assert server.asked[-1] == (PATH, 0)


@pytest.mark.parametrize("tag", ["", f"W/{TAG}"])
async def test_without_a_strong_entity_tag_nothing_is_pieced_together(server, http, target, tag):
    server.files[PATH], server.tag = CONTENT, tag
    server.breaks_after = [100]
    assert await refused(http, target) is SyncReason.NO_LINE
    await download(http, PATH, entry(), target)
    assert [begin for _, begin in server.asked] == [0, 0]


async def test_a_range_from_another_place_than_asked_is_not_appended(server, http, target):
    server.files[PATH] = CONTENT
    server.breaks_after = [100]
    await refused(http, target)
    server.answer = 206, {"Content-Range": f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"}
    assert await refused(http, target) is SyncReason.BAD_ANSWER


async def test_a_wrong_content_is_forgotten_and_fetched_anew(server, http, target):
    server.files[PATH] = CONTENT[:-1] + b"?"
    assert await refused(http, target) is SyncReason.WRONG_CONTENT
    assert list(target.parent.iterdir()) == []
    server.files[PATH] = CONTENT
    await download(http, PATH, entry(), target)
    assert server.asked[-1] == (PATH, 0)


@pytest.mark.parametrize("content", [CONTENT + b"?", CONTENT[:-1]])
async def test_a_content_of_another_size_is_refused(server, http, target, content):
    server.files[PATH] = content
    assert await refused(http, target) is SyncReason.WRONG_CONTENT
    assert list(target.parent.iterdir()) == []


async def test_a_part_that_was_changed_on_the_disk_is_found_at_the_end(server, http, target):
    server.files[PATH] = CONTENT
    server.breaks_after = [1_000]
    await refused(http, target)
    part = target.with_name(f"{target.name}.part")
    part.write_bytes(bytes(part.stat().st_size))
    assert await refused(http, target) is SyncReason.WRONG_CONTENT
    await download(http, PATH, entry(), target)
    assert target.read_bytes() == CONTENT


async def test_a_file_that_is_not_there_is_a_bad_answer(http, target):
    assert await refused(http, target) is SyncReason.BAD_ANSWER


async def test_a_disk_that_takes_nothing_is_called_so(server, http, target):
    server.files[PATH] = CONTENT
    target.parent.parent.mkdir(exist_ok=True)
    target.parent.write_text("a file where the folder should be")
    with pytest.raises(SyncFailure) as caught:
        await download(http, PATH, entry(), target)
    assert caught.value.reason is SyncReason.DISK
