"""The data files are whole and say the same as the code."""

import string
import tomllib

import pytest

from drivers.device import TRANSIENT, FailureReason
from kiosk import generate
from kiosk.errors import errors
from kiosk.printing.port import PURPOSES
from kiosk.reasons import Reason
from kiosk.visit.states import CertificateStatus
from kiosk.words import CHINESE, ENGLISH, LANGUAGES, catalogue, say


def test_generated_files_are_up_to_date():
    for path, text in generate.outputs().items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: python -m kiosk.generate"


def test_every_reason_of_a_device_is_a_reason_of_the_terminal():
    assert {str(reason) for reason in FailureReason} <= {str(reason) for reason in Reason}


def test_drivers_and_terminal_agree_whether_trying_again_helps_a_card():
    for reason in ("no_card", "removed_early", "unreadable", "auth_failed"):
        assert errors()[reason].transient == (FailureReason(reason) in TRANSIENT)


@pytest.mark.parametrize("code", list(errors()))
def test_every_error_has_all_its_words(code):
    entry = errors()[code]
    assert entry.origin in ("device", "network", "service", "user", "terminal")
    for words in (entry.zh_title, entry.zh, entry.en_title, entry.en, entry.operator, entry.action):
        assert words
        assert words[-1] in "。.！!" or words in (entry.zh_title, entry.en_title)


def test_locales_have_the_same_keys_and_the_same_values_to_fill_in():
    chinese, english = catalogue(CHINESE), catalogue(ENGLISH)
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert fields(chinese[key]) == fields(english[key]), key


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_and_status_has_words(language):
    for purpose in PURPOSES:
        assert say(f"purpose.{purpose}", language)
    for status in CertificateStatus:
        assert say(f"certificates.{status}", language)


def test_no_audit_event_has_a_field_for_something_personal():
    events = generate.load("audit_events.toml")
    names = {field for entry in events.values() for field in entry["fields"]}
    assert not names & {"name", "number", "address", "birth_date", "photo", "token"}


def test_the_lock_is_complete_and_names_no_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (generate.ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "http" not in text.replace("aiohttp", "").replace("httpx", "").replace(
            "httptools", ""
        )


def test_every_section_of_the_project_file_is_read():
    with (generate.ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["name"] == "tongban"
