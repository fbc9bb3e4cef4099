"""`run_kiosk.py` as a user calls it."""

import json
import subprocess
import sys

from tests.conftest import ROOT, last_json, run_module


def run_kiosk(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "run_kiosk.py", *arguments],
        capture_output=True, text=True, timeout=120, cwd=ROOT, check=False,
    )


def test_a_headless_visit_leaves_its_three_files(tmp_path):
    done = run_kiosk("--demo", "--headless", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "visit.json").read_text())
    assert told["outcome"] == "printed"
    assert {"name", "ms"} <= told["steps"][0].keys()
    assert told["wall_ms"] >= told["device_ms"] > 8000
    assert (tmp_path / "document.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "receipt.png").read_bytes().startswith(b"\x89PNG")


def test_a_social_security_card_on_the_chip_card_reader_prints_too(tmp_path):
    done = run_kiosk(
        "--demo", "--headless", "--citizen", "li-xiulan", "--card", "social",
        "--certificate", "household", "--out", str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "visit.json").read_text())["outcome"] == "printed"
    assert "Traceback" not in done.stderr


def test_a_card_is_no_choice_for_one_who_signs_in_with_a_phone():
    done = run_kiosk("--demo", "--headless", "--phone", "--card", "social")
    assert "--card goes with --headless, without --phone" in done.stderr


def test_a_headless_visit_that_cannot_succeed_says_why(tmp_path):
    done = run_kiosk("--demo", "--headless", "--citizen", "chen-guihua", "--out", str(tmp_path))
    assert done.returncode == 1
    assert last_json(done.stdout)["reason"] == "no_certificates"
    assert not (tmp_path / "document.pdf").exists()


def test_wrong_arguments_get_one_clear_line(tmp_path):
    assert "give either --config FILE or --demo" in run_kiosk().stderr
    assert "--headless goes with --demo" in run_kiosk("--config", "x", "--headless").stderr
    done = run_kiosk("--demo", "--headless", "--citizen", "nobody", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "nobody is called 'nobody'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_that_is_not_there_is_told():
    done = run_kiosk("--config", "/nowhere/kiosk.toml")
    assert done.returncode == 2
    assert "/nowhere/kiosk.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sealed_certificate_is_printed_and_a_second_terminal_verifies_a_picture_of_it(tmp_path):
    done = run_kiosk(
        "--demo", "--headless", "--certificate", "household", "--out", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    picture = tmp_path / "scan.png"
    run_module(
        "kiosk.certificates", "render", str(tmp_path / "document.pdf"), "--dpi", "200",
        "--out", str(picture),
    )
    told = run_module("kiosk.certificates", "scan", str(picture), "--json")
    fields = last_json(told.stdout)
    assert (fields["verdict"], fields["page"], told.returncode) == ("genuine", "matches", 0)
    assert fields["claims"]["certificate"] == "户籍证明"
    assert fields["checked_as_of"]
