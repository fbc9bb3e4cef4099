"""What the parts around the screen say: input events, NUT, amixer, relay boards. No I/O.

Sources: linux/input-event-codes.h; RFC 9271 (UPS management protocol, as NUT speaks it);
amixer(1) of alsa-utils; the leaflet of the LCUS relay boards behind a CH340.
"""

import re
import shlex
from collections.abc import Iterable

from evdev import ecodes

from drivers.auxiliaries.port import Key, Power, Sensor
from drivers.inputs import KEY, SWITCH, InputEvent

NUT_PORT = 3493
NUT_END = "END LIST VAR"
ON_MAINS, ON_BATTERY, LOW = "OL", "OB", "LB"

SWITCHES: dict[tuple[int, int], tuple[Sensor, bool]] = {
    (SWITCH, ecodes.SW_FRONT_PROXIMITY): (Sensor.PERSON_NEAR, True),
    (SWITCH, ecodes.SW_HEADPHONE_INSERT): (Sensor.HEADSET, True),
    (SWITCH, ecodes.SW_LID): (Sensor.DOOR_OPEN, False),
    (SWITCH, ecodes.SW_MACHINE_COVER): (Sensor.TAMPER, True),
}
"""Which switch is which sensor, and the value that means yes. A lid that is shut is 1."""

KEYS: dict[int, Key] = {
    ecodes.KEY_UP: Key.UP,
    ecodes.KEY_DOWN: Key.DOWN,
    ecodes.KEY_LEFT: Key.LEFT,
    ecodes.KEY_RIGHT: Key.RIGHT,
    ecodes.KEY_ENTER: Key.SELECT,
    ecodes.KEY_KPENTER: Key.SELECT,
    ecodes.KEY_SELECT: Key.SELECT,
    ecodes.KEY_ESC: Key.BACK,
    ecodes.KEY_BACK: Key.BACK,
    ecodes.KEY_HELP: Key.HELP,
    ecodes.KEY_F1: Key.HELP,
    ecodes.KEY_VOLUMEUP: Key.LOUDER,
    ecodes.KEY_VOLUMEDOWN: Key.SOFTER,
}


def sensor_of(event: InputEvent) -> tuple[Sensor, bool] | None:
    """The sensor that an event is about, and its new state; None for another event."""
    known = SWITCHES.get((event.type, event.code))
    return None if known is None else (known[0], bool(event.value) is known[1])


def key_of(event: InputEvent) -> Key | None:
    """The key that an event presses; None for another event, or for letting go."""
    return KEYS.get(event.code) if event.type == KEY and event.value == 1 else None


def parse_variables(lines: Iterable[str]) -> dict[str, str]:
    """The variables in NUT's answer to LIST VAR: `VAR ups name "value"`."""
    variables = {}
    for line in lines:
        try:
            words = shlex.split(line)
        except ValueError:
            continue  # a quotation without an end: a torn line
        if len(words) == 4 and words[0] == "VAR":
            variables[words[2]] = words[3]
    return variables


def power_in(variables: dict[str, str]) -> Power:
    """What NUT's variables say of the supply."""
    status = variables.get("ups.status", "").split()
    mains = True if ON_MAINS in status else False if ON_BATTERY in status else None
    return Power(
        on_mains=mains,
        battery_low=LOW in status if status else None,
        charge_percent=number(variables.get("battery.charge")),
        seconds_left=number(variables.get("battery.runtime")),
    )


def number(text: str | None) -> float | None:
    """A number that is one and finite, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value - value == 0 else None


def parse_volume(output: str) -> int | None:
    """Percent in amixer's answer: the quietest channel, 0 where it is switched off."""
    channels = re.findall(r"\[(\d+)%\](?:.*?\[(on|off)\])?", output)
    if not channels:
        return None
    return min(0 if switched == "off" else int(percent) for percent, switched in channels)


RELAY_HEAD = 0xA0
RELAY_ASK = b"\xff"
RELAY_FRAME = 4
RELAY_LINE = re.compile(r"CH(\d{1,2}): ?(ON|OFF)")


def relay_frame(channel: int, on: bool) -> bytes:
    """The four bytes that switch a channel: head, channel, state, and the sum of the three."""
    body = bytes([RELAY_HEAD, channel, on])
    return body + bytes([sum(body) & 0xFF])


def parse_relay_frame(frame: bytes) -> tuple[int, bool] | None:
    """Channel and state of a frame; None for one that is none."""
    if len(frame) != RELAY_FRAME or frame[0] != RELAY_HEAD or frame[2] > 1:
        return None
    return (frame[1], bool(frame[2])) if sum(frame[:3]) & 0xFF == frame[3] else None


def parse_relays(answer: bytes) -> dict[int, bool]:
    """The channels in a board's answer to RELAY_ASK: lines `CH1: ON`."""
    text = answer.decode("ascii", "replace")
    return {int(one): state == "ON" for one, state in RELAY_LINE.findall(text)}
