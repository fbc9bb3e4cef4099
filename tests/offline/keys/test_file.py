import os

import pytest

from offline.keys.file import FILE_NAME, FileKeeper
from offline.keys.port import KeyFailure, KeyReason

KEY = bytes(range(32))


def reason(call, *arguments) -> KeyReason:
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    return caught.value.reason


def test_the_key_comes_back_also_to_the_next_process(tmp_path):
    wrapped = FileKeeper(tmp_path / "keys").wrap(KEY)
    assert KEY not in wrapped
    assert FileKeeper(tmp_path / "keys").unwrap(wrapped) == KEY


def test_file_and_folder_are_the_owners_alone(tmp_path):
    FileKeeper(tmp_path / "keys").wrap(KEY)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / FILE_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610])
def test_a_file_that_is_open_to_others_is_refused(tmp_path, mode):
    keeper = FileKeeper(tmp_path)
    wrapped = keeper.wrap(KEY)
    (tmp_path / FILE_NAME).chmod(mode)
    assert reason(keeper.unwrap, wrapped) == KeyReason.INSECURE_FILE
    assert reason(keeper.wrap, KEY) == KeyReason.INSECURE_FILE


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_in_which_others_can_replace_it_is_refused(tmp_path, mode):
    keeper = FileKeeper(tmp_path / "keys")
    wrapped = keeper.wrap(KEY)
    (tmp_path / "keys").chmod(mode)
    assert reason(keeper.unwrap, wrapped) == KeyReason.INSECURE_FILE
    (tmp_path / "keys" / FILE_NAME).unlink()
    assert reason(keeper.wrap, KEY) == KeyReason.INSECURE_FILE


def test_anothers_file_is_refused(tmp_path):
    keeper = FileKeeper(tmp_path)
    wrapped = keeper.wrap(KEY)
    os.chown(tmp_path / FILE_NAME, 12345, 12345)
    assert reason(keeper.unwrap, wrapped) == KeyReason.INSECURE_FILE


def test_a_link_in_its_place_is_not_followed(tmp_path):
    keeper = FileKeeper(tmp_path)
    wrapped = keeper.wrap(KEY)
    (tmp_path / FILE_NAME).rename(tmp_path / "elsewhere")
    (tmp_path / FILE_NAME).symlink_to(tmp_path / "elsewhere")
    assert reason(keeper.unwrap, wrapped) == KeyReason.DISK


def test_two_vaults_do_not_open_each_others_keys(tmp_path):
    one, other = FileKeeper(tmp_path / "a"), FileKeeper(tmp_path / "b")
    of_one = one.wrap(KEY)
    other.wrap(KEY)
    assert reason(other.unwrap, of_one) == KeyReason.NOT_OURS


def test_a_key_that_was_forgotten_opens_never_again(tmp_path):
    keeper = FileKeeper(tmp_path)
    wrapped = keeper.wrap(KEY)
    keeper.forget()
    keeper.forget()
    assert reason(keeper.unwrap, wrapped) == KeyReason.KEY_LOST
    keeper.wrap(KEY)
    assert reason(keeper.unwrap, wrapped) == KeyReason.NOT_OURS


def test_the_secret_is_overwritten_before_it_goes(tmp_path):
    keeper = FileKeeper(tmp_path)
    keeper.wrap(KEY)
    with (tmp_path / FILE_NAME).open("rb") as before:
        keeper.forget()
        assert before.read() == bytes(32)


def test_a_cut_file_is_a_lost_key(tmp_path):
    keeper = FileKeeper(tmp_path)
    wrapped = keeper.wrap(KEY)
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.truncate(31)
    assert reason(keeper.unwrap, wrapped) == KeyReason.KEY_LOST


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "keys").write_text("a file where the folder should be")
    assert reason(FileKeeper(tmp_path / "keys").wrap, KEY) == KeyReason.DISK
