"""Faces drawn by code, so that no picture of a person is needed or stored.

A `Recipe` fixes how a face looks; `Pose` how it is held at one moment (turned, eyes
shut). The drawing is a shaded head with hair, brows, eyes, nose and mouth on a small
spherical model, good enough for a face detector to find it, to tell two recipes apart,
and to see a blink or a turn.
"""

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Colour = tuple[float, float, float]
Point = tuple[float, float]

OVERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one face looks. Numbers are fractions of the head's half width unless said."""

    skin: Colour
    hair_colour: Colour
    width: float
    jaw: float
    brow_height: float
    brow_thickness: float
    brow_tilt: float
    eye_distance: float
    eye_width: float
    eye_height: float
    eye_level: float
    nose_length: float
    nose_width: float
    mouth_width: float
    mouth_level: float
    lip: float
    hair: int
    """0 bald, 1 short, 2 fringe, 3 long, 4 bun, 5 receding."""
    beard: float
    glasses: bool
    wrinkles: float


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is held: `yaw` in radians, `blink` from 0 (open) to 1 (shut)."""

    yaw: float = 0.0
    blink: float = 0.0


def random_recipe(seed: int) -> Recipe:
    """A recipe from a number; the same number always gives the same face."""
    dice = np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(dice.uniform(low, high))

    tone = between(0.84, 1.0)
    warm = between(-12, 12)
    grey = between(0, 1) ** 3
    return Recipe(
        skin=(150 * tone + warm, 185 * tone, 232 * tone - warm * 0.5),
        hair_colour=(20 + 190 * grey, 18 + 190 * grey, 16 + 192 * grey),
        width=between(0.66, 0.95),
        jaw=between(0.45, 1.0),
        brow_height=between(0.18, 0.42),
        brow_thickness=between(0.025, 0.11),
        brow_tilt=between(-0.06, 0.08),
        eye_distance=between(0.36, 0.56),
        eye_width=between(0.15, 0.26),
        eye_height=between(0.055, 0.125),
        eye_level=between(-0.22, -0.02),
        nose_length=between(0.3, 0.58),
        nose_width=between(0.13, 0.30),
        mouth_width=between(0.22, 0.5),
        mouth_level=between(0.55, 0.76),
        lip=between(0.03, 0.11),
        hair=int(dice.integers(0, 6)),
        beard=between(0, 1) if dice.random() < 0.3 else 0.0,
        glasses=bool(dice.random() < 0.35),
        wrinkles=between(0, 1) ** 2,
    )


class _Head:
    """Draws one face onto a canvas; keeps the transformation of the pose."""

    def __init__(
        self, canvas: Picture, recipe: Recipe, pose: Pose, centre: Point, unit: float
    ) -> None:
        self.canvas = canvas
        self.recipe = recipe
        self.pose = pose
        self.centre = centre
        self.unit = unit

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Pixel of a point of the face: x, y in units of the head's half height."""
        half = self.recipe.width
        angle = math.asin(max(-0.98, min(0.98, x / half / 1.12)))
        turned = math.sin(angle + self.pose.yaw) * half * 1.12
        shift = -math.sin(self.pose.yaw) * half * 0.45
        return (
            round(self.centre[0] + (turned + shift) * self.unit),
            round(self.centre[1] + y * self.unit),
        )

    def outline(self, x: float, y: float) -> tuple[int, int]:
        """Pixel of a point of the head's silhouette, which does not turn."""
        return (
            round(self.centre[0] + x * self.unit),
            round(self.centre[1] + y * self.unit),
        )

    def size(self, fraction: float) -> int:
        return max(1, round(fraction * self.unit))

    def shade(self, factor: float) -> Colour:
        b, g, r = self.recipe.skin
        return (min(255, b * factor), min(255, g * factor), min(255, r * factor))

    def ellipse(
        self, centre: tuple[int, int], axes: Point, colour: Colour, tilt: float = 0
    ) -> None:
        size = (self.size(axes[0]), self.size(axes[1]))
        cv2.ellipse(self.canvas, centre, size, tilt, 0, 360, colour, -1, cv2.LINE_AA)

    def curve(self, points: list[tuple[int, int]], colour: Colour, thickness: float) -> None:
        line = np.array(points, np.int32)
        cv2.polylines(
            self.canvas, [line], False, colour, self.size(thickness), cv2.LINE_AA
        )

    def silhouette(self, grow: float = 0.0) -> npt.NDArray[np.int32]:
        half, jaw = self.recipe.width + grow, self.recipe.jaw
        points = []
        for step in range(48):
            angle = 2 * math.pi * step / 48
            x, y = math.sin(angle), -math.cos(angle)
            if y > 0:
                x *= 1 - (1 - jaw) * 0.45 * y**1.5
                x = math.copysign(abs(x) ** (0.85 + 0.2 * (1 - jaw)), x)
            points.append(self.outline(x * half, y * (1.02 + grow)))
        return np.array(points, np.int32)

    def window(self) -> tuple[slice, slice]:
        """Rows and columns around the head."""
        height, width = self.canvas.shape[:2]
        reach = 1.35 * self.unit
        x, y = self.centre
        return (
            slice(max(0, min(height, int(y - reach))), max(0, min(height, int(y + reach)))),
            slice(max(0, min(width, int(x - reach))), max(0, min(width, int(x + reach)))),
        )

    def draw(self) -> None:
        self._behind()
        cv2.fillPoly(self.canvas, [self.silhouette()], self.recipe.skin, cv2.LINE_AA)
        self._shading()
        self._beard()
        for side in (-1, 1):
            self._eye(side)
            self._brow(side)
        self._nose()
        self._mouth()
        self._wrinkles()
        self._hair_front()
        if self.recipe.glasses:
            self._glasses()

    def _behind(self) -> None:
        recipe = self.recipe
        neck = [self.outline(x * recipe.width, y) for x, y in
                ((-0.42, 0.5), (0.42, 0.5), (0.5, 1.7), (-0.5, 1.7))]
        cv2.fillPoly(self.canvas, [np.array(neck, np.int32)], self.shade(0.8), cv2.LINE_AA)
        shoulder = self.outline(0, 2.1)
        self.ellipse(shoulder, (1.75, 0.75), (90, 70, 60))
        if recipe.hair == 3:
            self.ellipse(self.outline(0, 0.1), (recipe.width + 0.2, 1.25), recipe.hair_colour)
        if recipe.hair == 4:
            self.ellipse(self.outline(0, -1.15), (0.34, 0.28), recipe.hair_colour)
        if recipe.hair:
            self.ellipse(
                self.outline(0, -0.2), (recipe.width + 0.1, 0.98), recipe.hair_colour
            )
        for side in (-1, 1):
            ear = self.outline(side * (recipe.width + 0.02), 0.02)
            self.ellipse(ear, (0.1, 0.2), self.shade(0.9))

    def _shading(self) -> None:
        """Darker towards the edge, a little light on cheeks, brow and chin."""
        layer = self.canvas.copy()
        cv2.fillPoly(layer, [self.silhouette(-0.1)], self.shade(1.06), cv2.LINE_AA)
        for x, y, size in ((0.36, 0.28, 0.2), (-0.36, 0.28, 0.2), (0, -0.55, 0.3)):
            cv2.ellipse(layer, self.at(x, y), (self.size(size), self.size(size * 0.75)), 0, 0,
                        360, self.shade(1.13), -1, cv2.LINE_AA)
        rows, columns = self.window()
        mask = np.zeros(self.canvas.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self.silhouette()], 255, cv2.LINE_AA)
        soft = soften(layer[rows, columns], self.unit * 0.12)
        inside = mask[rows, columns] > 127
        self.canvas[rows, columns][inside] = soft[inside]

    def _eye(self, side: int) -> None:
        recipe = self.recipe
        x, y = side * recipe.eye_distance, recipe.eye_level
        wide = recipe.eye_width * math.cos(self.pose.yaw) ** 0.5
        open_by = recipe.eye_height * (1 - 0.94 * self.pose.blink)
        socket = self.at(x, y)
        self.ellipse(socket, (wide * 1.28, recipe.eye_height * 1.75), self.shade(0.88))
        self.ellipse(socket, (wide, open_by), (238, 240, 242))
        if self.pose.blink < 0.7:
            iris = min(recipe.eye_height * 1.02, open_by)
            self.ellipse(socket, (recipe.eye_height * 1.0, iris), (38, 48, 62))
            self.ellipse(socket, (recipe.eye_height * 0.5, iris * 0.5), (10, 10, 12))
            glint = (socket[0] + self.size(0.03), socket[1] - self.size(0.03))
            self.ellipse(glint, (0.018, min(0.018, open_by)), (250, 250, 250))
        size = (self.size(wide), self.size(max(open_by, 0.012)))
        cv2.ellipse(self.canvas, socket, size, 0, 180, 360, (25, 28, 40),
                    self.size(0.035), cv2.LINE_AA)
        cv2.ellipse(self.canvas, socket, size, 0, 0, 180, self.shade(0.55),
                    self.size(0.015), cv2.LINE_AA)

    def _brow(self, side: int) -> None:
        recipe = self.recipe
        y = recipe.eye_level - recipe.brow_height
        spread = recipe.eye_width * 1.35
        points = [
            self.at(
                side * (recipe.eye_distance + t * spread),
                y + t * recipe.brow_tilt - 0.06 * (1 - t * t),
            )
            for t in (-0.9, -0.5, 0, 0.5, 1.0)
        ]
        dark = tuple(0.7 * c for c in recipe.hair_colour)
        self.curve(points, cast(Colour, dark), recipe.brow_thickness)

    def _nose(self) -> None:
        recipe = self.recipe
        tip = recipe.eye_level + recipe.nose_length
        lead = -0.1 * math.sin(-self.pose.yaw)
        ridge = [self.at(0.05 + lead * t, recipe.eye_level + t * recipe.nose_length)
                 for t in (0.15, 0.4, 0.7, 0.95)]
        self.curve(ridge, self.shade(0.84), 0.045)
        light = [self.at(-0.02 + lead * t, recipe.eye_level + t * recipe.nose_length)
                 for t in (0.1, 0.5, 0.92)]
        self.curve(light, self.shade(1.14), 0.06)
        self.ellipse(self.at(lead, tip), (recipe.nose_width * 0.62, 0.085), self.shade(1.05))
        for side in (-1, 1):
            wing = self.at(lead + side * recipe.nose_width * 0.72, tip + 0.03)
            self.ellipse(wing, (recipe.nose_width * 0.36, 0.07), self.shade(0.9))
            hole = self.at(lead + side * recipe.nose_width * 0.45, tip + 0.065)
            self.ellipse(hole, (recipe.nose_width * 0.22, 0.03), self.shade(0.4))

    def _mouth(self) -> None:
        recipe = self.recipe
        y, half, lip = recipe.mouth_level, recipe.mouth_width, recipe.lip
        b, g, r = recipe.skin
        red = (b * 0.62, g * 0.52, min(255.0, r * 0.86))
        top = [self.at(t * half, y - lip * (1 - t * t) * (1 - 0.25 * math.exp(-20 * t * t)))
               for t in np.linspace(-1, 1, 13)]
        low = [self.at(t * half, y + lip * 1.25 * (1 - t * t)) for t in np.linspace(1, -1, 13)]
        cv2.fillPoly(self.canvas, [np.array(top + low, np.int32)], red, cv2.LINE_AA)
        seam = [self.at(t * half, y + 0.01 * math.cos(t * 3)) for t in np.linspace(-1, 1, 9)]
        self.curve(seam, (red[0] * 0.5, red[1] * 0.5, red[2] * 0.55), 0.022)

    def _beard(self) -> None:
        if self.recipe.beard <= 0.05:
            return
        layer = self.canvas.copy()
        points = [self.outline(x * self.recipe.width, y) for x, y in
                  ((-0.8, 0.35), (-0.55, 0.45), (0, 0.42), (0.55, 0.45), (0.8, 0.35),
                   (0.6, 0.85), (0, 1.05), (-0.6, 0.85))]
        cv2.fillPoly(layer, [np.array(points, np.int32)], self.recipe.hair_colour, cv2.LINE_AA)
        rows, columns = self.window()
        soft = soften(layer[rows, columns], self.unit * 0.06)
        weight = 0.75 * self.recipe.beard
        part = self.canvas[rows, columns]
        part[:] = cv2.addWeighted(soft, weight, part, 1 - weight, 0)

    def _wrinkles(self) -> None:
        if self.recipe.wrinkles < 0.15:
            return
        colour = self.shade(1 - 0.2 * self.recipe.wrinkles)
        level = self.recipe.mouth_level
        for side in (-1, 1):
            self.curve([self.at(side * x, y) for x, y in
                        ((0.24, 0.36), (0.36, 0.5), (0.42, level))], colour, 0.02)
        for y in (-0.62, -0.72):
            self.curve([self.at(x, y) for x in (-0.35, 0.0, 0.35)], colour, 0.016)

    def _hair_front(self) -> None:
        recipe = self.recipe
        if recipe.hair == 0:
            return
        line = {1: -0.62, 2: -0.42, 3: -0.6, 4: -0.68, 5: -0.86}[recipe.hair]
        crown = [self.outline(math.sin(a) * (recipe.width + 0.1), -math.cos(a) * 1.12)
                 for a in np.linspace(-1.25, 1.25, 25)]
        hem = [self.outline(t * recipe.width * 0.98, line + 0.3 * t * t * (recipe.hair != 2))
               for t in np.linspace(1, -1, 13)]
        cv2.fillPoly(
            self.canvas, [np.array(crown + hem, np.int32)], recipe.hair_colour, cv2.LINE_AA
        )

    def _glasses(self) -> None:
        recipe = self.recipe
        colour = (30, 30, 36)
        for side in (-1, 1):
            centre = self.at(side * recipe.eye_distance, recipe.eye_level + 0.02)
            axes = (self.size(recipe.eye_width * 1.35), self.size(0.2))
            cv2.ellipse(self.canvas, centre, axes, 0, 0, 360, colour, self.size(0.03),
                        cv2.LINE_AA)
        bridge = recipe.eye_distance - recipe.eye_width * 1.35
        self.curve([self.at(-bridge, recipe.eye_level), self.at(bridge, recipe.eye_level)],
                   colour, 0.03)


def soften(picture: Picture, sigma: float) -> Picture:
    """A picture blurred by so many pixels; wide blurs are made on a smaller one."""
    if picture.size == 0:
        return picture
    factor = max(1.0, sigma / 4)
    height, width = picture.shape[:2]
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(0.8, sigma / factor))
    wide = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, np.uint8)


def draw_portrait(
    recipe: Recipe,
    pose: Pose = Pose(),
    size: tuple[int, int] = (480, 600),
    place: tuple[float, float, float] = (0.5, 0.46, 0.3),
    background: Colour = (222, 226, 228),
    seed: int = 0,
) -> Picture:
    """A picture (rows, columns, blue-green-red) of a face.

    `size` is width and height in pixels; `place` the head's centre as fractions of
    them, and its half height as a fraction of the picture's height.
    """
    width, height = size[0] * OVERSAMPLING, size[1] * OVERSAMPLING
    canvas = np.full((height, width, 3), background, np.uint8)
    unit = place[2] * height
    centre = (place[0] * width, place[1] * height)
    _Head(canvas, recipe, pose, centre, unit).draw()
    small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.6, unit / OVERSAMPLING / 160))
    cv2.setRNGSeed(seed + 1)
    grain = np.empty(soft.shape, np.int16)
    cv2.randn(grain, np.zeros(3), np.full(3, 2.0))
    return np.asarray(cv2.add(soft, grain, dtype=cv2.CV_8U), np.uint8)
