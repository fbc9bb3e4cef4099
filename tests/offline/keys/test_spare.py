import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from offline.__main__ import main
from offline.failures import VaultFailure
from offline.keyfile import erase, spare_path
from offline.keys.file import FILE_NAME, FileKeeper
from offline.keys.port import KeyFailure, KeyReason
from offline.keys.spare import leave_spare, recover
from offline.keys.tpm import TpmKeeper
from tests.offline.stores import KIOSK, open_store

STORE = "vault.db"


@pytest.fixture
def operators():
    return ec.generate_private_key(ec.SECP256R1())


def filled(folder, keeper, operators):
    """A vault with one record, and the operators' wrap of its key."""
    vault = open_store(folder, keeper=keeper)
    vault.write_now(lambda txn: txn.execute("INSERT INTO meta VALUES ('kept', 'words')"))
    vault.close()
    leave_spare(folder / STORE, keeper, operators.public_key(), KIOSK)


def kept(folder, keeper):
    vault = open_store(folder, keeper=keeper)
    try:
        return vault.write_now(
            lambda txn: txn.execute("SELECT value FROM meta WHERE name = 'kept'")
        )
    finally:
        vault.close()


def test_after_a_firmware_update_the_operators_give_the_vault_its_key_back(
    tpm, tmp_path, operators
):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    filled(tmp_path, keeper, operators)
    tpm.extend(0)
    with pytest.raises(KeyFailure, match="started in another way"):
        kept(tmp_path, keeper)
    assert recover(tmp_path / STORE, operators, keeper) == KIOSK
    assert kept(tmp_path, keeper) == [("words",)]


def test_the_command_gives_it_back_where_the_keepers_own_secret_is_lost(
    tmp_path, operators, capsys
):
    filled(tmp_path, FileKeeper(tmp_path), operators)
    (tmp_path / FILE_NAME).unlink()
    key = tmp_path / "operators.pem"
    key.write_bytes(
        operators.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    assert main(["recover", str(tmp_path / STORE), "--key", str(key), "--protection", "file"]) == 0
    assert KIOSK in capsys.readouterr().out
    assert kept(tmp_path, FileKeeper(tmp_path)) == [("words",)]


def test_without_a_second_wrap_the_command_says_so(tmp_path, operators, capsys):
    key = tmp_path / "operators.pem"
    key.write_bytes(
        operators.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    assert main(["recover", str(tmp_path / STORE), "--key", str(key), "--protection", "file"]) == 2
    assert "no second wrap" in capsys.readouterr().err


def test_a_wrap_that_is_there_stays_until_the_operators_have_another_key(tmp_path, operators):
    filled(tmp_path, FileKeeper(tmp_path), operators)
    before = spare_path(tmp_path / STORE).read_bytes()
    leave_spare(tmp_path / STORE, FileKeeper(tmp_path), operators.public_key(), KIOSK)
    assert spare_path(tmp_path / STORE).read_bytes() == before
    successors = ec.generate_private_key(ec.SECP256R1())
    leave_spare(tmp_path / STORE, FileKeeper(tmp_path), successors.public_key(), KIOSK)
    with pytest.raises(KeyFailure) as caught:
        recover(tmp_path / STORE, operators, FileKeeper(tmp_path))
    assert caught.value.reason == KeyReason.BAD_RECOVERY_KEY
    assert recover(tmp_path / STORE, successors, FileKeeper(tmp_path)) == KIOSK


def test_a_vault_that_was_erased_leaves_nothing_for_the_operators_either(tmp_path, operators):
    filled(tmp_path, FileKeeper(tmp_path), operators)
    erase(tmp_path / STORE, FileKeeper(tmp_path))
    with pytest.raises(KeyFailure):
        recover(tmp_path / STORE, operators, FileKeeper(tmp_path))
    with pytest.raises(VaultFailure):
        kept(tmp_path, FileKeeper(tmp_path))


def test_a_wrap_of_another_key_takes_the_place_of_none(tmp_path, operators):
    keeper = FileKeeper(tmp_path)
    filled(tmp_path, keeper, operators)
    planted = tmp_path / "elsewhere"
    planted.mkdir()
    filled(planted, FileKeeper(planted), operators)
    spare_path(tmp_path / STORE).write_bytes(spare_path(planted / STORE).read_bytes())
    with pytest.raises(KeyFailure) as caught:
        recover(tmp_path / STORE, operators, keeper)
    assert caught.value.reason is KeyReason.NOT_OURS
    assert kept(tmp_path, keeper) == [("words",)]
    leave_spare(tmp_path / STORE, keeper, operators.public_key(), KIOSK)
    assert recover(tmp_path / STORE, operators, keeper) == KIOSK


def test_a_vault_in_use_is_not_recovered(tmp_path, operators):
    keeper = FileKeeper(tmp_path)
    filled(tmp_path, keeper, operators)
    vault = open_store(tmp_path, keeper=keeper)
    with pytest.raises(VaultFailure):
        recover(tmp_path / STORE, operators, keeper)
    vault.close()


def test_the_command_erases_a_store_for_ever(tmp_path, operators, capsys):
    filled(tmp_path, FileKeeper(tmp_path), operators)
    assert main(["erase", str(tmp_path / STORE), "--for-ever"]) == 0
    assert not spare_path(tmp_path / STORE).exists()
    with pytest.raises(VaultFailure):
        open_store(tmp_path, keeper=FileKeeper(tmp_path))
