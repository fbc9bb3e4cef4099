"""Every screen, looked at by rules, and rare characters that are never dropped."""

import json
import os
import subprocess
import sys

import pytest

from kiosk.visit.states import Step
from screens.fonts import RARE, has_rare, with_fallback
from tests.conftest import ROOT


def gallery(display: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "screens.gallery", *arguments],
        env=os.environ | {"DISPLAY": display},
        capture_output=True, text=True, timeout=120, cwd=ROOT, check=False,
    )


def test_no_screen_clips_text_lacks_a_glyph_overlaps_or_has_a_small_target(display):
    done = gallery(display, "--check")
    assert done.returncode == 0, done.stderr
    assert "0 findings" in done.stdout


def test_screens_keep_their_layout_on_a_smaller_panel(display):
    done = gallery(display, "--check", "--scale", "0.5")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("way_out", "printing", "after"), [
    ("leave", "request_kept_printing", "request_kept_waiting"),
    ("back", "guide_printing", "guide"),
])
def test_no_way_out_is_shown_while_a_strip_comes_out(display, way_out, printing, after):
    assert way_out not in layout(display, printing)
    assert way_out in layout(display, after)


def layout(display: str, screen: str) -> dict[str, list[float]]:
    """Where the buttons of a screen stand."""
    return json.loads(gallery(display, "--only", screen, "--layout").stdout)[screen]


def test_an_unknown_screen_is_told_with_the_known_ones(display):
    done = gallery(display, "--only", "nothing")
    assert done.returncode == 2
    assert "no screen 'nothing'; known: starting" in done.stderr


def test_every_screen_has_its_picture_in_the_gallery():
    names = {path.stem for path in (ROOT / "docs/gallery").glob("*.png")}
    for step in Step:
        assert str(step) in names or any(name.startswith(f"{step}_") for name in names)


def test_a_rare_character_is_shown_in_the_rare_font_and_markup_is_escaped():
    assert has_rare("张𡨽")
    assert not has_rare("张三")
    assert with_fallback("[张𡨽]&") == f"&bl;张[font={RARE}]𡨽[/font]&br;&amp;"
