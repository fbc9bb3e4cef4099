import pytest

from bench.chaos.visits import DISK_BOUND_KIB, RSS_BOUND_KIB, growth, run_visits

SETTLED = {
    "visits": 500, "rss_kib": 100_000, "threads": 7, "descriptors": 25, "disk_kib": 9_000,
    "files": 9,
}


def after(**changes):
    """What is said of a terminal 2,000 visits later, with these things more."""
    more = {name: SETTLED[name] + count for name, count in changes.items()}
    return growth([{**SETTLED, "visits": 100}, SETTLED, {**SETTLED, "visits": 2500, **more}])


def test_visits_of_all_kinds_end_as_they_should_and_leave_the_terminal_as_it_was():
    told = run_visits(seed=11, count=8)
    assert told["visits"] == 8
    assert set(told["outcomes"]) <= {"cancelled", "printed"}
    assert len(told["measured"]) == 4
    assert told["more_threads"] <= 2


def test_a_terminal_that_is_as_large_as_it_was_breaks_no_bound():
    assert after()["bounds_broken"] == 0


def test_growth_counts_from_where_caches_are_full():
    assert after(rss_kib=4000)["memory_kib_per_1000"] == 2000


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("memory", {"rss_kib": 2 * RSS_BOUND_KIB + 2}), ("threads", {"threads": 3}),
        ("descriptors", {"descriptors": 5}), ("disk", {"disk_kib": 2000 * DISK_BOUND_KIB + 1}),
    ],
)
def test_each_kind_of_growth_beyond_its_bound_is_told(what, changes):
    broken = after(**changes)["broken"]
    assert [name for name, is_broken in broken.items() if is_broken] == [what]
