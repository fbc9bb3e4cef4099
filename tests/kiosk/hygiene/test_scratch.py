"""Temporary files go to memory, into a folder of one's own that is emptied."""

import os
import tempfile
from pathlib import Path

import pytest

from kiosk.hygiene.scratch import NoScratch, Scratch, file_system_of

MOUNTS = """\
20 1 8:1 / / rw - ext4 /dev/sda1 rw
21 20 0:5 / /run rw - tmpfs tmpfs rw
22 21 8:2 / /run/on\\040disk rw - ext4 /dev/sda2 rw
23 20 0:6 / /srv rw - ext4 /dev/sdb1 rw
24 20 0:7 / /srv rw - tmpfs tmpfs rw
"""


@pytest.fixture
def mounts(tmp_path):
    """Everything below `memory` is in memory, the rest is not."""
    (tmp_path / "memory").mkdir()
    (tmp_path / "disk").mkdir()
    table = tmp_path / "mountinfo"
    table.write_text(
        f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:5 / {tmp_path}/memory rw - tmpfs tmpfs rw\n"
    )
    return table


def opened(tmp_path, mounts, **places: Path) -> Scratch:
    named = {name: str(place) for name, place in places.items()}
    return Scratch.open("K-1", named, mounts, tmp_path / "memory")


def test_the_units_own_folder_is_taken_first(tmp_path, mounts):
    own = tmp_path / "memory/unit"
    own.mkdir()
    assert opened(tmp_path, mounts, RUNTIME_DIRECTORY=own).folder.parent == own


def test_a_folder_on_a_disk_is_passed_over(tmp_path, mounts):
    scratch = opened(tmp_path, mounts, XDG_RUNTIME_DIR=tmp_path / "disk")
    assert scratch.folder.parent == tmp_path / "memory"


def test_without_any_memory_it_is_told_what_was_tried(tmp_path, mounts):
    with pytest.raises(NoScratch, match=r"disk: not in memory; .*nowhere: not in memory"):
        Scratch.open(
            "K-1", {"XDG_RUNTIME_DIR": str(tmp_path / "disk")}, mounts, tmp_path / "nowhere"
        )


def test_only_its_user_can_enter_it(tmp_path, mounts):
    assert opened(tmp_path, mounts).folder.stat().st_mode & 0o777 == 0o700


def test_what_an_earlier_run_left_is_gone_with_the_next(tmp_path, mounts):
    folder = opened(tmp_path, mounts).folder
    (folder / "in").mkdir()
    (folder / "in/a").write_text("left")
    (folder / "b").write_text("left")
    assert list(opened(tmp_path, mounts).folder.iterdir()) == []


def test_emptying_does_not_follow_links(tmp_path, mounts):
    other = tmp_path / "disk/other"
    other.mkdir()
    (other / "kept").write_text("")
    scratch = opened(tmp_path, mounts)
    (scratch.folder / "link").symlink_to(other)
    scratch.empty()
    assert list(scratch.folder.iterdir()) == []
    assert (other / "kept").exists()


def test_emptying_makes_a_folder_that_has_gone_again(tmp_path, mounts, caplog):
    scratch = opened(tmp_path, mounts)
    scratch.folder.rmdir()
    scratch.empty()
    assert "has gone" in caplog.text
    assert scratch.folder.stat().st_mode & 0o777 == 0o700
    assert list(scratch.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_again_is_told_and_stops_nothing(tmp_path, mounts, caplog):
    scratch = opened(tmp_path, mounts)
    scratch.folder.rmdir()
    scratch.folder.write_text("in the way")
    scratch.empty()
    assert "no folder for temporary files" in caplog.text


@pytest.mark.parametrize("spoil", ["open to others", "a link"])
def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path, mounts, spoil):
    there = tmp_path / f"memory/tongban-{os.getuid()}-K-1"
    if spoil == "a link":
        (tmp_path / "disk/theirs").mkdir(mode=0o700)
        there.symlink_to(tmp_path / "disk/theirs")
    else:
        there.mkdir()
        there.chmod(0o777)
    with pytest.raises(NoScratch, match="somebody else's, or open to others"):
        opened(tmp_path, mounts)


def test_in_use_all_temporary_files_are_made_there(tmp_path, mounts, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    scratch = opened(tmp_path, mounts)
    scratch.use()
    assert os.environ["TMPDIR"] == str(scratch.folder)
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == scratch.folder


@pytest.mark.parametrize(
    ("place", "kind"), [("/usr", "ext4"), ("/run", "tmpfs"), ("/srv", "tmpfs"), ("/nowhere", "")]
)
def test_the_last_and_longest_mount_point_counts(place, kind, monkeypatch):
    monkeypatch.setattr(Path, "is_dir", lambda path: str(path) != "/nowhere")
    monkeypatch.setattr(Path, "resolve", lambda path: path)
    assert file_system_of(Path(place), MOUNTS) == kind


def test_a_mount_point_with_a_space_in_its_name_is_understood(monkeypatch):
    monkeypatch.setattr(Path, "is_dir", lambda _: True)
    assert file_system_of(Path("/run/on disk"), MOUNTS) == "ext4"
