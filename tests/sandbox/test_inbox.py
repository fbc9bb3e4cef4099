"""What terminals report is taken once, in order, and stays where the platform is killed."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from sandbox.inbox import Record, Verdict, judge, read_check_in
from sandbox.inbox_store import Inbox
from sandbox.refused import Refused
from tests.sandbox.terminals import AT, Caller, encoded, record

HEAD, OTHER_HEAD = "ab" * 32, "cd" * 32


@pytest.fixture
def inbox(tmp_path):
    box = Inbox(tmp_path / "inbox.sqlite", lambda: 1_800_000_000.0)
    yield box
    box.close()


@pytest.fixture
def caller():
    return Caller("http://127.0.0.1:1")


def send(inbox, caller, lanes, checkpoint=None, **options):
    said = read_check_in(caller.body(lanes, checkpoint))
    return inbox.take(caller.key.public_key, said, **options)


def arrived(inbox):
    return [(one["lane"], one["number"]) for one in inbox.show()["records"]]


def reasons(receipt):
    return [(one.lane, one.number, one.reason.value) for one in receipt.refused]


def test_each_lane_is_acknowledged_up_to_its_highest_number(inbox, caller):
    lanes = {"citizen": [record(1), record(2)], "telemetry": [record(7)]}
    receipt = send(inbox, caller, lanes)
    assert receipt.acknowledged == {"citizen": 2, "telemetry": 7}
    assert arrived(inbox) == [("citizen", 1), ("citizen", 2), ("telemetry", 7)]
    assert inbox.show()["terminals"][0]["health"] == {"queued": 1}


def test_what_comes_twice_is_acknowledged_twice_and_stored_once(inbox, caller):
    lanes = {"citizen": [record(1), record(2)]}
    first, second = send(inbox, caller, lanes), send(inbox, caller, lanes)
    assert first.acknowledged == second.acknowledged == {"citizen": 2}
    assert (len(first.stored), second.stored, second.refused) == (2, (), ())
    assert arrived(inbox) == [("citizen", 1), ("citizen", 2)]


def test_a_number_that_was_used_for_another_record_is_a_fork_and_remembered(inbox, caller):
    send(inbox, caller, {"citizen": [record(1), record(2)]})
    receipt = send(inbox, caller, {"citizen": [record(2), record(3)]})
    assert reasons(receipt) == [("citizen", 2, "fork")]
    assert receipt.acknowledged == {"citizen": 3}
    (remembered,) = inbox.show()["refused"]
    assert (remembered["number"], remembered["reason"]) == (2, "fork")


def test_gaps_are_no_error_but_what_comes_late_into_one_is(inbox, caller):
    send(inbox, caller, {"telemetry": [record(1), record(9)]})
    receipt = send(inbox, caller, {"telemetry": [record(5), record(10)]})
    assert reasons(receipt) == [("telemetry", 5, "out_of_order")]
    assert arrived(inbox) == [("telemetry", 1), ("telemetry", 9), ("telemetry", 10)]


def test_a_rebuilt_store_sends_its_records_again_and_none_is_stored_twice(inbox, caller):
    keys = [str(uuid.uuid4()) for _ in range(3)]
    send(inbox, caller, {"citizen": [record(4, keys[0]), record(5, keys[1])]})
    caller.store = str(uuid.uuid4())
    rebuilt = {"citizen": [record(n, key) for n, key in enumerate(keys, 1)]}
    receipt = send(inbox, caller, rebuilt)
    assert (receipt.acknowledged, receipt.refused) == ({"citizen": 3}, ())
    assert [one["key"] for one in inbox.show()["records"]] == keys
    assert send(inbox, caller, rebuilt).refused == ()


def test_terminals_do_not_stand_in_each_others_way(inbox, caller):
    shared = record(1)
    other = Caller(caller.address, "T2")
    send(inbox, caller, {"citizen": [shared]})
    assert len(send(inbox, other, {"citizen": [shared]}).stored) == 1


@pytest.mark.parametrize("changes", [
    {"key": "no uuid"}, {"key": 7}, {"kind": ""}, {"kind": "\ud800"}, {"at": "yesterday"},
    {"at": "2026-11-24T10:00:00"}, {"body": []},
])
def test_a_record_of_a_wrong_form_is_refused_and_its_lane_goes_on(inbox, caller, changes):
    lanes = {"citizen": [record(1, **changes), record(2)]}
    receipt = send(inbox, caller, lanes)
    assert reasons(receipt) == [("citizen", 1, "malformed")]
    assert receipt.acknowledged == {"citizen": 2}
    assert reasons(send(inbox, caller, lanes)) == [("citizen", 1, "malformed")]
    assert arrived(inbox) == [("citizen", 2)]


def test_a_record_that_no_office_takes_stays_refused(inbox, caller):
    lanes = {"citizen": [record(1)]}
    assert reasons(send(inbox, caller, lanes, not_taken=True)) == [("citizen", 1, "not_taken")]
    assert reasons(send(inbox, caller, lanes)) == [("citizen", 1, "not_taken")]


@pytest.mark.parametrize("changes", [
    {"store": "x"}, {"boot": ""}, {"lanes": []}, {"lanes": {"Lane 1": []}}, {"lanes": {"a": {}}},
    {"lanes": {"a": [{"number": 0}]}}, {"lanes": {"a": [{"number": True}]}}, {"terminal": 1},
    {"health": []},
])
def test_a_wrong_frame_is_refused_as_a_whole(caller, changes):
    body = caller.body(**{"lanes": {}, **changes})
    with pytest.raises(Refused, match="no check-in"):
        read_check_in(body)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body):
    with pytest.raises(Refused):
        read_check_in(body)


def test_checkpoints_go_forward_and_what_contradicts_is_a_fork(inbox, caller):
    def verdict(seq, head):
        return send(inbox, caller, {}, caller.checkpoint(seq, head)).checkpoint

    assert verdict(10, HEAD) == "stored"
    assert verdict(10, HEAD) == "duplicate"
    assert verdict(12, OTHER_HEAD) == "stored"
    assert verdict(12, HEAD) == "fork"
    assert verdict(11, HEAD) == "fork"
    assert [one["number"] for one in inbox.show()["checkpoints"]] == [10, 12]
    assert [one["number"] for one in inbox.show()["refused"]] == [12, 11]


def test_a_checkpoint_that_its_terminal_did_not_sign_is_remembered_and_not_kept(inbox, caller):
    signed = caller.checkpoint(3, HEAD)
    for wrong in (
        {**signed, "number": 4}, {**signed, "kiosk": "T2"}, {"number": 3}, "none",
        {**signed, "signature": encoded(bytes(64))},
        {**signed, "signature": "A"}, Caller(caller.address).checkpoint(3, HEAD),
    ):
        assert send(inbox, caller, {}, wrong).checkpoint == "malformed"
    assert inbox.show()["checkpoints"] == []
    assert [one["reason"] for one in inbox.show()["refused"]] == ["malformed"] * 7


def test_what_was_acknowledged_is_there_after_the_file_is_opened_anew(tmp_path, caller):
    path = tmp_path / "inbox.sqlite"
    lanes = {"citizen": [record(1)]}
    send(Inbox(path, lambda: 0.0), caller, lanes)
    again = Inbox(path, lambda: 0.0)
    assert send(again, caller, lanes).stored == ()
    assert arrived(again) == [("citizen", 1)]


NUMBERS = st.lists(st.integers(1, 8), max_size=20)


@given(NUMBERS)
def test_the_rules_take_no_record_twice_and_only_in_order(numbers):
    """A terminal that sends any numbers, each with the key that it always had."""
    places, taken = {}, []
    for number in numbers:
        one = Record(number, f"key {number}", "kind", AT, {})
        known = number in taken
        verdict = judge(one, max(places, default=0), places.get(number), known)
        if verdict is Verdict.STORED:
            taken.append(number)
        if verdict is not Verdict.OUT_OF_ORDER:
            places.setdefault(number, (one.key, verdict))
        assert verdict in (Verdict.STORED, Verdict.DUPLICATE, Verdict.OUT_OF_ORDER)
    assert taken == sorted(set(taken))


def test_a_key_in_the_wrong_curve_is_nobodys(inbox, caller):
    other = ECKey.generate_key("P-384")
    said = read_check_in(caller.body({}, caller.checkpoint(1, HEAD)))
    assert inbox.take(other.public_key, said).checkpoint == "malformed"
