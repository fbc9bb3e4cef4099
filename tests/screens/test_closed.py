"""Where a terminal cannot begin there is a picture all the same, and it begins when it can."""

import os
import subprocess
import sys
import time

import pytest
from PIL import ImageGrab

from screens import theme
from tests.conftest import ROOT
from tests.kiosk.test_config import GOOD

WITHOUT_FONTS = """
import sys
from pathlib import Path
from screens import app, fonts
fonts.REGULAR = Path("/nowhere/font.otf")
sys.exit(app.run_configured(Path(sys.argv[1])))
"""


@pytest.fixture
def run(display, tmp_path):
    started = []

    def start(*arguments):
        log = (tmp_path / "log").open("w")
        started.append((subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ | {"DISPLAY": display},
            stdout=log, stderr=subprocess.STDOUT,
        ), log))
        return started[-1][0]

    yield start
    for process, log in started:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def share_of(display, colour):
    """How much of the display has a colour of the theme."""
    wanted = tuple(round(part * 255) for part in colour[:3])
    picture = ImageGrab.grab(xdisplay=display).convert("RGB")
    colours = picture.getcolors(1 << 24)
    return sum(count for count, one in colours if one == wanted) / (picture.width * picture.height)


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_without_fonts_there_is_a_sign_with_words_in_the_systems_letters(run, display, tmp_path):
    process = run("-c", WITHOUT_FONTS, str(tmp_path / "kiosk.toml"))
    until(lambda: share_of(display, theme.ACCENT) > 0.001)
    assert share_of(display, theme.PAPER) > 0.3
    assert share_of(display, theme.INK) > 0.002
    assert process.poll() is None
    assert "font.otf is missing" in (tmp_path / "log").read_text()


def test_a_terminal_begins_when_its_configuration_is_mended_and_ends_in_order(
    run, display, tmp_path
):
    config = tmp_path / "kiosk.toml"
    config.write_text("[terminal]\nid = 1\n")
    process = run("run_kiosk.py", "--config", str(config))
    until(lambda: share_of(display, theme.ACCENT) > 0.001)
    assert "terminal.id must be str" in (tmp_path / "log").read_text()
    # The key is still missing: the terminal comes up as far as that, in the same process.
    config.write_text(GOOD, encoding="utf-8")
    until((tmp_path / "state/starts").exists)
    until(lambda: "bad_configuration" in (tmp_path / "log").read_text())
    until(lambda: share_of(display, theme.ACCENT) > 0.001)
    assert process.poll() is None
    process.terminate()
    assert process.wait(timeout=20) == 0
    words = [line.split()[0] for line in (tmp_path / "state/starts").read_text().splitlines()]
    assert words == ["start", "stopped"]
