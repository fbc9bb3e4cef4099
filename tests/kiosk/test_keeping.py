"""A vault that does not open has its reason, and opens when that is mended."""

import errno

import pytest

from kiosk.config import load
from kiosk.errors import Failure
from kiosk.keeping import STORE, open_vault
from kiosk.reasons import Reason
from offline.clock import system_clock
from offline.keyfile import key_path
from tests.kiosk.test_config import GOOD, write


@pytest.fixture
def config(tmp_path):
    return load(write(tmp_path, f'{GOOD}[store]\nprotection = "file"\n'))


def opened(config):
    vault, _ = open_vault(config, system_clock())
    return vault


def why_not(config):
    with pytest.raises(Failure) as caught:
        opened(config)
    return caught.value.reason


def test_a_key_that_is_not_given_back_is_told_and_what_was_kept_opens_with_the_right_one(config):
    opened(config).close()
    wrapped = key_path(config.terminal.state / STORE)
    right = wrapped.read_bytes()
    wrapped.write_bytes(b"\0" * len(right))
    assert why_not(config) is Reason.KEY_REFUSED
    wrapped.write_bytes(right)
    opened(config).close()


def test_a_vault_that_another_process_writes_to_is_not_opened_twice(config):
    first = opened(config)
    assert why_not(config) is Reason.STORE_FAULT
    first.close()
    opened(config).close()


def test_a_file_where_the_folder_should_be_is_a_state_that_cannot_be_read(config):
    config.terminal.state.write_text("in the way")
    assert why_not(config) is Reason.STATE_UNREADABLE


def test_a_folder_that_takes_nothing_is_a_disk_that_is_full(config, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("pathlib.Path.mkdir", full)
        assert why_not(config) is Reason.DISK_FULL
    opened(config).close()
