"""The audit's chain: what is exported whole holds, and whatever is done to it is found."""

import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline.audit.chain import canonical, follow, genesis
from offline.audit.checkpoint import Checkpoint, check_in, kept, signer
from offline.audit.export import export
from offline.audit.log import append, head, prune
from offline.audit.verify import Fault, verify
from tests.offline.stores import Time, plain_store

KEY, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
SIGN = signer(KEY)


def check(lines, **options):
    return verify(lines, KEY.public_key(), **options)


def fill(store, records, every=100):
    for number in range(records):
        store.transact(lambda txn, n=number: append(txn, "card_read", {"n": n}, n // 3))
        if number % every == every - 1:
            store.transact(lambda txn: check_in(txn, SIGN))


def exported(store):
    out = io.BytesIO()
    store.transact(lambda txn: export(txn, SIGN, out))
    return out.getvalue().splitlines(keepends=True)


@pytest.fixture
def store(tmp_path):
    made = plain_store(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    store = plain_store(tmp_path_factory.mktemp("audit"))
    fill(store, 60, every=20)
    made = exported(store)
    store.close()
    return made


def places(lines):
    """Where the records stand in an export."""
    return [place for place, line in enumerate(lines) if line.startswith(b"r ")]


def test_a_whole_export_holds_up_to_its_last_record(lines):
    verdict = check(lines)
    assert (verdict.holds, verdict.records, verdict.vouched_until) == (True, 60, 60)


def test_an_empty_chain_holds(store):
    store.transact(head)
    assert check(exported(store)).holds


def test_a_store_without_a_chain_exports_nothing(store):
    with pytest.raises(ValueError, match="no audit yet"):
        exported(store)


@pytest.mark.parametrize("number", [1, 7, 20, 21, 60])
def test_a_removed_record_is_named(lines, number):
    at = places(lines)[number - 1]
    verdict = check(lines[:at] + lines[at + 1 :])
    assert (verdict.fault, verdict.first) == (Fault.REMOVED, number)


@pytest.mark.parametrize("number", [1, 7, 20, 21, 60])
def test_a_changed_record_is_named(lines, number):
    at = places(lines)[number - 1]
    changed = lines[at].replace(b"card_read", b"card_read"[:-1] + b"e")
    verdict = check([*lines[:at], changed, *lines[at + 1 :]])
    assert (verdict.fault, verdict.first) == (Fault.CHANGED, number)


@pytest.mark.parametrize("number", [3, 20, 41])
def test_an_inserted_record_is_named(lines, number):
    at = places(lines)[number - 1]
    verdict = check([*lines[:at + 1], lines[at], *lines[at + 1 :]])
    assert (verdict.fault, verdict.first) == (Fault.INSERTED, number)


def test_two_that_changed_places_are_named(lines):
    moved, at = list(lines), places(lines)
    moved[at[9]], moved[at[30]] = moved[at[30]], moved[at[9]]
    verdict = check(moved)
    assert (verdict.fault, verdict.first) == (Fault.REORDERED, 10)


@pytest.mark.parametrize("left", [0, 1, 30, 62])
def test_a_tail_that_was_cut_off_is_missed(lines, left):
    verdict = check(lines[:left])
    assert verdict.fault in (Fault.TRUNCATED, Fault.NOT_AN_EXPORT)
    assert not verdict.holds


def test_a_head_that_was_cut_off_is_missed(lines):
    at = places(lines)[20]
    verdict = check([lines[0], *lines[at - 1 :]])
    assert (verdict.fault, verdict.first) == (Fault.REMOVED, 1)


def rewritten(lines, number):
    """The chain as somebody without the key would forge it: all hashes agree again."""
    forged = list(lines)
    at = places(lines)[number - 1 :]
    hash_ = bytes.fromhex(lines[places(lines)[number - 2]][2:66].decode())
    for place in at:
        content = lines[place][67:-1]
        if place == at[0]:
            content = content.replace(b'"visit":', b'"visit":9')
        hash_ = follow(hash_, content)
        forged[place] = b"r " + hash_.hex().encode() + b" " + content + b"\n"
    return forged


@pytest.mark.parametrize(("number", "first"), [(5, 1), (25, 21), (55, 21)])
def test_a_chain_that_was_rewritten_contradicts_what_was_signed(lines, number, first):
    verdict = check(rewritten(lines, number))
    assert (verdict.fault, verdict.first) == (Fault.REWRITTEN, first)


def test_a_checkpoint_of_another_key_is_refused(lines):
    verdict = verify(lines, OTHER.public_key())
    assert verdict.fault is Fault.BAD_SIGNATURE


def test_a_later_checkpoint_that_was_kept_elsewhere_shows_that_the_end_is_missing(store):
    fill(store, 10)
    early = exported(store)
    fill(store, 5)
    later = store.transact(lambda txn: check_in(txn, SIGN))
    assert check(early).holds
    verdict = check(early, later=later)
    assert (verdict.fault, verdict.first) == (Fault.TRUNCATED, 11)


def test_a_later_checkpoint_that_was_kept_elsewhere_shows_a_chain_that_was_begun_anew(store):
    fill(store, 10)
    kept_elsewhere = store.transact(lambda txn: check_in(txn, SIGN))
    store.transact(lambda txn: txn.execute(
        "UPDATE audit SET record = CAST(record || ' ' AS BLOB) WHERE number = 9"
    ))
    store.transact(rehash)
    verdict = check(exported(store), later=kept_elsewhere)
    assert (verdict.fault, verdict.first) == (Fault.REWRITTEN, 1)


def rehash(txn):
    """What somebody with the terminal's whole power would do."""
    hash_ = genesis(txn.kiosk, head(txn).chain)
    for number, content in txn.execute("SELECT number, record FROM audit ORDER BY number"):
        hash_ = follow(hash_, content)
        txn.execute("UPDATE audit SET hash = ? WHERE number = ?", (hash_, number))
    txn.execute("UPDATE chain SET head = ?", (hash_,))
    txn.execute("DELETE FROM checkpoint")


def test_records_that_were_let_go_leave_a_chain_that_holds(store, tmp_path):
    fill(store, 30, every=10)
    time = Time()
    time.go(3600)
    gone = store.transact(lambda txn: prune(txn, time.now))
    fill(store, 5)
    assert gone == 30
    verdict = check(exported(store))
    assert (verdict.holds, verdict.records, verdict.vouched_until) == (True, 5, 35)


def test_only_what_was_signed_for_is_let_go(store):
    fill(store, 15, every=10)
    time = Time()
    time.go(3600)
    assert store.transact(lambda txn: prune(txn, time.now)) == 10
    assert check(exported(store)).holds


def test_checkpoints_between_the_kept_ones_give_way(store):
    for _ in range(20):
        fill(store, 30, every=10)
    assert len(store.read(kept)) < 6
    assert check(exported(store)).holds


def test_a_record_stands_there_only_with_what_it_reports(store):
    def work(txn):
        append(txn, "card_read", {}, 1)
        raise LookupError

    with pytest.raises(LookupError):
        store.transact(work)
    assert store.transact(head).number == 0


def test_a_checkpoint_survives_its_way_through_json(store):
    fill(store, 3)
    made = store.transact(lambda txn: check_in(txn, SIGN))
    again = Checkpoint.of_json(json.loads(canonical(made.as_json())))
    assert again == made
    assert again.is_signed_by(KEY.public_key())


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_change_of_any_byte_goes_unnoticed(lines, data):
    whole = bytearray(b"".join(lines))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    held = check(io.BytesIO(bytes(whole))).holds
    assert not held, f"byte {place} of {len(whole)}"


def test_an_end_that_was_cut_off_behind_a_checkpoint_is_missed(lines):
    at = next(place for place, line in enumerate(lines) if line.startswith(b"c "))
    signed = json.loads(lines[at][2:])
    header = {**json.loads(lines[0][2:]), "exported_at": signed["at"]}
    forged = [b"h " + canonical(header) + b"\n", *lines[1:at], b"e" + lines[at][1:]]
    verdict = check(forged)
    assert verdict.fault is Fault.BAD_SIGNATURE


@pytest.mark.parametrize("wrong", [rb'"\ud800"', b"Infinity", b"1e999", b"null", b"[]"])
def test_what_no_terminal_writes_gets_a_verdict(lines, wrong):
    header = lines[0].replace(b'"TEST-0001"', wrong)
    assert not check([header, *lines[1:]]).holds
    closing = lines[-1].replace(b'"number":60', b'"number":' + wrong)
    assert not check([*lines[:-1], closing]).holds
