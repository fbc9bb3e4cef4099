"""Memory that is given back holds nothing any more."""

import subprocess
import sys

from kiosk.hygiene.memory import SETTINGS, begin_anew, overwrite_stack, without_overwriting
from tests.conftest import ROOT

ASK = "from kiosk.hygiene.memory import is_overwritten; print(is_overwritten())"
BEGIN_ANEW = "from kiosk.hygiene.memory import begin_anew; begin_anew()"


def answer_of(code: str, *flags: str) -> str:
    return subprocess.run(
        [sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True,
        timeout=30, cwd=ROOT, env=without_overwriting(),
    ).stdout.strip()


def test_a_process_without_the_settings_says_that_it_keeps_what_was_there():
    assert answer_of(ASK) == "False"


def test_a_process_that_began_anew_overwrites_what_is_given_back():
    assert answer_of(f"{BEGIN_ANEW}; {ASK}") == "True"


def test_beginning_anew_keeps_the_command_and_its_flags():
    code = f"{BEGIN_ANEW}; import sys; print(sys.flags.utf8_mode)"
    assert answer_of(code, "-X", "utf8") == "1"


def test_a_process_that_has_the_settings_goes_on():
    begin_anew({**SETTINGS, "HOME": "/"}, lambda *_: exit("began anew"))


def test_a_worker_keeps_all_of_the_environment_but_the_settings():
    assert without_overwriting({**SETTINGS, "HOME": "/"}) == {"HOME": "/"}
    assert without_overwriting({"PYTHONMALLOC": "debug"}) == {"PYTHONMALLOC": "debug"}


def test_overwriting_the_stack_changes_nothing_that_is_in_use():
    kept = list(range(1000))
    overwrite_stack()
    assert kept == list(range(1000))
