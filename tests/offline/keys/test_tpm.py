import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from offline.keys.commands import run
from offline.keys.port import KeyFailure, KeyReason
from offline.keys.recovery import open_recovery, wrap_for_recovery
from offline.keys.tpm import TpmKeeper

KEY = bytes(range(32))


def reason(call, *arguments) -> KeyReason:
    with pytest.raises(KeyFailure) as caught:
        call(*arguments)
    return caught.value.reason


def test_the_tpm_gives_back_the_key_it_sealed(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    assert KEY not in wrapped
    assert keeper.unwrap(wrapped) == KEY


def test_it_is_the_same_after_the_machine_was_switched_off(tpm, tmp_path):
    wrapped = TpmKeeper(tmp_path, tpm.tcti).wrap(KEY)
    tpm.switch_off()
    tpm.switch_on()
    assert TpmKeeper(tmp_path, tpm.tcti).unwrap(wrapped) == KEY


@pytest.mark.parametrize("register", [0, 7])
def test_a_machine_started_in_another_way_is_refused(tpm, tmp_path, register):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    tpm.extend(register)
    with pytest.raises(KeyFailure, match="started in another way") as caught:
        keeper.unwrap(wrapped)
    assert caught.value.reason == KeyReason.TPM_REFUSED
    assert not caught.value.transient


def test_registers_outside_the_policy_may_change(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    tpm.extend(4)
    assert keeper.unwrap(wrapped) == KEY


def test_a_key_sealed_to_other_registers_opens_whatever_the_configuration_says_now(tpm, tmp_path):
    wrapped = TpmKeeper(tmp_path, tpm.tcti, "sha256:4,5").wrap(KEY)
    keeper = TpmKeeper(tmp_path, tpm.tcti, "sha256:0,7")
    tpm.extend(7)
    assert keeper.unwrap(wrapped) == KEY
    tpm.extend(5)
    assert reason(keeper.unwrap, wrapped) == KeyReason.TPM_REFUSED


def test_after_a_refusal_the_recovery_wrap_opens_and_the_key_can_be_sealed_anew(tpm, tmp_path):
    operators = ec.generate_private_key(ec.SECP256R1())
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    spare = wrap_for_recovery(KEY, operators.public_key(), "kiosk-7")
    tpm.extend(0)
    assert reason(keeper.unwrap, wrapped) == KeyReason.TPM_REFUSED
    again = keeper.wrap(open_recovery(spare, operators, "kiosk-7"))
    assert keeper.unwrap(again) == KEY


def test_two_vaults_of_one_tpm_do_not_open_each_others_keys(tpm, tmp_path):
    one, other = TpmKeeper(tmp_path / "a", tpm.tcti), TpmKeeper(tmp_path / "b", tpm.tcti)
    of_one, of_other = one.wrap(KEY), other.wrap(KEY[::-1])
    assert (one.unwrap(of_one), other.unwrap(of_other)) == (KEY, KEY[::-1])
    assert reason(one.unwrap, of_other) == KeyReason.NOT_OURS
    assert reason(other.unwrap, of_one) == KeyReason.NOT_OURS


def test_a_key_that_was_forgotten_opens_never_again(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path / "a", tpm.tcti)
    wrapped = keeper.wrap(KEY)
    note = (tmp_path / "a" / "tpm-parent.json").read_bytes()
    keeper.forget()
    assert reason(keeper.unwrap, wrapped) == KeyReason.KEY_LOST
    (tmp_path / "a" / "tpm-parent.json").write_bytes(note)  # as a backup of the disk would
    assert reason(keeper.unwrap, wrapped) == KeyReason.KEY_LOST
    assert tpm.run("getcap", "handles-persistent").strip() == ""


def test_forgetting_one_vault_leaves_the_other(tpm, tmp_path):
    one, other = TpmKeeper(tmp_path / "a", tpm.tcti), TpmKeeper(tmp_path / "b", tpm.tcti)
    one.wrap(KEY)
    wrapped = other.wrap(KEY)
    one.forget()
    one.forget()
    assert other.unwrap(wrapped) == KEY


def test_a_note_without_its_key_in_the_tpm_is_replaced_by_a_new_key(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    keeper.wrap(KEY)
    tpm.run("clear")
    wrapped = keeper.wrap(KEY)
    assert keeper.unwrap(wrapped) == KEY


def test_a_tpm_that_was_cleared_says_that_the_key_is_lost(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    tpm.run("clear")
    assert reason(keeper.unwrap, wrapped) == KeyReason.KEY_LOST


def test_another_tpm_does_not_open_it(tpm, tmp_path):
    wrapped = TpmKeeper(tmp_path, tpm.tcti).wrap(KEY)
    tpm.run("evictcontrol", "-C", "o", "-c", "0x81020000")
    assert reason(TpmKeeper(tmp_path, tpm.tcti).unwrap, wrapped) == KeyReason.KEY_LOST


def test_a_damaged_blob_is_told_as_not_sealed_here(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    whole = keeper.wrap(KEY)
    start = whole.index(b'"private": "') + 60
    damaged = whole[:start] + (b"A" if whole[start : start + 1] != b"A" else b"B")
    assert reason(keeper.unwrap, damaged + whole[start + 1 :]) == KeyReason.NOT_OURS


def test_no_slots_of_the_tpm_stay_taken(tpm, tmp_path):
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    wrapped = keeper.wrap(KEY)
    for _ in range(5):
        keeper.unwrap(wrapped)
    tpm.extend(7)
    for _ in range(5):
        assert reason(keeper.unwrap, wrapped) == KeyReason.TPM_REFUSED
    for kind in ("handles-transient", "handles-loaded-session", "handles-saved-session"):
        assert tpm.run("getcap", kind).strip() == ""


def test_where_no_tpm_answers_it_says_so(tmp_path):
    keeper = TpmKeeper(tmp_path, f"device:{tmp_path / 'tpmrm0'}")
    assert reason(keeper.wrap, KEY) == KeyReason.NO_TPM


def test_a_tpm_whose_owner_set_a_password_is_told_as_that(tpm, tmp_path):
    tpm.run("changeauth", "-c", "owner", "secret")
    assert reason(TpmKeeper(tmp_path, tpm.tcti).wrap, KEY) == KeyReason.TPM_OWNED


@pytest.mark.parametrize("pcrs", ["", "0,7", "sha256:", "sha256:24", "sha256:0,,7", "md5:1"])
def test_registers_that_cannot_be_are_refused_at_once(tmp_path, pcrs):
    with pytest.raises(ValueError, match="pcrs"):
        TpmKeeper(tmp_path, pcrs=pcrs)


def test_no_secret_is_an_argument_or_a_file(tpm, tmp_path, monkeypatch):
    seen = []

    def watched(command, given=b"", environment=None, seconds=30.0):
        seen.append(" ".join(command).encode())
        return run(command, given, environment, seconds)

    monkeypatch.setattr("offline.keys.tpm_tools.run", watched)
    keeper = TpmKeeper(tmp_path, tpm.tcti)
    key = b"a key that one can look for: 32b"
    assert keeper.unwrap(keeper.wrap(key)) == key
    assert seen
    assert not any(key in command or key.hex().encode() in command for command in seen)
    assert not any(key in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
