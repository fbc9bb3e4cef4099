"""The volume, through the real amixer and the real PulseAudio with a sink that makes no sound."""

import os
import subprocess
import time

import pytest

from drivers.auxiliaries.driver import AlsaVolume
from drivers.device import DeviceFailure, FailureReason
from tests.conftest import last_json, run_module


class SoundServer:
    """PulseAudio in a folder of its own; its sink is ALSA's card `cabinet`."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.socket = folder / "native"
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
             "-L", "module-null-sink sink_name=cabinet",
             "-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"],
            env=os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def ask(self, *command: str) -> str:
        return subprocess.run(
            ["pactl", *command], env=os.environ | {"PULSE_SERVER": f"unix:{self.socket}"},
            capture_output=True, text=True, check=True,
        ).stdout

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)


@pytest.fixture
def sound(tmp_path, monkeypatch):
    server = SoundServer(tmp_path)
    cards = tmp_path / "cards.conf"
    cards.write_text(f'ctl.cabinet {{ type pulse server "unix:{server.socket}" }}\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{cards}")
    monkeypatch.setenv("HOME", str(tmp_path))
    yield server
    server.stop()


async def test_the_volume_is_set_and_asked_at_the_sound_server(sound):
    volume = AlsaVolume(card="cabinet")
    assert await volume.set(35) == 35
    assert await volume.get() == 35
    assert " 35% " in sound.ask("get-sink-volume", "cabinet")


async def test_silenced_by_another_program_is_heard_as_zero_and_setting_switches_it_on(sound):
    volume = AlsaVolume(card="cabinet")
    await volume.set(50)
    sound.ask("set-sink-mute", "cabinet", "1")
    assert await volume.get() == 0
    await volume.set(50)
    assert await volume.get() == 50


async def test_a_sound_server_that_dies_is_told(sound):
    volume = AlsaVolume(card="cabinet")
    await volume.get()
    sound.stop()
    with pytest.raises(DeviceFailure) as caught:
        await volume.get()
    assert caught.value.reason is FailureReason.AUXILIARY_FAULT


def test_the_command_line_sets_and_asks_the_volume(sound):
    told = run_module("drivers.auxiliaries", "volume", "--card", "cabinet", "--set", "70", "--json")
    assert last_json(told.stdout)["percent"] == 70


async def test_a_machine_without_a_sound_card_says_so_and_nonsense_is_refused():
    with pytest.raises(DeviceFailure) as caught:
        await AlsaVolume(card="hw:77").get()
    assert caught.value.reason is FailureReason.AUXILIARY_FAULT
    with pytest.raises(ValueError, match="from 0 to 100"):
        await AlsaVolume().set(140)


async def test_where_amixer_hangs_it_is_ended_and_said(tmp_path, monkeypatch):
    tool = tmp_path / "amixer"
    tool.write_text("#!/bin/sh\nexec sleep 30\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("drivers.auxiliaries.driver.ASK_SECONDS", 0.3)
    with pytest.raises(DeviceFailure, match="no answer"):
        await AlsaVolume().get()
