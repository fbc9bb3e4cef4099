"""The vault: what was told to be written is there, and nothing of what was not."""

import asyncio
import os
import signal
import subprocess
import sys

import apsw
import pytest

from offline import outbox
from offline.failures import VaultFailure, VaultReason
from offline.keyfile import erase, key_path
from offline.lanes import Lane
from offline.store import check_sqlite
from tests.conftest import ROOT
from tests.offline.stores import KIOSK, PlainKeeper, Time, open_store, plain_store


@pytest.fixture
def vault(tmp_path):
    made = open_store(tmp_path)
    yield made
    made.close()


def put(text="x", lane=Lane.REPORT):
    return lambda txn: outbox.put(txn, lane, "test", {"text": text})


def count(txn):
    return txn.execute("SELECT count(*) FROM outbox")[0][0]


async def test_what_was_written_is_there_after_it_was_opened_again(tmp_path):
    vault = open_store(tmp_path)
    key = await vault.write(put("李秀兰"))
    vault.close()
    again = open_store(tmp_path)
    waiting = await again.read(lambda txn: outbox.waiting(txn, 10_000, 10))
    again.close()
    assert [(one.key, one.body) for one in waiting] == [(key, {"text": "李秀兰"})]


async def test_work_that_fails_leaves_nothing_and_does_not_hinder_its_neighbours(vault):
    def broken(txn):
        put()(txn)
        raise LookupError("in the middle")

    results = await asyncio.gather(
        vault.write(put("a")), vault.write(broken), vault.write(put("b")), return_exceptions=True
    )
    assert isinstance(results[1], LookupError)
    assert await vault.read(count) == 2


async def test_a_hundred_at_once_are_all_written_in_their_order(vault):
    await asyncio.gather(*(vault.write(put(str(n))) for n in range(100)))
    waiting = await vault.read(lambda txn: outbox.waiting(txn, 10**6, 200))
    assert [one.body["text"] for one in waiting] == [str(n) for n in range(100)]


async def test_the_file_holds_no_word_of_what_was_written(vault, tmp_path):
    await vault.write(put("a canary of twenty characters"))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"canary" not in held


def test_a_second_process_is_kept_out(vault, tmp_path):
    with pytest.raises(VaultFailure) as caught:
        open_store(tmp_path)
    assert caught.value.reason is VaultReason.IN_USE
    assert caught.value.transient


def test_another_terminals_store_is_refused(tmp_path):
    open_store(tmp_path).close()
    with pytest.raises(VaultFailure) as caught:
        open_store(tmp_path, kiosk="TEST-0002")
    assert caught.value.reason is VaultReason.OTHER_TERMINAL
    assert KIOSK in caught.value.detail


def test_a_store_whose_key_is_gone_is_not_begun_anew(tmp_path):
    open_store(tmp_path).close()
    key_path(tmp_path / "vault.db").unlink()
    with pytest.raises(VaultFailure) as caught:
        open_store(tmp_path)
    assert caught.value.reason is VaultReason.KEY_REFUSED


def test_another_key_is_noticed_before_anything_is_written(tmp_path):
    open_store(tmp_path).close()
    key_path(tmp_path / "vault.db").write_bytes(bytes(32))
    with pytest.raises(VaultFailure) as caught:
        open_store(tmp_path)
    assert caught.value.reason is VaultReason.KEY_REFUSED


async def test_after_a_crypto_erase_nothing_opens(tmp_path):
    vault = open_store(tmp_path)
    await vault.write(put())
    vault.close()
    forgotten = []
    keeper = PlainKeeper()
    keeper.forget = lambda: forgotten.append(True)
    erase(tmp_path / "vault.db", keeper)
    assert forgotten
    with pytest.raises(VaultFailure):
        open_store(tmp_path)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_an_sqlite_that_can_break_the_file_is_refused(version):
    with pytest.raises(VaultFailure) as caught:
        check_sqlite(version)
    assert caught.value.reason is VaultReason.SQLITE_TOO_OLD
    assert "3.51.3" in caught.value.detail


def test_the_sqlite_that_is_loaded_is_good():
    check_sqlite()


async def test_a_suite_stays_with_its_store(tmp_path):
    vault = open_store(tmp_path, suite="sm4-gcm")
    await vault.write(put("x"))
    vault.close()
    again = open_store(tmp_path, suite="aes-256-gcm")
    waiting = await again.read(lambda txn: outbox.waiting(txn, 10_000, 10))
    again.close()
    assert again.suite == "sm4-gcm"
    assert waiting[0].body == {"text": "x"}


async def test_whoever_observes_is_told_after_the_commit(vault):
    told = []
    vault.observe(told.append)
    await vault.write(put())
    await vault.write(lambda txn: None)
    assert told == [frozenset({"outbox"})]


async def test_what_comes_after_the_end_is_refused(tmp_path):
    vault = open_store(tmp_path)
    vault.close()
    with pytest.raises(VaultFailure) as caught:
        await vault.write(put())
    assert caught.value.reason is VaultReason.CLOSED


KILLED = """
import sys
from pathlib import Path
from offline import outbox
from offline.lanes import Lane
from tests.offline.stores import open_store
vault = open_store(Path(sys.argv[1]))
for number in range(100000):
    vault.write_now(lambda txn: outbox.put(txn, Lane.CITIZEN, "test", {"n": number}))
    print(number, flush=True)
"""


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    told = [process.stdout.readline() for _ in range(200)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    last = int([line for line in told if line.endswith("\n")][-1])
    vault = open_store(tmp_path)
    waiting = await vault.read(lambda txn: outbox.waiting(txn, 10**9, 10**6))
    vault.close()
    numbers = [one.body["n"] for one in waiting]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= last + 1


def fill(tmp_path, rows):
    store = plain_store(tmp_path)
    for number in range(rows):
        store.transact(put(f"{number:0200}"))
    store.close()
    store = plain_store(tmp_path)  # and not closed in order
    store._connection.close()
    store._let_go()


def break_pages(path, pages, size=4096):
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * size)
            file.write(os.urandom(size))


async def test_a_broken_store_is_rebuilt_with_what_can_be_read(tmp_path):
    fill(tmp_path, 500)
    path = tmp_path / "vault.db"
    connection = apsw.Connection(str(path))
    total = connection.execute("PRAGMA page_count").fetchall()[0][0]
    connection.close()
    break_pages(path, [total // 2])
    vault = open_store(tmp_path)
    saved = await vault.read(count)
    vault.close()
    assert vault.rebuilt is not None
    assert 300 < saved < 500
    assert "outbox" in vault.rebuilt.broken
    assert (vault.rebuilt.quarantine / "vault.db").exists()


async def test_a_store_that_is_no_database_any_more_is_rebuilt_empty(tmp_path):
    fill(tmp_path, 5)
    (tmp_path / "vault.db").write_bytes(os.urandom(20_000))
    vault = open_store(tmp_path)
    assert vault.rebuilt is not None
    assert await vault.read(count) == 0
    await vault.write(put())
    vault.close()


async def test_a_rebuilt_store_has_another_name_and_gives_no_number_twice(tmp_path):
    fill(tmp_path, 300)
    path = tmp_path / "vault.db"
    connection = apsw.Connection(str(path))
    before = connection.execute("SELECT value FROM meta WHERE name = 'store'").fetchall()[0][0]
    total = connection.execute("PRAGMA page_count").fetchall()[0][0]
    connection.close()
    break_pages(path, [total // 2])
    vault = open_store(tmp_path)
    key = await vault.write(put("new"))
    waiting = await vault.read(lambda txn: outbox.waiting(txn, 10**6, 1000))
    vault.close()
    assert vault.name != before
    assert waiting[-1].key == key
    assert waiting[-1].number == 301
    assert len({one.number for one in waiting}) == len(waiting)


async def test_a_rebuild_that_was_cut_short_is_finished(tmp_path):
    fill(tmp_path, 20)
    path = tmp_path / "vault.db"
    path.rename(path.with_name("vault.db.rebuilt"))
    for end in ("-wal", "-shm"):
        path.with_name(f"vault.db{end}").unlink(missing_ok=True)
    vault = open_store(tmp_path)
    assert await vault.read(count) == 20
    vault.close()


async def test_a_store_that_was_closed_in_order_is_not_examined_at_length(tmp_path, caplog):
    open_store(tmp_path, Time()).close()
    vault = open_store(tmp_path)
    vault.close()
    assert vault.rebuilt is None
    assert not caplog.records


async def test_a_full_disk_in_the_middle_of_a_batch_leaves_nothing_of_it(tmp_path):
    store = plain_store(tmp_path)
    store.transact(put("before"))
    pages = store._connection.execute("PRAGMA page_count").fetchall()[0][0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    store._connection.execute("PRAGMA cache_size = 2")
    with pytest.raises(VaultFailure) as caught:
        store.transact_all([put("a"), put("x" * 400_000), put("b")])
    assert caught.value.reason is VaultReason.DISK_FULL
    assert store.read(count) == 1
    store._connection.execute("PRAGMA max_page_count = 100000")
    store.transact(put("after"))
    assert store.read(count) == 2
    store.close()


async def test_a_file_that_was_found_broken_is_examined_by_the_next_start(tmp_path):
    fill(tmp_path, 300)
    store = plain_store(tmp_path)
    total = store._connection.execute("PRAGMA page_count").fetchall()[0][0]
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    break_pages(tmp_path / "vault.db", [total // 2])
    store._connection.close()
    store._connection = store._open()
    with pytest.raises(VaultFailure) as caught:
        store.read(lambda txn: txn.execute("SELECT sum(length(body)) FROM outbox"))
    assert caught.value.reason is VaultReason.CORRUPT
    assert store.doubtful
    store.close()
    vault = open_store(tmp_path)
    vault.close()
    assert vault.rebuilt is not None


@pytest.mark.parametrize("damage", [
    "UPDATE outbox SET kind = CAST(x'ff' AS TEXT) WHERE number = 2",
    "UPDATE outbox SET lane = 'nowhere' WHERE number = 2",
])
async def test_a_saved_row_that_makes_no_sense_stops_nothing(tmp_path, damage):
    fill(tmp_path, 5)
    path = tmp_path / "vault.db"
    connection = apsw.Connection(str(path))
    connection.execute(damage).fetchall()
    connection.execute("CREATE TABLE broken (x)").fetchall()
    page = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'broken'"
    ).fetchall()[0][0]
    connection.close()
    break_pages(path, [page - 1])
    vault = open_store(tmp_path)
    assert vault.rebuilt is not None
    await vault.write(put("new"))
    sent = await vault.write(lambda txn: outbox.waiting(txn, 10**6, 100))
    vault.close()
    assert sent[-1].body == {"text": "new"}
    assert len(sent) == 5


async def test_the_log_of_a_broken_store_is_not_played_over_the_rebuilt_one(tmp_path):
    fill(tmp_path, 20)
    path = tmp_path / "vault.db"
    path.rename(path.with_name("vault.db.rebuilt"))
    path.with_name("vault.db-wal").write_bytes(os.urandom(40_000))
    vault = open_store(tmp_path)
    assert await vault.read(count) == 20
    vault.close()
    assert [one.name for one in (tmp_path / "quarantine").glob("*/*")] == ["vault.db-wal"]


def test_of_broken_files_only_the_last_few_are_kept(tmp_path):
    time = Time()
    for _ in range(4):
        fill(tmp_path, 3)
        (tmp_path / "vault.db").write_bytes(os.urandom(20_000))
        time.go(60)
        open_store(tmp_path, time).close()
    assert len(list((tmp_path / "quarantine").iterdir())) == 2


async def test_whoever_asks_while_the_vault_is_closed_is_answered(tmp_path):
    vault = open_store(tmp_path)
    asking = [asyncio.ensure_future(vault.write(put(str(n)))) for n in range(50)]
    closing = asyncio.create_task(asyncio.to_thread(vault.close))
    asking += [asyncio.ensure_future(vault.write(put(str(n)))) for n in range(50)]
    async with asyncio.timeout(10):
        await closing
        done = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(one, str | VaultFailure) for one in done)
