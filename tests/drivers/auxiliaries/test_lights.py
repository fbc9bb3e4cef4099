"""Guide lights: a relay board in another process, and the lines of a GPIO chip."""

import asyncio
import json

import pytest
from gpiod.line import Value

from drivers.auxiliaries import lights as module
from drivers.auxiliaries.lights import GpioLights, RelayLights
from drivers.auxiliaries.port import Light, LightState
from drivers.device import DeviceFailure, FailureReason
from tests.conftest import last_json, run_module

CHANNELS = {Light.CARD: 1, Light.PAPER: 2}


@pytest.fixture
def board(simulate):
    simulator = simulate("drivers.auxiliaries")
    return simulator, simulator.address.split()[2]


async def test_a_light_shows_and_the_board_confirms_it(board):
    _, place = board
    lights = RelayLights(place, CHANNELS)
    await lights.open()
    await lights.show(Light.PAPER, LightState.ON)
    await lights.check()
    assert await lights._look() == {1: False, 2: True, 3: False, 4: False}
    await lights.close()


async def test_a_blinking_light_goes_on_and_off_until_it_is_told_otherwise(board, monkeypatch):
    monkeypatch.setattr(module, "BLINK_SECONDS", 0.05)
    _, place = board
    lights = RelayLights(place, CHANNELS)
    await lights.show(Light.CARD, LightState.BLINKING)
    seen = set()
    for _ in range(15):
        seen.add((await lights._look())[1])
        await asyncio.sleep(0.03)
    assert seen == {True, False}
    await lights.show(Light.CARD, LightState.OFF)
    await asyncio.sleep(0.2)
    assert (await lights._look())[1] is False
    await lights.close()


async def test_relays_that_stick_are_noticed(board):
    simulator, place = board
    lights = RelayLights(place, CHANNELS)
    await lights.open()
    simulator.order("fault", name="stuck_relay")
    await asyncio.sleep(0.1)
    await lights.show(Light.CARD, LightState.ON)
    with pytest.raises(DeviceFailure, match="output 1 is off, told otherwise"):
        await lights.check()
    await lights.close()


async def test_a_late_board_is_waited_for_and_one_that_says_nothing_is_believed(board):
    simulator, place = board
    lights = RelayLights(place, CHANNELS)
    simulator.order("fault", name="late")
    await asyncio.sleep(0.1)
    await lights.show(Light.CARD, LightState.ON)
    assert (await lights._look())[1] is True
    simulator.order("clear")
    simulator.order("fault", name="mute_board")
    await asyncio.sleep(0.1)
    await lights.check()
    await lights.close()


async def test_a_board_that_is_pulled_out_is_said_and_serves_again_when_it_is_back(board):
    simulator, place = board
    lights = RelayLights(place, CHANNELS)
    await lights.show(Light.CARD, LightState.ON)
    simulator.order("unplug")
    await asyncio.sleep(0.2)
    with pytest.raises(DeviceFailure) as caught:
        await lights.check()
    assert caught.value.reason is FailureReason.AUXILIARY_FAULT
    simulator.order("plug")
    await asyncio.sleep(0.2)
    with pytest.raises(DeviceFailure, match="told otherwise"):
        await lights.check()
    await lights.show(Light.CARD, LightState.ON)
    await lights.check()
    await lights.close()


def test_the_command_line_lets_a_light_show(board):
    _, place = board
    told = run_module(
        "drivers.auxiliaries", "guide", "--board", place, "--output", "3",
        "--state", "on", "--seconds", "0.2", "--json",
    )
    assert last_json(told.stdout) == {"output": 3, "state": "on"}, json.dumps(told.stderr)
    wrong = run_module(
        "drivers.auxiliaries", "guide", "--board", "/dev/ttyNONE", "--output", "1", "--json"
    )
    assert (wrong.returncode, last_json(wrong.stdout)["reason"]) == (1, "auxiliary_fault")


class Request:
    """The lines of a GPIO chip, as gpiod hands them out."""

    def __init__(self) -> None:
        self.values: dict[int, Value] = {}
        self.released = False

    def set_value(self, line: int, value: Value) -> None:
        self.values[line] = value

    def get_value(self, line: int) -> Value:
        return self.values.get(line, Value.INACTIVE)

    def release(self) -> None:
        self.released = True


async def test_lights_on_a_chip_shine_blink_and_go_out(monkeypatch):
    request = Request()
    monkeypatch.setattr(module.gpiod, "request_lines", lambda *_, **__: request)
    monkeypatch.setattr(module, "BLINK_SECONDS", 0.02)
    lights = GpioLights("/dev/gpiochip0", {Light.CARD: 4, Light.PAPER: 5})
    await lights.show(Light.CARD, LightState.ON)
    assert request.values[4] is Value.ACTIVE
    await lights.check()
    await lights.show(Light.PAPER, LightState.BLINKING)
    seen = set()
    for _ in range(20):
        await asyncio.sleep(0.01)
        seen.add(request.values.get(5))
    assert {Value.ACTIVE, Value.INACTIVE} <= seen
    request.values[4] = Value.INACTIVE
    with pytest.raises(DeviceFailure, match="output 4"):
        await lights.check()
    await lights.close()
    assert set(request.values.values()) == {Value.INACTIVE}
    assert request.released


def test_a_gpio_chip_that_is_not_there_is_said():
    with pytest.raises(DeviceFailure, match="gpiochip77"):
        GpioLights("/dev/gpiochip77", {Light.CARD: 1})
