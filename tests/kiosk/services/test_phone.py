"""Telephone numbers: which are whole, and how one is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.services.phone import is_phone, mask_phone


@pytest.mark.parametrize("number", ["13800000000", "19900000000", "01012345678", "075512345678"])
def test_mobile_numbers_and_landlines_with_their_area_are_whole(number):
    assert is_phone(number)


@pytest.mark.parametrize(
    "number", ["", "1380000000", "138000000000", "12800000000", "12345678", "0012345678",
     "1１800000000"]
)
def test_others_are_not(number):
    assert not is_phone(number)


@given(st.from_regex(r"[0-9]{11,12}", fullmatch=True))
def test_the_middle_of_a_number_is_never_shown(number):
    shown = mask_phone(number)
    assert len(shown) == len(number)
    assert (shown[:3], shown[-4:]) == (number[:3], number[-4:])
    assert set(shown[3:-4]) == {"*"}


@pytest.mark.parametrize("begun", ["", "1", "138", "1380", "1380000"])
def test_the_beginning_of_a_number_is_shown_as_it_is_without_getting_longer(begun):
    assert mask_phone(begun) == begun
