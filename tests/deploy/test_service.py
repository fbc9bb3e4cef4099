"""The unit of the terminal: systemd understands it, and finds it well closed."""

import configparser
import re
import subprocess
from pathlib import Path

from kiosk.alive.starts import HEALTHY_SECONDS, MOST_STARTS
from tests.conftest import ROOT

UNIT = ROOT / "deploy/systemd/tongban.service"
PROGRAM = "/opt/tongban/.venv/bin/python"


class Repeated(dict):
    """Values of a key that stands several times."""

    def __setitem__(self, key, value):
        before = self.get(key)
        super().__setitem__(key, before + value if before and isinstance(value, list) else value)


def settings():
    parser = configparser.ConfigParser(dict_type=Repeated, strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(UNIT.read_text())
    return parser["Unit"], parser["Service"]


def analyze(*arguments):
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_systemd_understands_every_line(tmp_path):
    # Where the software lies on this machine is another matter.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(PROGRAM, "/bin/true"))
    done = analyze("verify", "--man=no", str(unit))
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_finds_little_exposed():
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT))
    assert done.returncode == 0, done.stdout[-200:]


def test_the_watchdog_waits_for_a_terminal_that_tells_of_itself():
    _, service = settings()
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert service["NotifyAccess"] == "main"
    assert int(service["WatchdogSec"]) == 30


def test_nothing_of_a_citizen_is_dumped_swapped_or_readable_to_others():
    _, service = settings()
    assert service["LimitCORE"] == "0"
    assert service["MemorySwapMax"] == "0"
    assert service["UMask"] == "0077"


def test_the_displays_sockets_and_cookie_are_let_in_where_there_are_any():
    _, service = settings()
    # Nothing can be let in below what `yes` makes inaccessible (systemd.exec(5), BindPaths=).
    assert service["ProtectHome"] == "tmpfs"
    bound = service["BindReadOnlyPaths"].split()
    assert all(path.startswith("-/") for path in bound)
    names = {Path(path).name for path in bound}
    assert {".X11-unix", "wayland-0", "Xauthority"} <= names


def test_of_homes_and_of_tmp_nothing_but_the_display_is_let_in():
    _, service = settings()
    assert service["PrivateTmp"] == "yes"
    assert "BindPaths" not in service
    for path in service["BindReadOnlyPaths"].split():
        assert re.fullmatch(
            r"-(/tmp/\.X11-unix|/run/user/\d+/(wayland-\d|([a-z]+/)?Xauthority))", path
        ), path


def test_the_terminal_rests_long_before_the_machine_starts_anew():
    unit, _ = settings()
    assert int(unit["StartLimitBurst"]) > 2 * MOST_STARTS
    assert HEALTHY_SECONDS < 3600 / MOST_STARTS
