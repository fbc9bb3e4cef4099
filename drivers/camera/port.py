"""What a camera offers: frames, the newest first, and its status."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from drivers.device import Observable, Status

Picture = npt.NDArray[np.uint8]
"""Rows, columns, and blue-green-red, eight bits each."""


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One picture and when it came, in seconds of the monotonic clock."""

    picture: Picture
    at: float

    def __repr__(self) -> str:
        return f"<Frame {self.picture.shape[1]}x{self.picture.shape[0]}>"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a camera can do at all."""

    width: int = 1280
    height: int = 720


class Camera(Protocol):
    """A source of frames. Methods are for the event loop unless said."""

    capabilities: Capabilities
    @property
    def status(self) -> Observable[Status]:
        """How it is; tells its observers of changes."""

    async def check(self) -> None:
        """Whether it is still plugged in, without taking a picture. Raises DeviceFailure."""

    async def open(self) -> None:
        """Begin to take pictures. Raises DeviceFailure."""

    def observe(self, observer: Callable[[Frame], None] | None) -> None:
        """Give every frame to `observer`, in the camera's own thread; None ends it."""

    async def stop(self) -> None:
        """End taking pictures and forget the last one."""

    def close(self) -> None:
        """Release the device."""
