import pytest

from bench.chaos.line import Put, Weather, compare, send_over_bad_line


def test_over_a_bad_line_all_arrives_once_and_in_order(caplog):
    caplog.set_level("ERROR")
    bad = Weather(reset_seconds=2.0, blackout_after=1.0, blackout_seconds=2.0)
    told = send_over_bad_line(3, 40, bad)
    assert told["records"] == 40
    assert (told["lost"], told["delivered_twice"], told["out_of_order"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("arrived", "lost", "twice", "out_of_order"),
    [("abc", 0, 0, 0), ("ab", 1, 0, 1), ("abbc", 0, 1, 1), ("acb", 0, 0, 1), ("xabc", 0, 0, 0)],
)
def test_what_is_missing_double_or_late_is_counted(arrived, lost, twice, out_of_order):
    put = [Put("audit", key) for key in "abc"]
    received = [{"lane": "audit", "key": key} for key in arrived]
    told = compare(put, received)
    assert (told["lost"], told["delivered_twice"], told["out_of_order"]) == (
        lost, twice, out_of_order,
    )
