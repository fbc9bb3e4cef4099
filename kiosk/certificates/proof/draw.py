"""The code as a picture of lines, and where on a page there is room for it."""

import io
from dataclasses import dataclass

import numpy as np
import segno

MODULE_MM = 5 * 25.4 / 300
"""Five dots of a printer with 300 dpi."""
QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""
CAPTION_MM, CLEAR_MM = 4.0, 2.0
EDGE_MM, FOOT_MM = 8.0, 14.0
"""Where printers do not print, and where the margin line of a copy stands."""
INK = 250
"""A dot darker than this is ink."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as SVG, and the length of its side with its white margin, in millimetres."""

    svg: str
    side_mm: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a code goes: the page (from 0), and its top left corner in millimetres."""

    page: int
    x: float
    y: float


def draw_code(text: str) -> Code:
    """A QR code of level M, which with these modules is read better than Q with smaller ones."""
    made = segno.make(text, error="m", micro=False, boost_error=False)
    out = io.BytesIO()
    made.save(out, kind="svg", border=QUIET, xmldecl=False, nl=False, light="#fff")
    return Code(out.getvalue().decode(), made.symbol_size(border=QUIET)[0] * MODULE_MM)


def find_room(ink: np.ndarray, side_mm: float) -> tuple[float, float] | None:
    """A place without ink for a code and its caption: as low as can be, then to the left.

    `ink`: grey dots of one millimetre, rows from the top.
    """
    height, width = (
        int(np.ceil(side_mm + 2 * CLEAR_MM + extra)) for extra in (CAPTION_MM, 0.0)
    )
    dark: np.ndarray = np.pad(np.cumsum(np.cumsum(ink < INK, 0), 1), ((1, 0), (1, 0)))
    inside: np.ndarray = dark[height:, width:] - dark[:-height, width:]
    counts = inside - dark[height:, :-width] + dark[:-height, :-width]
    lowest = ink.shape[0] - int(FOOT_MM) - height
    furthest = ink.shape[1] - int(EDGE_MM) - width
    free = counts[int(EDGE_MM) : lowest + 1, int(EDGE_MM) : furthest + 1] == 0
    places = np.argwhere(free)
    if not len(places):
        return None
    row = places[:, 0].max()
    column = places[places[:, 0] == row, 1].min()
    return column + EDGE_MM + CLEAR_MM, row + EDGE_MM + CLEAR_MM
