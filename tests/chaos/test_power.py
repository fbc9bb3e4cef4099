from random import Random

import pytest

from bench.chaos.disk import SECTOR, Content, Disk
from bench.chaos.power import cut_power
from offline import store


@pytest.fixture(autouse=True)
def quiet(caplog):
    """The platform is away now and then, on purpose."""
    caplog.set_level("ERROR")


@pytest.mark.parametrize("seed", [1, 2])
def test_no_power_cut_at_any_sync_loses_or_doubles_what_was_reported(seed):
    result = cut_power(seed, 24)
    assert result.cuts > 100
    assert result.told > 10
    assert result.losses.total == 0, result.as_json()


def test_a_vault_that_does_not_wait_for_the_disk_is_caught(monkeypatch):
    careless = tuple(one.replace("= FULL", "= NORMAL") for one in store.SETTINGS)
    assert careless != store.SETTINGS
    monkeypatch.setattr(store, "SETTINGS", careless)
    assert cut_power(1, 24).losses.lost > 0


def test_what_was_written_is_on_the_disk_when_it_was_synced_and_not_before():
    seen = []
    disk = Disk(lambda at: seen.append(at.image()))
    file = disk.open("a")
    file.write(b"one", 0)
    disk.sync(file)
    file.write(b"two", 3)
    disk.sync(file)
    assert seen == [{}, {"a": b"one"}]
    assert disk.image() == {"a": b"onetwo"}


def test_a_file_that_was_deleted_is_gone_with_the_next_sync_of_any():
    disk = Disk(lambda at: None)
    gone, kept = disk.open("gone"), disk.open("kept")
    gone.write(b"x", 0)
    disk.sync(gone)
    disk.delete("gone")
    assert "gone" in disk.image()
    disk.sync(kept)
    assert "gone" not in disk.image()


def test_of_what_is_not_synced_any_sectors_may_be_there_and_each_is_old_or_new():
    file = Content()
    file.write(b"o" * (4 * SECTOR), 0)
    file.sync()
    file.write(b"n" * (6 * SECTOR), 0)
    found = set()
    for seed in range(60):
        torn = file.torn(Random(seed))
        sectors = [torn[i : i + SECTOR] for i in range(0, len(torn), SECTOR)]
        assert all(set(one) in ({ord("o")}, {ord("n")}, {0}) for one in sectors)
        found.add(tuple(one[:1] for one in sectors))
    assert len(found) > 20


def test_what_was_cut_off_a_file_is_cut_off_with_its_sync():
    file = Content()
    file.write(b"x" * 1000, 0)
    file.sync()
    file.truncate(10)
    assert len(file.durable) == 1000
    file.sync()
    assert file.durable == b"x" * 10
