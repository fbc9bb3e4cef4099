"""What the parts around the screen offer. None means: not known.

Each kind has its own small interface; a site has those that its cabinet has.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.device import DeviceFailure, FailureReason, Observable


def failure(detail: str) -> DeviceFailure:
    """A part around the screen does not do what was asked."""
    return DeviceFailure(FailureReason.AUXILIARY_FAULT, detail)


class Sensor(StrEnum):
    """Switches and sensors that are on or off."""

    PERSON_NEAR = "person_near"
    DOOR_OPEN = "door_open"
    TAMPER = "tamper"
    HEADSET = "headset"


class Key(StrEnum):
    """Keys of a tactile keypad."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    SELECT = "select"
    BACK = "back"
    HELP = "help"
    LOUDER = "louder"
    SOFTER = "softer"


class Light(StrEnum):
    """Guide lights beside the places where something is put in or taken out."""

    CARD = "card"
    PAPER = "paper"
    RECEIPT = "receipt"
    CAMERA = "camera"


class LightState(StrEnum):
    """How a guide light shows."""

    OFF = "off"
    ON = "on"
    BLINKING = "blinking"


@dataclass(frozen=True, slots=True)
class Power:
    """What the power supply says."""

    on_mains: bool | None = None
    battery_low: bool | None = None
    charge_percent: float | None = None
    seconds_left: float | None = None


class SwitchPanel(Protocol):
    """Sensors and keys that come as events."""

    sensors: dict[Sensor, Observable[bool | None]]

    async def open(self) -> None:
        """Begin to listen. Raises DeviceFailure."""

    async def check(self) -> None:
        """Whether it is still there. Raises DeviceFailure."""

    async def next_key(self) -> Key:
        """The next key that is pressed from now on. Raises DeviceFailure."""

    def close(self) -> None:
        """Let it go."""


class PowerSupply(Protocol):
    """A supply that keeps the terminal running for a while without mains."""

    power: Observable[Power]

    async def check(self) -> None:
        """Ask it how it is; `power` tells. Raises DeviceFailure."""


class Volume(Protocol):
    """How loud the terminal speaks."""

    async def get(self) -> int:
        """Percent. Raises DeviceFailure."""

    async def set(self, percent: int) -> int:
        """Set it; the percent that came of it. Raises DeviceFailure, ValueError."""


class Lights(Protocol):
    """The guide lights."""

    async def show(self, light: Light, state: LightState) -> None:
        """Let a light show. Raises DeviceFailure, KeyError for one that is not there."""

    async def check(self) -> None:
        """Whether the lights do what they were told. Raises DeviceFailure."""

    async def close(self) -> None:
        """All lights off, as far as that can be done."""
