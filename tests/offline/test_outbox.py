"""The outbox: in order, once, nothing lost but what may be, and that in the declared order."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import outbox
from offline.failures import VaultFailure, VaultReason
from offline.lanes import Lane, Limits
from tests.offline.stores import Time, plain_store


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def store(tmp_path, time):
    made = plain_store(tmp_path, time)
    yield made
    made.close()


def put(store, lane, text="x", limits=outbox.DEFAULT_LIMITS):
    return store.transact(lambda txn: outbox.put(txn, lane, "test", {"text": text}, limits))


def waiting(store, most_bytes=10**6, most=100):
    return store.read(lambda txn: outbox.waiting(txn, most_bytes, most))


def state(store, lane):
    return store.read(lambda txn: outbox.state_of(txn, lane))


def texts(store):
    return [(str(one.lane), one.body["text"]) for one in waiting(store)]


def test_a_citizens_words_go_before_the_audit_and_figures_come_last(store):
    for lane in (Lane.TELEMETRY, Lane.AUDIT, Lane.CITIZEN, Lane.REPORT):
        put(store, lane, lane)
    assert [one[0] for one in texts(store)] == ["citizen", "audit", "report", "telemetry"]


def test_numbers_of_a_lane_grow_by_one_whatever_was_taken_away(store):
    put(store, Lane.REPORT)
    put(store, Lane.REPORT)
    sent = waiting(store)
    store.transact(lambda txn: outbox.acknowledge(txn, sent, {"report": 2}))
    put(store, Lane.REPORT)
    assert [one.number for one in waiting(store)] == [3]


def test_an_acknowledgement_takes_away_up_to_its_number(store):
    for n in range(4):
        put(store, Lane.REPORT, str(n))
    sent = waiting(store)
    store.transact(lambda txn: outbox.acknowledge(txn, sent, {"report": 2}))
    assert texts(store) == [("report", "2"), ("report", "3")]
    assert (state(store, Lane.REPORT).waiting, state(store, Lane.REPORT).acknowledged) == (2, 2)


def test_what_was_not_sent_cannot_be_acknowledged(store):
    put(store, Lane.CITIZEN, "sent")
    sent = waiting(store)
    put(store, Lane.CITIZEN, "not sent")
    store.transact(lambda txn: outbox.acknowledge(txn, sent, {"citizen": 99, "report": 5}))
    assert texts(store) == [("citizen", "not sent")]


def test_that_a_citizens_words_arrived_is_remembered_for_a_while(store, time):
    key = put(store, Lane.CITIZEN)
    sent = waiting(store)
    store.transact(lambda txn: outbox.acknowledge(txn, sent, {"citizen": 1}))
    known = store.read(lambda txn: txn.execute("SELECT key FROM arrived"))
    assert known == [(key,)]
    time.go(31 * 86400)
    store.transact(outbox.tidy)
    assert store.read(lambda txn: txn.execute("SELECT key FROM arrived")) == []


def test_a_batch_holds_at_least_one_record_however_large(store):
    put(store, Lane.REPORT, "x" * 5000)
    put(store, Lane.REPORT, "y")
    assert len(waiting(store, most_bytes=100)) == 1


def test_a_refused_record_becomes_a_dead_letter_and_its_lane_goes_on(store):
    key = put(store, Lane.REPORT, "bad")
    put(store, Lane.REPORT, "good")
    bad = waiting(store)[0]
    assert store.transact(lambda txn: outbox.refuse(txn, bad, "malformed"))
    assert texts(store) == [("report", "good")]
    assert store.read(outbox.dead_letters) == [(key, "report", "test", "malformed")]
    assert not store.transact(lambda txn: outbox.refuse(txn, bad, "malformed"))


def test_figures_are_shed_first_then_reports_and_a_citizens_words_never(store):
    limits = Limits(soft=1200, hard=2000)
    for n in range(5):
        put(store, Lane.TELEMETRY, f"t{n}" + "x" * 100, limits)
    put(store, Lane.REPORT, "r" + "x" * 100, limits)
    for n in range(3):
        put(store, Lane.CITIZEN, f"c{n}" + "x" * 200, limits)
    left = [lane for lane, _ in texts(store)]
    assert left.count("citizen") == 3
    assert "telemetry" not in left
    assert state(store, Lane.TELEMETRY).shed == 5
    assert state(store, Lane.TELEMETRY).bytes == 0


def test_where_nothing_may_be_shed_a_record_is_refused_and_nothing_is_lost(store):
    limits = Limits(soft=400, hard=800)
    for n in range(2):
        put(store, Lane.CITIZEN, f"{n}" + "x" * 250, limits)
    with pytest.raises(VaultFailure) as caught:
        put(store, Lane.CITIZEN, "y" * 250, limits)
    assert caught.value.reason is VaultReason.OUTBOX_FULL
    assert len(waiting(store)) == 2
    assert store.read(lambda txn: outbox.is_crowded(outbox.states(txn), limits))


def test_old_figures_are_thrown_away_and_old_citizens_words_are_not(store, time):
    put(store, Lane.TELEMETRY)
    put(store, Lane.CITIZEN)
    time.go(400 * 86400)
    store.transact(outbox.tidy)
    assert [lane for lane, _ in texts(store)] == ["citizen"]
    assert state(store, Lane.TELEMETRY).shed == 1


def test_a_record_is_written_with_what_it_reports_or_not_at_all(store):
    def work(txn):
        outbox.put(txn, Lane.CITIZEN, "test", {"text": "x"})
        raise LookupError

    with pytest.raises(LookupError):
        store.transact(work)
    assert waiting(store) == []


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1)), st.binary(min_size=10, max_size=10)
)
def test_a_key_is_a_uuid_of_version_seven(moment, random):
    moment = moment.replace(tzinfo=UTC)
    made = uuid.UUID(outbox.make_key(moment, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(moment.timestamp() * 1000)


def test_what_the_vault_remembers_is_never_ahead_of_the_disk(store):
    put(store, Lane.REPORT, "first")

    def breaks(txn):
        outbox.put(txn, Lane.REPORT, "test", {"text": "lost"})
        raise LookupError

    done, _ = store.transact_all([breaks, lambda txn: outbox.put(txn, Lane.REPORT, "t", {})])
    assert isinstance(done[0].error, LookupError)
    put(store, Lane.REPORT, "last")
    assert [one.number for one in waiting(store)] == [1, 2, 3]
    assert state(store, Lane.REPORT).bytes == sum(one.size for one in waiting(store))


def test_numbers_go_on_after_the_store_was_opened_again(tmp_path, time):
    store = plain_store(tmp_path, time)
    put(store, Lane.REPORT)
    put(store, Lane.REPORT)
    sent = waiting(store)
    store.transact(lambda txn: outbox.acknowledge(txn, sent, {"report": 2}))
    store.close()
    again = plain_store(tmp_path, time)
    put(again, Lane.REPORT)
    assert [one.number for one in waiting(again)] == [3]
    assert state(again, Lane.REPORT).acknowledged == 2
    again.close()
