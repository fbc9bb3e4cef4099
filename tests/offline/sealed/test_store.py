"""Packages in the vault: found by their card, counted once, thrown away when they are over."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from offline import outbox
from offline.clock import Clock
from offline.lanes import Lane
from offline.sealed import store
from offline.sealed.envelope import LARGEST
from offline.sealed.reasons import SealedFailure, SealedReason
from offline.sealed.store import Facts
from offline.vault import Vault

BEGAN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = 86400.0
TAG = "ab" * 16


class Keeper:
    """Protects nothing: what does is tested elsewhere."""

    protection = "none"

    def wrap(self, key):
        return b"wrapped" + key

    def unwrap(self, wrapped):
        return wrapped.removeprefix(b"wrapped")

    def forget(self):
        pass

    def describe(self):
        return "nothing"


@dataclass
class Shelf:
    """A vault with a clock that a test can move."""

    vault: Vault
    moved: list[timedelta] = field(default_factory=lambda: [timedelta()])
    trusted: list[bool] = field(default_factory=lambda: [True])

    def do(self, work):
        return self.vault.write_now(work)

    def keep(self, package="01" * 16, copies=2, content=b"sealed", tag=TAG, days=3.0):
        began = BEGAN.timestamp()
        facts = Facts(began, began + days * DAY, copies, began)
        self.do(lambda txn: store.keep(txn, package, tag, facts, content))
        return package

    def found(self, tag=TAG):
        return self.do(lambda txn: store.find(txn, tag))

    def reports(self):
        records = self.do(lambda txn: outbox.waiting(txn, 1 << 20, 100))
        return [(one.kind, one.body) for one in records if one.lane is Lane.CITIZEN]


@pytest.fixture
def shelf(tmp_path):
    moved, trusted = [timedelta()], [True]
    clock = Clock(lambda: BEGAN + moved[-1], lambda: 1.0, "boot", lambda: trusted[-1])
    vault = Vault.open(
        tmp_path / "vault.db", Keeper(), "TB-0001", (outbox.SCHEMA, store.SCHEMA), clock=clock
    )
    yield Shelf(vault, moved, trusted)
    vault.close()


def refusal(shelf, work):
    with pytest.raises(SealedFailure) as caught:
        shelf.do(work)
    return caught.value.reason


def test_a_package_is_found_by_its_cards_tag_and_by_no_other(shelf):
    shelf.keep()
    assert [one.content for one in shelf.found()] == [b"sealed"]
    assert shelf.found("cd" * 16) == []


def test_neither_content_nor_tag_nor_count_can_be_read_from_the_file(shelf, tmp_path):
    shelf.keep(content=b"a sealed package that shows itself")
    written = b"".join(one.read_bytes() for one in tmp_path.glob("vault.db*"))
    assert b"shows itself" not in written
    assert TAG.encode() not in written
    assert b"allowed" not in written


def test_copies_are_counted_and_reported_together(shelf):
    package = shelf.keep(copies=3)
    assert shelf.do(lambda txn: store.take(txn, package, 2, job=7)) == 0
    assert shelf.do(lambda txn: store.take(txn, package, 1, job=8)) == 2
    assert shelf.found()[0].facts.left == 0
    assert shelf.reports() == [
        ("package_printed", {"package": package, "copies": 2, "first": 0, "job": 7}),
        ("package_printed", {"package": package, "copies": 1, "first": 2, "job": 8}),
    ]


def test_what_is_not_counted_is_not_reported(shelf):
    package = shelf.keep(copies=1)
    assert refusal(shelf, lambda txn: store.take(txn, package, 2, job=1)) is SealedReason.USED_UP
    assert shelf.reports() == []
    assert shelf.found()[0].facts.left == 1


def test_a_transaction_that_breaks_off_leaves_neither_count_nor_report(shelf):
    package = shelf.keep()

    def work(txn):
        store.take(txn, package, 1, job=1)
        raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        shelf.do(work)
    assert shelf.found()[0].facts.left == 2
    assert shelf.reports() == []


def test_copies_of_which_nothing_was_printed_are_counted_back_once(shelf):
    package = shelf.keep()
    shelf.do(lambda txn: store.take(txn, package, 2, job=1))
    assert shelf.do(lambda txn: store.settle(txn, 1, nothing_printed=True))
    assert not shelf.do(lambda txn: store.settle(txn, 1, nothing_printed=True))
    assert shelf.found()[0].facts.left == 2
    assert [kind for kind, _ in shelf.reports()] == ["package_printed", "package_returned"]


def test_copies_that_may_have_been_printed_stay_counted(shelf):
    package = shelf.keep()
    shelf.do(lambda txn: store.take(txn, package, 1, job=1))
    shelf.do(lambda txn: store.settle(txn, 1, nothing_printed=False))
    assert shelf.found()[0].facts.left == 1


def test_what_is_used_up_loses_its_content_and_never_counts_anew(shelf):
    package = shelf.keep(copies=1)
    shelf.do(lambda txn: store.take(txn, package, 1, job=1))
    shelf.do(lambda txn: store.settle(txn, 1, nothing_printed=False))
    assert shelf.found()[0].content == b""
    shelf.keep(package, copies=1)
    assert shelf.found()[0].facts.left == 0


def test_a_job_of_no_package_is_none_of_its_business(shelf):
    assert not shelf.do(lambda txn: store.settle(txn, 99, nothing_printed=True))


def test_a_job_whose_package_was_taken_back_meanwhile_is_still_reported(shelf):
    package = shelf.keep()
    shelf.do(lambda txn: store.take(txn, package, 1, job=1))
    shelf.do(lambda txn: store.forget(txn, package))
    assert shelf.do(store.ids) == {package}
    assert shelf.found() == []
    assert shelf.do(lambda txn: store.settle(txn, 1, nothing_printed=True))
    shelf.do(lambda txn: store.forget(txn, package))
    assert shelf.do(store.ids) == frozenset()


def test_what_comes_again_during_its_print_job_counts_on(shelf):
    package = shelf.keep(copies=3)
    shelf.do(lambda txn: store.take(txn, package, 2, job=1))
    shelf.do(lambda txn: store.forget(txn, package))
    assert shelf.do(store.complete) == frozenset()
    assert shelf.do(store.usable) == 0
    shelf.keep(package, copies=3)
    assert shelf.do(store.complete) == {package}
    assert shelf.found()[0].facts.left == 1


@pytest.mark.parametrize(("moved", "trusted", "reason"), [
    (timedelta(days=3), True, SealedReason.ENDED),
    (timedelta(minutes=-1), True, SealedReason.CLOCK),
    (timedelta(), False, SealedReason.CLOCK),
])
def test_nothing_is_printed_outside_its_time_or_without_one(shelf, moved, trusted, reason):
    package = shelf.keep()
    shelf.moved.append(moved)
    shelf.trusted.append(trusted)
    assert refusal(shelf, lambda txn: store.take(txn, package, 1, job=1)) is reason


def test_a_package_that_was_taken_back_is_not_printed(shelf):
    package = shelf.keep()
    shelf.do(lambda txn: store.forget(txn, package))
    reason = refusal(shelf, lambda txn: store.take(txn, package, 1, job=1))
    assert reason is SealedReason.NONE_KEPT


def test_what_has_ended_is_swept_away_and_the_rest_is_told(shelf):
    shelf.keep("01" * 16, days=1.0)
    shelf.keep("02" * 16, days=5.0)
    assert shelf.do(store.usable) == 2
    shelf.moved.append(timedelta(days=2))
    assert shelf.do(store.usable) == 1
    shelf.do(store.sweep)
    assert shelf.do(store.ids) == {"02" * 16}


def test_a_clock_that_is_not_trusted_sweeps_nothing_away(shelf):
    shelf.keep()
    shelf.moved.append(timedelta(days=400))
    shelf.trusted.append(False)
    shelf.do(store.sweep)
    assert shelf.do(store.usable) == 1


def test_no_more_is_kept_than_has_room(shelf, monkeypatch):
    monkeypatch.setattr(store, "MOST", 1)
    shelf.keep("01" * 16)
    with pytest.raises(SealedFailure) as caught:
        shelf.keep("02" * 16)
    assert caught.value.reason is SealedReason.FULL
    assert caught.value.transient
    with pytest.raises(SealedFailure) as caught:
        shelf.keep("03" * 16, content=bytes(LARGEST + 1))
    assert caught.value.reason is SealedReason.TOO_LARGE
