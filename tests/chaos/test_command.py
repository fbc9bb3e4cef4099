import json

import pytest

from bench.chaos import command


@pytest.fixture
def parts(monkeypatch):
    """A kind of chaos whose parts are told beforehand, by seed."""
    told = {}
    monkeypatch.setitem(
        command.KINDS, "kills", ("", 50, lambda options, seed: {"what": "kills", **told[seed]})
    )
    return told


def test_parts_add_up_and_counts_by_name_add_up_by_name():
    total = command.add_up([
        {"what": "kills", "seed": 1, "kills": 2, "during": {"phone": 2}},
        {"what": "kills", "seed": 2, "kills": 3, "during": {"phone": 1, "printing": 2}},
    ])
    assert total == {"parts": 2, "kills": 5, "during": {"phone": 3, "printing": 2}}


def test_what_cannot_be_added_is_told_as_it_was_at_its_worst():
    parts = [{"what": "line", "seed": 1, "ratio": 1.5}, {"what": "line", "seed": 2, "ratio": 1.2}]
    assert command.add_up(parts) == {"parts": 2, "ratio": 1.5}


def test_results_of_earlier_runs_in_the_same_file_count_too(parts, tmp_path, capsys):
    parts.update({1: {"seed": 1, "lost": 0, "kills": 5}, 2: {"seed": 2, "lost": 0, "kills": 6}})
    out = str(tmp_path / "results")
    assert command.main(["kills", "--out", out]) == 0
    assert command.main(["kills", "--seed", "2", "--out", out]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "parts": 2, "lost": 0, "kills": 11,
    }


@pytest.mark.parametrize("bound", command.BOUNDS)
def test_anything_that_should_be_zero_and_is_not_ends_with_one(parts, bound, capsys):
    parts[1] = {"seed": 1, bound: 1}
    assert command.main(["kills"]) == 1
