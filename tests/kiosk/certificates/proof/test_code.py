"""The code itself: what it says, who signed it, and what a list says of it."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.proof import base45
from kiosk.certificates.proof.claims import COPY_FIELDS, PREFIX, read_code
from kiosk.certificates.proof.cose import BadCose, inflate, read_signed
from kiosk.certificates.proof.files import KEYS_FILE, STATUS_FILE
from kiosk.certificates.proof.judge import PaperVerdict, judge_code
from kiosk.certificates.proof.keep import PaperLists
from kiosk.certificates.proof.lists import load_lists, read_lists
from kiosk.errors import Failure
from kiosk.gm import TrustList
from kiosk.reasons import Reason
from offline.sync.failures import SyncFailure, SyncReason
from offline.sync.job import Outcome
from sandbox.keys import KeyStore
from sandbox.proofs import ProofService
from sandbox.proofs import base45 as written_base45

DOCUMENT = Path(__file__).parents[4] / "docs" / "paper-proof.md"
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def days_ago(days: int) -> float:
    return (now() - days * DAY).timestamp()


@pytest.mark.parametrize("algorithm", ["ES256", "SM2"])
def test_a_code_says_to_whom_and_for_what_and_is_genuine(office, algorithm):
    found = judge_code(office.code(algorithm), office.lists(), now())
    assert (found.verdict, found.why) == (PaperVerdict.GENUINE, "")
    told = found.claims.as_json()
    assert (told["holder"], told["holder_number"]) == ("李**", "119***********0627")
    assert (told["purpose"], told["certificate"]) == ("社保医保", "户籍证明")
    assert found.signer.startswith("Sandbox certificate library")


@pytest.mark.parametrize("algorithm", ["ES256", "SM2"])
def test_every_changed_character_of_a_code_is_found(office, algorithm):
    code, lists = office.code(algorithm), office.lists()
    for at in range(len(PREFIX), len(code)):
        other = "A" if code[at] != "A" else "B"
        changed = code[:at] + other + code[at + 1 :]
        found = judge_code(changed, lists, now()).verdict
        if found is PaperVerdict.GENUINE:  # up to seven bits of a packed code mean nothing
            assert read_code(changed) == read_code(code)
        else:
            assert found in (PaperVerdict.ALTERED, PaperVerdict.UNTRUSTED), at


def test_a_code_signed_by_a_stranger_is_not_trusted(office, tmp_path):
    stranger = ProofService("http://library.example", KeyStore(tmp_path), time.time)
    mine, office.proofs = office.proofs, stranger
    code = office.code()
    office.proofs = mine
    assert judge_code(code, office.lists(), now()).verdict is PaperVerdict.UNTRUSTED


def test_a_copy_runs_out(office):
    code, lists = office.code(days=1), office.lists()
    assert judge_code(code, lists, now() + 2 * DAY).verdict is PaperVerdict.EXPIRED


def test_a_revoked_copy_is_told_with_the_day_of_the_list(office):
    code, before = office.code(), office.lists()
    copy_id = judge_code(code, before, now()).claims.copy_id
    assert office.proofs.revoke(copy_id)
    assert judge_code(code, before, now()).verdict is PaperVerdict.GENUINE
    found = judge_code(code, office.lists(), now())
    assert found.verdict is PaperVerdict.REVOKED
    assert f"{now():%F}" in found.why
    assert not office.proofs.revoke(b"no such copy")


def test_a_list_that_is_too_old_is_an_answer_of_its_own(office):
    code, lists = office.code(), office.lists()
    found = judge_code(code, lists, now() + 8 * DAY)
    assert (found.verdict, found.as_of) == (PaperVerdict.LIST_TOO_OLD, lists.as_of)


def test_lists_that_nobody_trusted_has_signed_are_refused(office, tmp_path):
    stranger = ProofService("http://x", KeyStore(tmp_path), lambda: 1.8e9)
    with pytest.raises(BadCose, match="signed by nobody"):
        read_lists(stranger.key_list(), stranger.status_list(), office.chains)
    with pytest.raises(BadCose, match="signed by nobody"):
        read_lists(office.proofs.key_list(), office.proofs.status_list(), TrustList())


def test_a_changed_list_is_refused(office):
    keys, status = office.proofs.key_list(), office.proofs.status_list()
    for at in range(0, len(status), 3):
        changed = status[:at] + bytes([status[at] ^ 4]) + status[at + 1 :]
        with pytest.raises(BadCose):
            read_lists(keys, changed, office.chains)
    with pytest.raises(BadCose, match="the list of keys"):
        read_lists(status, keys, office.chains)


@given(st.binary(max_size=200))
def test_base45_is_read_as_it_is_written(data):
    assert base45.decode(written_base45(data)) == data


@given(st.text(alphabet=base45.CHARACTERS, max_size=300))
def test_any_text_is_a_damaged_code_and_nothing_worse(text):
    try:
        read_signed(inflate(base45.decode(text)))
    except (BadCose, ValueError):
        return
    raise AssertionError("a code out of nothing")


@given(st.binary(max_size=200))
def test_any_bytes_are_no_signed_object(data):
    for one in (data, b"\xd2\x84" + data, cbor2.dumps(cbor2.CBORTag(18, [data, {}, data, data]))):
        with pytest.raises(BadCose):
            read_signed(one)


def test_every_field_stands_in_the_document():
    written = DOCUMENT.read_text(encoding="utf-8")
    for number, (name, _) in COPY_FIELDS.items():
        assert f"| {number} | `{name}` |" in written


class TestKeeping:
    """The lists in a terminal's folder."""

    async def test_lists_are_kept_for_when_there_is_no_line(self, office, keys, trust, tmp_path):
        async def fetch():
            return office.proofs.key_list(), office.proofs.status_list()

        kept = PaperLists(fetch, tmp_path / "paper", trust)
        assert await kept.refresh() is Outcome.CHANGED
        lists = load_lists(tmp_path / "paper", office.chains)
        assert judge_code(office.code(), lists, now()).verdict is PaperVerdict.GENUINE
        assert keys.root.certificate.public_bytes(Encoding.PEM)

    async def test_a_bad_answer_leaves_the_good_list_where_it_is(
        self, office, trust, tmp_path
    ):
        answers = [(office.proofs.key_list(), office.proofs.status_list()), (b"", b"x"), None, None]

        async def fetch():
            answer = answers.pop(0)
            if answer is None:
                raise Failure(Reason.NETWORK, "the line is down")
            return answer

        kept = PaperLists(fetch, tmp_path, trust)
        await kept.refresh()
        good = (tmp_path / KEYS_FILE).read_bytes()
        for reason in (SyncReason.UNTRUSTED, SyncReason.NO_LINE, SyncReason.NO_LINE):
            with pytest.raises(SyncFailure) as caught:
                await kept.refresh()
            assert caught.value.reason is reason
        assert (tmp_path / KEYS_FILE).read_bytes() == good

    async def test_a_copy_that_was_revoked_is_not_revived_by_an_older_list(
        self, office, keys, trust, tmp_path
    ):
        older, long_ago = (
            ProofService("https://platform.example", keys, lambda days=days: days_ago(days))
            for days in (1, 30)
        )
        answers = [
            (one.key_list(), one.status_list()) for one in (office.proofs, older, long_ago)
        ]

        async def fetch():
            return answers.pop(0)

        kept = PaperLists(fetch, tmp_path, trust)
        await kept.refresh()
        good = (tmp_path / STATUS_FILE).read_bytes()
        with pytest.raises(SyncFailure, match="was kept"):
            await kept.refresh()
        with pytest.raises(SyncFailure, match="their time was over"):
            await PaperLists(fetch, tmp_path, trust).refresh()
        assert (tmp_path / STATUS_FILE).read_bytes() == good

    async def test_the_terminal_itself_loads_no_library_that_verifies_lists(self):
        told = subprocess.run(
            [sys.executable, "-c", "import kiosk.certificates.proof.keep, sys; print("
             "[one for one in ('cbor2', 'asn1crypto', 'cryptography') if one in sys.modules])"],
            capture_output=True, text=True, check=True,
        )
        assert told.stdout.strip() == "[]"
