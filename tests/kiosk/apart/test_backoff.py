"""Pauses between a death and the next start: random, growing, bounded."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.apart.kept import FIRST_PAUSE, LONGEST_PAUSE, pause_after


@given(st.integers(1, 1000) | st.just(10**6), st.integers())
def test_a_pause_is_never_longer_than_the_longest(deaths, seed):
    assert 0 <= pause_after(deaths, Random(seed)) <= LONGEST_PAUSE


@given(st.integers(1, 5), st.integers())
def test_the_first_pauses_are_short(deaths, seed):
    assert pause_after(deaths, Random(seed)) <= FIRST_PAUSE * 2**deaths


def test_pauses_spread_over_all_of_their_room():
    pauses = [pause_after(4, Random(seed)) for seed in range(200)]
    assert min(pauses) < 0.1 * FIRST_PAUSE * 16
    assert max(pauses) > 0.9 * FIRST_PAUSE * 16
