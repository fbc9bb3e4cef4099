"""The commands as people type them: what they tell, and what they say of wrong arguments."""

import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from offline import outbox
from offline.audit.log import append
from offline.lanes import Lane
from tests.conftest import ROOT
from tests.offline.stores import open_store


def run(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "offline", *map(str, arguments)],
        capture_output=True, check=False, text=True, cwd=ROOT, timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "terminal.pem"
    made = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture
def store(tmp_path):
    vault = open_store(tmp_path)
    for n in range(3):
        vault.write_now(lambda txn, n=n: append(txn, "card_read", {"n": n}, 1))
    vault.write_now(lambda txn: outbox.put(txn, Lane.CITIZEN, "request", {"phone": "13900000000"}))
    yield tmp_path / "vault.db"
    vault.close()


def test_a_store_in_use_can_be_looked_into_without_its_key(store):
    status, out, _ = run("inspect", store, "--json")
    told = json.loads(out.splitlines()[-1])
    assert status == 0
    waiting = {one["lane"]: one["waiting"] for one in told["lanes"]}
    assert waiting == {"citizen": 1, "audit": 3, "report": 0, "telemetry": 0}
    assert "13900000000" not in out


def test_the_audit_can_be_read_as_it_stands(store):
    status, out, _ = run("audit", store)
    assert status == 0
    assert [json.loads(line)["fields"] for line in out.splitlines()] == [
        {"n": 0}, {"n": 1}, {"n": 2},
    ]


def test_an_audit_is_exported_from_a_store_in_use_and_holds(store, key, tmp_path):
    export = tmp_path / "audit.txt"
    assert run("export-audit", store, "--key", key, "--out", export)[0] == 0
    status, out, _ = run("verify-audit", export, "--key", key, "--json")
    assert (status, json.loads(out)["records"]) == (0, 3)


def test_an_export_that_was_changed_is_told_with_its_record(store, key, tmp_path):
    export = tmp_path / "audit.txt"
    run("export-audit", store, "--key", key, "--out", export)
    export.write_bytes(export.read_bytes().replace(b'"n":1', b'"n":7'))
    status, out, _ = run("verify-audit", export, "--key", key)
    assert status == 1
    assert "changed at record 2" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("inspect", "nowhere.db"), ("inspect", "README.md"), ("audit", "README.md"),
        ("verify-audit", "nowhere", "--key", "nowhere"),
        ("verify-audit", "README.md", "--key", "README.md"),
        ("export-audit", "README.md", "--key", "README.md", "--out", "x"),
        ("verify-audit", "README.md"), ("nothing",), (),
    ],
)
def test_wrong_arguments_get_one_clear_line(arguments):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert "Traceback" not in err
    assert len(err.strip().splitlines()[-1]) > 10


COMMANDS = [(), ("inspect",), ("audit",), ("verify-audit",), ("export-audit",)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command):
    status, out, _ = run(*command, "--help")
    assert status == 0
    assert "usage" in out
