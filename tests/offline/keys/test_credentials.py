import pytest

from offline.keys.credentials import CredentialKeeper
from offline.keys.port import KeyFailure, KeyReason

KEY = bytes(range(32))


@pytest.fixture
def secret(tmp_path):
    return tmp_path / "credential.secret"


def reason(call, *arguments) -> KeyReason:
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    return caught.value.reason


def test_systemd_creds_gives_back_the_key_without_systemd_running(secret):
    wrapped = CredentialKeeper("vault", secret).wrap(KEY)
    assert KEY not in wrapped
    assert CredentialKeeper("vault", secret).unwrap(wrapped) == KEY


def test_keys_of_every_byte_and_length_come_back(secret):
    keeper = CredentialKeeper("vault", secret)
    for key in (b"\n", b"\0" * 32, b"\r\n \t" * 8, bytes(range(192, 256))):
        assert keeper.unwrap(keeper.wrap(key)) == key


def test_a_credential_of_another_name_is_not_opened(secret):
    wrapped = CredentialKeeper("vault", secret).wrap(KEY)
    other = CredentialKeeper("other", secret)
    assert reason(other.unwrap, wrapped) == KeyReason.NOT_OURS
    renamed = wrapped.replace(b'"name": "vault"', b'"name": "other"')
    assert reason(other.unwrap, renamed) == KeyReason.CREDENTIALS_REFUSED


def test_another_machines_secret_does_not_open_it(secret, tmp_path):
    wrapped = CredentialKeeper("vault", secret).wrap(KEY)
    other = CredentialKeeper("vault", tmp_path / "other.secret")
    other.wrap(KEY)
    assert reason(other.unwrap, wrapped) == KeyReason.CREDENTIALS_REFUSED


def test_a_secret_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    keeper = CredentialKeeper("vault", tmp_path / "file" / "credential.secret")
    assert reason(keeper.wrap, KEY) == KeyReason.CREDENTIALS_REFUSED


def test_a_machine_without_the_command_says_so(secret, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reason(CredentialKeeper("vault", secret).wrap, KEY) == KeyReason.TOOL_MISSING
