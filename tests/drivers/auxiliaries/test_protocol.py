"""What sensors, supplies and mixers say, and that nonsense is not believed."""

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers.auxiliaries.port import Key, Power, Sensor
from drivers.auxiliaries.protocol import (
    key_of,
    number,
    parse_relay_frame,
    parse_relays,
    parse_variables,
    parse_volume,
    power_in,
    relay_frame,
    sensor_of,
)
from drivers.inputs import KEY, SWITCH, InputEvent

RECORDED_UPS = """\
BEGIN LIST VAR cabinet
VAR cabinet battery.charge "87.5"
VAR cabinet battery.runtime "1260"
VAR cabinet device.mfr "A \\"quoted\\" maker"
VAR cabinet ups.status "OB LB DISCHRG"
END LIST VAR cabinet
"""
RECORDED_MIXER = """\
Simple mixer control 'Master',0
  Capabilities: pvolume pswitch
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 87
  Mono:
  Front Left: Playback 61 [70%] [-19.50dB] [on]
  Front Right: Playback 57 [65%] [-22.50dB] [on]
"""


def test_a_supply_on_battery_says_so_with_its_charge_and_time():
    power = power_in(parse_variables(RECORDED_UPS.splitlines()))
    assert power == Power(False, True, 87.5, 1260.0)


def test_what_a_supply_does_not_say_is_not_known():
    assert power_in({}) == Power(None, None, None, None)
    assert power_in({"ups.status": "OL", "battery.charge": "nan"}) == Power(True, False, None, None)


def test_the_quietest_channel_is_the_volume_and_a_muted_one_is_silent():
    assert parse_volume(RECORDED_MIXER) == 65
    assert parse_volume(RECORDED_MIXER.replace("[on]", "[off]", 1)) == 0
    assert parse_volume("Simple mixer control 'Beep',0") is None


@pytest.mark.parametrize(
    ("code", "value", "told"),
    [
        (ecodes.SW_FRONT_PROXIMITY, 1, (Sensor.PERSON_NEAR, True)),
        (ecodes.SW_HEADPHONE_INSERT, 0, (Sensor.HEADSET, False)),
        (ecodes.SW_LID, 0, (Sensor.DOOR_OPEN, True)),
        (ecodes.SW_LID, 1, (Sensor.DOOR_OPEN, False)),
        (ecodes.SW_MACHINE_COVER, 1, (Sensor.TAMPER, True)),
    ],
)
def test_switches_are_sensors(code, value, told):
    assert sensor_of(InputEvent(SWITCH, code, value)) == told


def test_a_key_counts_when_it_is_pressed_and_not_when_it_is_let_go():
    assert key_of(InputEvent(KEY, ecodes.KEY_ENTER, 1)) is Key.SELECT
    assert key_of(InputEvent(KEY, ecodes.KEY_ENTER, 0)) is None
    assert key_of(InputEvent(KEY, ecodes.KEY_Q, 1)) is None


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=200))
def test_any_text_of_a_supply_or_mixer_raises_nothing(lines, output):
    power_in(parse_variables(lines))
    parse_volume(output)
    number(output)


@pytest.mark.parametrize(
    ("channel", "on", "frame"),
    [(1, True, "a00101a2"), (1, False, "a00100a1"), (2, True, "a00201a3"), (4, False, "a00400a4")],
)
def test_the_leaflets_frames_for_a_relay_are_made_and_understood(channel, on, frame):
    assert relay_frame(channel, on).hex() == frame
    assert parse_relay_frame(bytes.fromhex(frame)) == (channel, on)


@given(st.binary(max_size=6))
def test_only_a_frame_with_its_sum_is_a_frame(data):
    told = parse_relay_frame(data)
    assert told is None or relay_frame(*told) == data


@given(st.dictionaries(st.integers(1, 16), st.booleans()), st.binary(max_size=20))
def test_a_boards_answer_is_understood_among_noise(relays, noise):
    lines = "".join(f"CH{one}: {'ON' if on else 'OFF'}\r\n" for one, on in relays.items())
    assert parse_relays(lines.encode()) == relays
    parse_relays(noise + lines.encode() + noise)
