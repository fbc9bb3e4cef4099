"""The service manager's protocol: what is said, and where to."""

import logging
import os
import socket
import subprocess

import pytest

from kiosk.alive.notify import ALIVE, READY, Notifier, address, message, watchdog_seconds
from kiosk.alive.status import status_of
from kiosk.reasons import Reason
from kiosk.visit.states import State, Step


def listen(place):
    end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    end.bind(place)
    end.settimeout(10)
    return end


def test_a_message_is_a_line_for_each_word_and_a_status_stays_one_line():
    assert message(READY) == b"READY=1"
    assert message(READY, status="in\nservice") == b"READY=1\nSTATUS=in service"
    assert message(status="退出服务").decode() == "STATUS=退出服务"


@pytest.mark.parametrize(
    ("variable", "place"),
    [("/run/x", "/run/x"), ("@abstract/x", b"\0abstract/x"), ("", None), ("vsock:2:1", None)],
)
def test_a_socket_is_a_path_or_an_abstract_name(variable, place):
    assert address(variable) == place


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None), ({"WATCHDOG_USEC": "soon"}, None), ({}, None),
    ],
)
def test_a_sign_of_life_is_wanted_of_the_process_that_is_meant(environment, seconds):
    assert watchdog_seconds(environment, 7) == seconds


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_what_is_told_arrives_at_a_real_socket(tmp_path, monkeypatch, kind):
    name = str(tmp_path / "notify") if kind == "path" else f"@tongban-test-{os.getpid()}"
    with listen(address(name)) as end:
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        monkeypatch.setenv("WATCHDOG_USEC", "2000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        notifier = Notifier.of_process()
        notifier.tell(READY, ALIVE, status="in service")
        assert end.recv(1000) == b"READY=1\nWATCHDOG=1\nSTATUS=in service"
        assert notifier.watchdog == 2.0


def test_systemds_own_tool_says_the_same_to_the_same_socket(tmp_path):
    place = str(tmp_path / "notify")
    with listen(place) as end:
        subprocess.run(
            ["systemd-notify", "--no-block", "--ready", "--status=in service"],
            env=os.environ | {"NOTIFY_SOCKET": place}, check=True, timeout=20,
        )
        theirs = end.recv(1000)
        Notifier(place, None).tell(READY, status="in service")
        assert sorted(end.recv(1000).split(b"\n")) == sorted(theirs.strip().split(b"\n"))


def test_without_a_manager_nothing_is_told_and_nobody_waits_for_a_sign():
    notifier = Notifier(None, 30.0)
    notifier.tell(READY)
    assert notifier.watchdog is None


def test_a_manager_that_is_gone_is_logged_once(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    notifier = Notifier(str(tmp_path / "gone"), 1.0)
    for _ in range(3):
        notifier.tell(ALIVE)
    assert caplog.text.count("cannot be told") == 1
    with listen(str(tmp_path / "gone")):
        notifier.tell(ALIVE)
    assert caplog.text.count("can be told again") == 1


def test_a_status_says_how_the_terminal_is_and_nothing_of_the_visit():
    out = State(Step.OUT_OF_SERVICE, reason=Reason.DISK_FULL)
    assert status_of(out) == "out of service: disk_full"
    assert status_of(State(Step.IDLE)) == "in service"
    assert status_of(State(Step.PREVIEW)) == status_of(State(Step.CONSENT))
