"""Whether CUPS keeps what was printed is known from its configuration."""

import pytest

from kiosk.hygiene.spool import keeps_documents


@pytest.mark.parametrize(
    ("lines", "keeps"),
    [
        ("PreserveJobFiles No\n", False),
        ("LogLevel warn\n  preservejobfiles off\n", False),
        ("PreserveJobFiles 0\n", False),
        ("PreserveJobFiles 60\n", True),
        ("PreserveJobFiles Yes\n", True),
        ("# PreserveJobFiles No\n", True),
        ("PreserveJobFiles No\nPreserveJobFiles Yes\n", True),
        ("", True),
    ],
)
def test_only_a_plain_no_keeps_nothing(tmp_path, lines, keeps):
    (tmp_path / "cupsd.conf").write_text(lines)
    assert keeps_documents(tmp_path / "cupsd.conf") is keeps


def test_without_cups_nothing_is_kept(tmp_path):
    assert not keeps_documents(tmp_path / "cupsd.conf")
