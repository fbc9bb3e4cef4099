"""What a printer's words mean: reasons, supplies, trays, messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.device import FailureReason
from drivers.document_printer.port import (
    JobOptions,
    Media,
    MediaSize,
    Sides,
    Supply,
    SupplyLevel,
    Tray,
)
from drivers.document_printer.protocol import (
    failure_in,
    failure_in_message,
    media_in,
    paper_is_out,
    supplies_in,
    toner_in,
    toner_left,
    trays_in,
    unsupported,
)

A4, A5 = str(MediaSize.A4), str(MediaSize.A5)


@pytest.mark.parametrize(
    ("reasons", "stopped", "failure"),
    [
        ((), False, None),
        (("none",), False, None),
        (("toner-low-warning",), False, None),
        (("media-empty-error",), False, FailureReason.PRINTER_NO_PAPER),
        (("media-empty-warning",), False, None),
        (("media-empty-warning",), True, FailureReason.PRINTER_NO_PAPER),
        (("media-jam",), True, FailureReason.PRINTER_JAMMED),
        (("cover-open-error",), True, FailureReason.PRINTER_COVER_OPEN),
        (("toner-empty-error",), True, FailureReason.PRINTER_NO_TONER),
        (("something-new-error",), True, FailureReason.PRINTER_STOPPED),
        (("something-new-error",), False, None),
    ],
)
def test_what_stops_a_printer_is_told_from_what_does_not(reasons, stopped, failure):
    assert failure_in(reasons, stopped) is failure


def test_supplies_are_unknown_unless_said():
    assert toner_in(()) is Supply.UNKNOWN
    assert toner_in(("toner-low-warning",)) is Supply.LOW
    assert media_in(("media-jam-error",)) is Media.JAMMED


def test_supplies_are_read_with_their_levels_and_a_waste_box_the_other_way_round():
    attributes = {
        "marker-names": ["Black Toner", "Waste Toner", "Drum"],
        "marker-types": ["toner", "waste-toner", "opc"],
        "marker-levels": [8, 96, -2],
    }
    assert supplies_in(attributes) == (
        SupplyLevel("Black Toner", "toner", Supply.LOW, 8),
        SupplyLevel("Waste Toner", "waste-toner", Supply.LOW, 96),
        SupplyLevel("Drum", "opc", Supply.UNKNOWN, None),
    )


def test_one_supply_alone_is_not_a_list():
    attributes = {"marker-names": "T", "marker-types": "toner", "marker-levels": 0}
    assert supplies_in(attributes)[0].state is Supply.OUT


def test_toner_is_what_the_reasons_say_else_the_least_of_the_levels():
    full, low = (SupplyLevel("t", "toner", state, 50) for state in (Supply.FULL, Supply.LOW))
    assert toner_left([full, low], ()) is Supply.LOW
    assert toner_left([full], ("toner-empty-error",)) is Supply.OUT
    assert toner_left([], ()) is Supply.UNKNOWN


def test_trays_are_read_with_the_size_that_lies_in_them():
    attributes = {
        "printer-input-tray": [
            b"type=sheetFeedAutoRemovableTray;maxcapacity=-2;level=-2;status=0;name=auto",
            b"type=sheetFeedAutoRemovableTray;maxcapacity=250;level=100;status=0;name=tray-1",
            "type=sheetFeedAutoRemovableTray;maxcapacity=250;level=0;status=0;name=tray-2;",
            "level=-3;name=tray-3",
        ],
        "media-col-ready": [
            {"media-size": {"x-dimension": 21000, "y-dimension": 29700}, "media-source": "tray-1"},
            {"media-size": {"x-dimension": 14800, "y-dimension": 21000}, "media-source": "tray-2"},
        ],
    }
    assert trays_in(attributes) == (
        Tray("tray-1", A4, Supply.FULL, 100),
        Tray("tray-2", A5, Supply.OUT, 0),
        Tray("tray-3", None, Supply.FULL, None),
    )


def test_paper_is_out_only_where_every_tray_of_that_size_is_known_to_be_empty():
    trays = [Tray("one", A4, Supply.OUT, 0), Tray("two", A5, Supply.FULL, 100)]
    assert paper_is_out(trays, A4)
    assert not paper_is_out(trays, A5)
    assert not paper_is_out([], A4)
    assert not paper_is_out([*trays, Tray("three", None, Supply.UNKNOWN)], A4)


def test_an_option_that_a_printer_lacks_is_named_and_silence_is_not_held_against_it():
    attributes = {"media-supported": [A4], "sides-supported": "one-sided"}
    assert unsupported(JobOptions(), attributes) is None
    assert unsupported(JobOptions(MediaSize.A5), attributes) == f"media {A5}"
    assert unsupported(JobOptions(sides=Sides.LONG_EDGE), attributes) == "sides two-sided-long-edge"
    assert unsupported(JobOptions(MediaSize.A5, Sides.LONG_EDGE, "tray-9"), {}) is None


def test_what_a_queue_only_says_in_words_is_understood():
    message = "The printer may not exist or is unavailable at this time."
    assert failure_in_message(message) is FailureReason.PRINTER_UNREACHABLE
    assert failure_in_message("Printing.") is None


values = st.recursive(
    st.integers() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["marker-names", "marker-types", "marker-levels", "printer-input-tray",
             "media-col-ready"]
        ),
        values,
    )
)
def test_whatever_a_printer_says_of_its_supplies_raises_nothing(attributes):
    supplies_in(attributes)
    trays_in(attributes)
