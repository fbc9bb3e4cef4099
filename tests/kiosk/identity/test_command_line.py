"""What a technician tries from the command line, against a certified provider."""

import json
import subprocess
import sys

import pytest
from joserfc.jwk import ECKey

from kiosk.identity.levels import ACR_CARD_PHONE, ACR_PHONE
from tests.conftest import ROOT, last_json, run_module
from tests.kiosk.authority import Authority
from tests.kiosk.identity.conftest import TERMINAL


class Technician:
    """One command and what it says."""

    def __init__(self, provider, key, command, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "kiosk.identity", command, "--platform",
             provider.address, "--terminal", TERMINAL, "--key", str(key), "--json", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=ROOT,
        )

    def shown(self):
        return json.loads(self._process.stdout.readline())

    def end(self, given=None):
        """The last line, what was said besides, and the exit status."""
        out, said = self._process.communicate(given, timeout=60)
        return last_json(out), said, self._process.returncode


@pytest.fixture
def technician(start_provider, tmp_path):
    def start(command, *arguments, **settings):
        provider = start_provider(**settings)
        key = tmp_path / "terminal.pem"
        key.write_bytes(provider.key.as_pem(private=True))
        return provider, Technician(provider, key, command, *arguments)

    return start


def test_a_phone_that_scans(technician, phone):
    _, command = technician("phone")
    phone(command.shown()["address"]).sign_in("li-xiulan")
    told, _, status = command.end()
    assert (told["signed_in"], told["acr"], status) == (True, ACR_PHONE, 0)


def test_a_phone_that_is_called_after_a_card_was_read(technician, simulate):
    reader = simulate("drivers.idcard", "--person", "li-xiulan")
    provider, command = technician("call", "--reader", reader.address, acr=ACR_CARD_PHONE)
    shown, call = command.shown(), provider.called()
    assert call["message"] == f"{shown['user_code']}/{TERMINAL}"
    provider.answer(call, yes=True)
    told, said, status = command.end()
    assert (told["acr"], status) == (ACR_CARD_PHONE, 0)
    assert "119900" not in said


def test_a_phone_that_shows_its_answer_to_a_scanner(technician, phone):
    _, command = technician("show")
    shown = phone(command.shown()["address"]).authorise("li-xiulan")
    told, said, status = command.end(f"another code\n{shown}\n")
    assert (told["signed_in"], status) == (True, 0)
    assert "no answer to this request" in said


def test_a_phone_that_shows_nothing(technician):
    _, command = technician("show")
    command.shown()
    told, _, status = command.end("")
    assert (told["reason"], status) == ("timeout", 1)


def test_a_level_that_is_too_low_is_one_reason(technician, phone):
    _, command = technician("phone", acr="urn:elsewhere:low")
    phone(command.shown()["address"]).sign_in("li-xiulan")
    told, _, status = command.end()
    assert (told["reason"], status) == ("level_too_low", 1)


def test_a_platform_that_is_not_there_is_one_reason(tmp_path):
    key = tmp_path / "terminal.pem"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    told = run_module(
        "kiosk.identity", "phone", "--platform", "http://127.0.0.1:9", "--terminal", "X",
        "--key", str(key), "--json",
    )
    assert (last_json(told.stdout)["reason"], told.returncode) == ("network", 1)


def test_a_certificate_of_another_key_is_one_line(tmp_path):
    key = tmp_path / "terminal.pem"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    other = ECKey.generate_key("P-256").as_pem(private=True)
    certificate, _ = Authority(tmp_path, "ours").client("X", other)
    told = run_module(
        "kiosk.identity", "show", "--platform", "https://127.0.0.1:9", "--terminal", "X",
        "--key", str(key), "--certificate", str(certificate),
    )
    assert told.returncode == 2
    assert told.stderr.startswith("kiosk.identity: terminal.certificate")
    assert len(told.stderr.splitlines()) == 1
