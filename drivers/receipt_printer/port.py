"""What a receipt printer offers: one picture on paper, and what it knows of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from drivers.device import Observable, Status

Raster = npt.NDArray[np.bool_]
"""Rows and columns of dots; True is black."""


class Paper(StrEnum):
    """How much paper there is; unknown unless the printer says so."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the printer says of itself at one moment. None: it does not say."""

    paper: Paper = Paper.UNKNOWN
    cover_open: bool | None = None
    fault: bool | None = None


class StatusWay(StrEnum):
    """How a printer tells its condition."""

    REALTIME = "realtime"
    ASB = "asb"
    NONE = "none"


class Font(StrEnum):
    """Which Chinese characters a printer can print by itself."""

    GB18030 = "gb18030"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a receipt printer can do at all; 80 mm paper at 203 dpi by default."""

    dots: int = 576
    dots_per_mm: float = 8.0
    cutter: bool = True
    status: StatusWay = StatusWay.REALTIME
    font: Font = Font.NONE

    @property
    def columns(self) -> int:
        """Half-width characters in a line of the printer's own font."""
        return self.dots // 12


class Align(IntEnum):
    """Where a line of text stands, as ESC/POS numbers it."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in the printer's own font; `size` 2 is twice as wide and high."""

    text: str
    align: Align = Align.LEFT
    size: int = 1


class Settlement(StrEnum):
    """How a printed receipt ended."""

    PRINTED = "printed"
    """The printer said, after the last line, that it had worked through all."""
    UNPROVEN = "unproven"
    """All was handed over, to something that cannot answer."""


class ReceiptPrinter(Protocol):
    """A receipt printer. All methods are for the event loop."""

    capabilities: Capabilities
    @property
    def status(self) -> Observable[Status]:
        """How it is; tells its observers of changes."""

    async def condition(self) -> Condition:
        """Ask the printer how it is. Raises DeviceFailure."""

    async def print(self, receipt: Raster | Sequence[Line]) -> Settlement:
        """Print, cut, and wait until it settled. Raises DeviceFailure.

        Lines of text are for printers with a font; ValueError where one has none.
        """

    def close(self) -> None:
        """Release the wire."""
