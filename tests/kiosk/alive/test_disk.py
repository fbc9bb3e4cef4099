"""A disk that is full, read-only or not to be read ends in its own reason, and comes back."""

import json
import subprocess
import sys

import pytest

from kiosk.alive.disk import Disk, Room
from kiosk.alive.obstacle import of_error
from kiosk.reasons import Reason
from tests.conftest import ROOT, last_json


def on_a_small_disk(story: str, folder) -> dict:
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount",
         sys.executable, "-m", "tests.kiosk.alive.disks", story, str(folder)],
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=False,
    )
    assert done.returncode == 0, done.stderr
    return last_json(done.stdout)


def test_a_disk_that_runs_full_gives_up_its_reserve_for_what_was_left_here(tmp_path):
    assert on_a_small_disk("fills_up", tmp_path) == {
        "at the start": None, "with room": None, "the reserve": 256 * 1024,
        "full": "disk_full", "the reserve is given up": True,
        "what was left is kept": 128 * 1024, "still full": "disk_full",
        "with room again": None, "the reserve is back": True,
    }


def test_a_start_on_a_full_disk_has_the_reserve_to_live_on_and_takes_no_visits(tmp_path):
    assert on_a_small_disk("full_at_start", tmp_path) == {
        "with a reserve": None, "but no visits": "disk_full", "with nothing left": "disk_full",
    }


def test_a_vault_on_a_full_disk_takes_what_a_citizen_leaves_once_the_reserve_is_given_up(tmp_path):
    assert on_a_small_disk("store_on_a_full_disk", tmp_path) == {
        "what the disk does not take": "disk_full", "looked at": "disk_full",
        "with the reserve given up": True,
    }


def test_a_disk_that_can_only_be_read_is_told_and_noticed_when_it_is_mended(tmp_path):
    assert on_a_small_disk("read_only", tmp_path) == {
        "at the start": None, "while it serves": "disk_read_only",
        "at the next start": "disk_read_only", "told in the same words": True,
        "without a folder": "disk_read_only", "mended": None,
    }


def test_a_state_that_is_no_folder_cannot_be_read(tmp_path):
    (tmp_path / "state").write_text("a file")
    obstacle = Disk(tmp_path / "state").prepare()
    assert obstacle.reason is Reason.STATE_UNREADABLE
    assert str(tmp_path / "state") in obstacle.detail


def test_a_folder_that_belongs_to_somebody_else_cannot_be_read(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    # As nobody: for root every folder is open.
    code = (
        "import os, sys; from pathlib import Path; from kiosk.alive.disk import Disk\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "else: Path(sys.argv[1]).chmod(0)\n"
        "print(repr(str(Disk(Path(sys.argv[1])).prepare().reason)))"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == theirs.stat().st_uid and not folder.stat().st_mode & 1:
            folder.chmod(folder.stat().st_mode | 0o111)
    done = subprocess.run(
        [sys.executable, "-c", code, str(theirs)],
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=False,
    )
    assert done.stdout.strip() == "'state_unreadable'", done.stderr


def test_a_limit_of_the_process_is_as_good_as_a_full_disk(tmp_path):
    code = (
        "import json, resource, signal, sys; from pathlib import Path\n"
        "from kiosk.alive.disk import Disk\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "print(json.dumps(str(Disk(Path(sys.argv[1])).prepare().reason)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=False,
    )
    assert json.loads(done.stdout) == "disk_full", done.stderr


def test_a_disk_that_is_well_is_not_written_to_when_it_is_looked_at(tmp_path):
    disk = Disk(tmp_path, Room(least=1, reserve=4096))
    disk.prepare()
    disk.look()
    before = tmp_path.stat().st_mtime_ns
    assert disk.look() is None
    assert tmp_path.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["reserve"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (28, Reason.DISK_FULL), (122, Reason.DISK_FULL), (27, Reason.DISK_FULL),
        (30, Reason.DISK_READ_ONLY), (13, Reason.STATE_UNREADABLE), (5, Reason.STATE_UNREADABLE),
    ],
)
def test_each_error_of_a_disk_has_its_reason(number, reason):
    assert of_error(OSError(number, "why")).reason is reason
