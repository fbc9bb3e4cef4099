"""What files say of themselves: three spellings, and dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.certificates.metadata import Day, read_day, read_metadata, read_range


@pytest.mark.parametrize("names", [
    ("ZZBS", "ZZMC", "CZZT", "ZZBFRQ"),
    ("certificateIdentifier", "certificateName", "certificateHolderName", "certificateIssuedDate"),
    ("certificate_identifier", "certificate_name", "certificate_holder_name",
     "certificate_issued_date"),
])
def test_three_spellings_are_one_model(names):
    values = ("1.2.156.3005.2.X", "户籍证明", "李秀兰", "20261106")
    found = read_metadata(dict(zip(names, values, strict=True)))
    assert found.identifier == "1.2.156.3005.2.X"
    assert (found.texts["name"], found.texts["holder"]) == ("户籍证明", "李秀兰")
    assert found.days["issued"].day == date(2026, 11, 6)
    assert "李秀兰" not in repr(found)


@pytest.mark.parametrize("written", [
    "20261106", "2026-11-06", "2026/11/6", "2026.11.06", "2026年11月06日", "2026年11月6日",
    "20261106123000", "2026-11-06 12:30:00", "2026-11-06T12:30:00+08:00", "1793923200000",
    "1793894400000",
])
def test_a_day_is_read_however_it_is_written(written):
    assert read_day(written) == Day(written, date(2026, 11, 6))


@pytest.mark.parametrize("written", ["长期", "长期有效", "永久", "9999-12-31", "99991231"])
def test_for_ever_is_no_date(written):
    assert read_day(written) == Day(written, None, True)


@pytest.mark.parametrize("written", ["", "详见附件", "2026-13-40", "20269999", "12"])
def test_what_cannot_be_read_is_kept_as_it_was_written(written):
    assert read_day(written) == Day(written)


def test_a_range_is_two_days():
    found = read_metadata({"ZZYXQ": "2026年01月01日至2027年06月30日"})
    assert found.days["valid_from"].day == date(2026, 1, 1)
    assert found.days["valid_to"].day == date(2027, 6, 30)
    assert read_range("2026-01-01 至 长期")[1].for_ever


def test_what_is_not_in_the_table_is_kept():
    found = read_metadata({"KZ_面积": "118.60", "vendor": "x", "ZZMC": ""})
    assert (dict(found.extensions), dict(found.others)) == ({"面积": "118.60"}, {"vendor": "x"})
    assert "name" not in found.texts


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40)))
def test_anything_can_be_read(written):
    read_metadata(written)


@given(st.text(max_size=30))
def test_any_day_keeps_what_was_written(written):
    assert read_day(written).written == written
