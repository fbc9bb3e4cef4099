"""Codes without a doubt: what is said wrong is found before it is looked for."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.services.code import DIGITS, grouped, is_code, new_code

codes = st.integers(0, 2**32).map(lambda seed: new_code(Random(seed)))


@given(codes)
def test_a_new_code_is_one(code):
    assert len(code) == DIGITS
    assert is_code(code)


@given(codes, st.integers(0, DIGITS - 1), st.integers(1, 9))
def test_every_wrong_digit_is_found(code, place, by):
    wrong = str((int(code[place]) + by) % 10)
    assert not is_code(code[:place] + wrong + code[place + 1 :])


@given(codes, st.integers(0, DIGITS - 2))
def test_every_swap_of_neighbours_is_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_code(swapped) == (swapped == code)


@given(st.text(max_size=14))
def test_other_texts_are_codes_only_with_twelve_digits(text):
    if is_code(text):
        assert len(text) == DIGITS
        assert set(text) <= set("0123456789")


def test_it_is_shown_in_groups_and_so_is_its_beginning():
    assert grouped("482913705616") == "4829 1370 5616"
    assert grouped("48291") == "4829 1"
    assert grouped("") == ""
