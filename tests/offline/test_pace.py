"""Batches follow the line, and ten thousand terminals do not come back at once."""

from hypothesis import given
from hypothesis import strategies as st

from offline.pace import FIRST_WAIT, LEAST_BYTES, LONGEST_WAIT, MOST_BYTES, Pace


def test_a_quick_full_batch_makes_the_next_one_larger():
    assert Pace(10_000).after_success(0.2, full=True).most_bytes == 20_000


def test_a_quick_batch_that_was_not_full_says_nothing_of_the_line():
    assert Pace(10_000).after_success(0.2, full=False).most_bytes == 10_000


def test_a_slow_batch_makes_the_next_one_smaller():
    assert Pace(10_000).after_success(12, full=True).most_bytes == 5_000


def test_a_failure_halves_the_batch_and_a_success_ends_the_row():
    failed = Pace(10_000).after_failure().after_failure()
    assert (failed.most_bytes, failed.failures) == (2_500, 2)
    assert failed.after_success(1, full=False).failures == 0


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=60))
def test_a_batch_stays_within_its_bounds(contacts):
    pace = Pace()
    for seconds in contacts:
        pace = pace.after_failure() if seconds is None else pace.after_success(seconds, full=True)
        assert LEAST_BYTES <= pace.most_bytes <= MOST_BYTES


@given(st.integers(1, 5000), st.floats(0, 1, exclude_max=True), st.floats(0, 600))
def test_a_wait_is_drawn_evenly_up_to_a_bound_that_doubles(failures, chance, asked):
    pace = Pace(failures=failures)
    bound = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 20))
    assert pace.wait(lambda: chance, asked) == asked + chance * bound
