"""What a camera sees of something flat that is held before it: smaller, tilted, never still."""

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from drivers.camera.port import Picture

SIZE = (1280, 720)
"""Width and height of the camera's picture."""
FRAMES = 24
"""One loop; a hand wanders about and comes back."""
WANDER = 0.012
"""How far it wanders, as a part of the picture's height."""
TILT, SWING = 4.0, 1.5
"""How far a thing is turned in the hand, and how much that changes, in degrees."""
LEAN = 0.03
"""How much farther away the upper edge is than the lower, as a part of the width."""
WALL = 120
"""How bright what is behind it is."""


def held(picture: Picture, share: float) -> Iterator[Picture]:
    """One loop of pictures of something that a hand holds before the camera.

    `share` is its height as a part of the camera's picture; what is too wide for that is
    held farther away.
    """
    width, height = SIZE
    high, wide = picture.shape[:2]
    scale = min(share * height / high, share * width / wide)
    # Thinned first: a large picture that is only warped down would flicker.
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for step in range(FRAMES):
        turn = 2 * math.pi * step / FRAMES
        wall = np.full((height, width, 3), WALL + step % 3, np.uint8)
        matrix = _pose((small.shape[1], small.shape[0]), turn)
        cv2.warpPerspective(
            small, matrix, SIZE, wall, cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
        )
        yield cv2.GaussianBlur(wall, (3, 3), 0).astype(np.uint8)


def _pose(size: tuple[int, int], turn: float) -> npt.NDArray[np.float64]:
    """How a thing of a size in pixels is seen at a point of the hand's way, in radians."""
    width, height = SIZE
    half = np.array(size) / 2
    angle = math.radians(TILT + SWING * math.sin(turn))
    turned = np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    middle = np.array([width / 2, height / 2]) + WANDER * height * np.array(
        [math.sin(turn), math.sin(2 * turn)]
    )
    corners = [(-1 + LEAN, -1), (1 - LEAN, -1), (1, 1), (-1, 1)]
    places = [turned @ (np.array(corner) * half) + middle for corner in corners]
    flat = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, np.array(places, np.float32))
    return np.asarray(matrix, np.float64)
