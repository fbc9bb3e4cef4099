"""Draws the round seal of a department: its name around a star."""

import math
from functools import cache

import skia

from kiosk.ofd.fonts import stand_in
from kiosk.ofd.model import Font

RED = skia.ColorSetRGB(0xB3, 0x26, 0x1E)
DOTS = 480
RING, NAME_RADIUS = 0.465, 0.36
POINTS = 5
WIDEST = 270.0
STEP = 20.0


@cache
def seal_picture(name: str) -> bytes:
    """A seal as PNG, clear where nothing is printed."""
    surface = skia.Surface(DOTS, DOTS)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    canvas.translate(DOTS / 2, DOTS / 2)
    ring = skia.Paint(AntiAlias=True, Color=RED, StrokeWidth=DOTS * 0.016)
    ring.setStyle(skia.Paint.Style.kStroke_Style)
    canvas.drawCircle(0, 0, DOTS * RING, ring)
    ink = skia.Paint(AntiAlias=True, Color=RED)
    canvas.drawPath(star(DOTS * 0.14), ink)
    font = skia.Font(stand_in(Font("SimSun", "SimSun"), bold=True), DOTS * 0.085)
    span = min(WIDEST, len(name) * STEP)
    for place, character in enumerate(name):
        canvas.save()
        canvas.rotate(-span / 2 + span * (place + 0.5) / len(name))
        width = font.measureText(character)
        canvas.drawString(character, -width / 2, -DOTS * NAME_RADIUS, font, ink)
        canvas.restore()
    return bytes(surface.makeImageSnapshot().encodeToData(skia.EncodedImageFormat.kPNG, 100))


def star(radius: float) -> skia.Path:
    """A star of five points around the origin, one upwards."""
    path = skia.Path()
    for corner in range(POINTS * 2):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi * corner / POINTS - math.pi / 2
        point = reach * math.cos(angle), reach * math.sin(angle)
        (path.lineTo if corner else path.moveTo)(*point)
    path.close()
    return path
