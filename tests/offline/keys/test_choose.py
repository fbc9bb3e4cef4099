import logging

import pytest

from offline.keys.choose import KeyOptions, choose_keeper
from offline.keys.envelope import write_envelope
from offline.keys.port import KeyFailure, KeyReason, Protection

KEY = bytes(range(32))


@pytest.fixture
def without_tpm(tmp_path):
    return KeyOptions(
        tcti=f"device:{tmp_path / 'no-tpm'}", credential_secret=tmp_path / "credential.secret"
    )


@pytest.fixture
def with_nothing(tmp_path):
    (tmp_path / "blocked").write_text("")
    return KeyOptions(
        tcti=f"device:{tmp_path / 'no-tpm'}", credential_secret=tmp_path / "blocked" / "secret"
    )


def test_a_tpm_is_taken_before_everything_else_and_nothing_is_said(tpm, tmp_path, caplog):
    keeper = choose_keeper(tmp_path, options=KeyOptions(tcti=tpm.tcti))
    assert keeper.protection == Protection.TPM
    assert tpm.tcti in keeper.describe()
    assert not caplog.records


def test_without_a_tpm_systemd_creds_is_taken_and_the_log_says_why(tmp_path, without_tpm, caplog):
    keeper = choose_keeper(tmp_path, options=without_tpm)
    assert keeper.protection == Protection.SYSTEMD_CREDS
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "no_tpm" in caplog.text


def test_the_file_is_the_last_resort_and_the_log_names_both_that_failed(
    tmp_path, with_nothing, caplog
):
    keeper = choose_keeper(tmp_path / "keys", options=with_nothing)
    assert keeper.protection == Protection.FILE
    assert keeper.unwrap(keeper.wrap(KEY)) == KEY
    assert len(caplog.records) == 1
    assert "no_tpm" in caplog.text
    assert "credentials_refused" in caplog.text


def test_where_nothing_works_the_last_failure_is_told(tmp_path, with_nothing):
    with pytest.raises(KeyFailure) as caught:
        choose_keeper(tmp_path / "blocked", options=with_nothing)
    assert caught.value.reason == KeyReason.DISK


def test_what_the_configuration_asks_for_is_taken_or_fails(tmp_path, without_tpm):
    assert choose_keeper(tmp_path, "file", options=without_tpm).protection == Protection.FILE
    with pytest.raises(KeyFailure) as caught:
        choose_keeper(tmp_path, "tpm", options=without_tpm)
    assert caught.value.reason == KeyReason.NO_TPM


def test_a_word_that_is_no_protection_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'hsm' is none of auto, tpm, systemd-creds, file"):
        choose_keeper(tmp_path, "hsm")


def test_a_vault_keeps_the_keeper_that_wrapped_its_key(tpm, tmp_path, without_tpm, caplog):
    wrapped = choose_keeper(tmp_path, "file", options=without_tpm).wrap(KEY)
    with_tpm = KeyOptions(tcti=tpm.tcti)
    assert choose_keeper(tmp_path, wrapped=wrapped, options=with_tpm).unwrap(wrapped) == KEY
    assert not caplog.records
    assert choose_keeper(tmp_path, "tpm", wrapped=wrapped, options=with_tpm).unwrap(wrapped) == KEY
    assert "stays with file" in caplog.text


def test_a_recovery_wrap_is_no_vaults_key(tmp_path):
    with pytest.raises(KeyFailure) as caught:
        choose_keeper(tmp_path, wrapped=write_envelope("recovery", {}))
    assert caught.value.reason == KeyReason.NOT_OURS
