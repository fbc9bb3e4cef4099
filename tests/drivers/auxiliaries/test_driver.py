"""The cabinet around the screen, with the cabinet in another process; and the real upsd."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from drivers.auxiliaries import driver as module
from drivers.auxiliaries.__main__ import parse_nut
from drivers.auxiliaries.driver import InputPanel, NutPower, ambient_lux
from drivers.auxiliaries.port import Key, Power, Sensor
from drivers.device import DeviceFailure, FailureReason, Status
from tests.conftest import last_json, run_module

DUMMY = "ups.status: OL CHRG\nbattery.charge: 93\nbattery.runtime: 900\n"


@pytest.fixture
def cabinet(simulate):
    simulator = simulate("drivers.auxiliaries")
    panel, supply, *_ = simulator.address.split()
    return simulator, InputPanel(panel), parse_nut(supply)


async def key_after(panel: InputPanel, simulator, key: str) -> Key:
    waiting = asyncio.create_task(panel.next_key())
    await asyncio.sleep(0.2)
    simulator.order("press", key=key)
    return await asyncio.wait_for(waiting, 5)


async def test_keys_come_one_by_one_and_old_ones_are_forgotten(cabinet):
    simulator, panel, _ = cabinet
    await panel.open()
    simulator.order("press", key="help")
    await asyncio.sleep(0.1)
    assert await key_after(panel, simulator, "down") is Key.DOWN
    assert await key_after(panel, simulator, "select") is Key.SELECT
    panel.close()


async def test_sensors_tell_changes_and_are_unknown_before(cabinet):
    simulator, panel, _ = cabinet
    await panel.open()
    heard = []
    panel.sensors[Sensor.DOOR_OPEN].observe(heard.append)
    assert panel.sensors[Sensor.PERSON_NEAR].value is None
    for on in (True, True, False):
        simulator.order("sense", sensor="door_open", on=on)
        await asyncio.sleep(0.05)
        await panel.check()
    assert heard == [True, False]
    panel.close()


@pytest.mark.parametrize("fault", ["split", "late"])
async def test_torn_and_late_events_are_got_over(cabinet, fault):
    simulator, panel, _ = cabinet
    simulator.order("fault", name=fault)
    await panel.open()
    assert await key_after(panel, simulator, "up") is Key.UP
    panel.close()


async def test_a_panel_that_is_pulled_out_is_told_and_its_sensors_are_unknown(cabinet):
    simulator, panel, _ = cabinet
    await panel.open()
    simulator.order("sense", sensor="tamper", on=True)
    await panel.check()
    assert panel.sensors[Sensor.TAMPER].value is True
    simulator.order("unplug")
    with pytest.raises(DeviceFailure) as caught:
        await panel.check()
    assert caught.value.reason is FailureReason.AUXILIARY_FAULT
    assert panel.sensors[Sensor.TAMPER].value is None
    assert panel.status.value is Status.NO_DEVICE
    simulator.order("plug")
    await panel.open()
    assert await key_after(panel, simulator, "back") is Key.BACK
    panel.close()


async def test_a_supply_tells_when_mains_fail_and_when_the_battery_is_low(cabinet):
    simulator, _, supply = cabinet
    await supply.check()
    assert supply.power.value == Power(True, False, 100.0, 1800.0)
    simulator.order("power", says={"ups.status": "OB LB", "battery.charge": 9})
    await supply.check()
    assert (supply.power.value.on_mains, supply.power.value.battery_low) == (False, True)


@pytest.mark.parametrize("fault", ["stale", "silent", "torn"])
async def test_a_supply_that_cannot_be_asked_is_unknown_and_not_well(cabinet, fault, monkeypatch):
    monkeypatch.setattr(module, "ASK_SECONDS", 0.5)
    simulator, _, supply = cabinet
    await supply.check()
    simulator.order("fault", name=fault)
    with pytest.raises(DeviceFailure):
        await supply.check()
    assert supply.power.value == Power()
    simulator.order("clear")
    await supply.check()
    assert supply.power.value.on_mains is True


async def test_a_late_supply_is_waited_for(cabinet):
    simulator, _, supply = cabinet
    simulator.order("fault", name="late")
    await supply.check()
    assert supply.power.value.on_mains is True


@pytest.fixture
def upsd(tmp_path):
    """The real upsd with NUT's own dummy supply: where it answers, and the supply's file."""
    tmp_path.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (tmp_path / "dummy.dev").write_text(DUMMY)
    (tmp_path / "ups.conf").write_text(
        f"[cabinet]\n  driver = dummy-ups\n  port = {tmp_path}/dummy.dev\n  mode = dummy-once\n"
    )
    (tmp_path / "upsd.conf").write_text(f"LISTEN 127.0.0.1 {port}\nMAXAGE 10\n")
    (tmp_path / "upsd.users").write_text("")
    for name in ("ups.conf", "upsd.conf", "upsd.users"):
        (tmp_path / name).chmod(0o640)
    short = Path("/tmp") / f"tongban-nut-{os.getpid()}"
    short.mkdir(exist_ok=True)
    environment = os.environ | {
        "NUT_CONFPATH": str(tmp_path), "NUT_STATEPATH": str(short), "NUT_ALTPIDPATH": str(short),
    }
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        for command in (
            ["/lib/nut/dummy-ups", "-F", "-a", "cabinet", "-u", "root"],
            ["/lib/nut/upsd", "-F", "-u", "root"],
        )
    ]
    yield f"nut://127.0.0.1:{port}/cabinet"
    for process in reversed(started):
        process.terminate()
        process.wait(timeout=10)
    shutil.rmtree(short, ignore_errors=True)


async def test_the_real_upsd_is_understood(upsd):
    supply = parse_nut(upsd)
    deadline = time.monotonic() + 20
    while supply.power.value.on_mains is None and time.monotonic() < deadline:
        try:
            await supply.check()
        except DeviceFailure:
            await asyncio.sleep(0.2)
    assert supply.power.value == Power(True, False, 93.0, 900.0)


async def test_a_supply_that_the_real_upsd_does_not_know_is_said(upsd):
    deadline = time.monotonic() + 20
    why = ""
    while "UNKNOWN-UPS" not in why and time.monotonic() < deadline:
        with pytest.raises(DeviceFailure) as caught:
            await parse_nut(upsd.replace("/cabinet", "/other")).check()
        why = str(caught.value)
        await asyncio.sleep(0.1)
    assert "UNKNOWN-UPS" in why


async def test_where_upsd_does_not_run_that_is_said():
    with pytest.raises(DeviceFailure, match=r"127\.0\.0\.1:9"):
        await NutPower("cabinet", port=9).check()


def test_ambient_light_is_read_as_the_kernel_gives_it(tmp_path):
    assert ambient_lux(tmp_path) is None
    device = tmp_path / "iio:device0"
    device.mkdir()
    (device / "in_illuminance_raw").write_text("250\n")
    assert ambient_lux(tmp_path) == 250.0
    (device / "in_illuminance_input").write_text("111\n")
    assert ambient_lux(tmp_path) == 111.0


def light_around(folder: str) -> "subprocess.CompletedProcess[str]":
    return run_module("drivers.auxiliaries", "light", "--devices", folder, "--json")


def test_the_light_around_follows_the_sun_and_a_blind_sensor_is_said(cabinet):
    simulator, _, _ = cabinet
    folder = simulator.address.split()[3]
    simulator.order("shine", lux=12.5)
    time.sleep(0.1)
    assert last_json(light_around(folder).stdout)["lux"] == 12.5
    simulator.order("fault", name="blind")
    time.sleep(0.1)
    blind = light_around(folder)
    assert (blind.returncode, last_json(blind.stdout)["reason"]) == (1, "auxiliary_fault")
    simulator.order("unplug")
    time.sleep(0.1)
    assert last_json(light_around(folder).stdout)["lux"] is None


def test_the_command_line_waits_for_a_key_and_asks_the_supply(cabinet):
    simulator, _, _ = cabinet
    panel, supply, *_ = simulator.address.split()
    told = run_module("drivers.auxiliaries", "ups", "--target", supply, "--json")
    assert last_json(told.stdout)["on_mains"] is True
    none = run_module("drivers.auxiliaries", "key", "--device", panel, "--timeout", "0.3", "--json")
    assert (none.returncode, last_json(none.stdout)["reason"]) == (1, "timeout")
    wrong = run_module("drivers.auxiliaries", "ups", "--target", "cabinet")
    assert (wrong.returncode, len(wrong.stderr.strip().splitlines())) == (2, 1)
