"""Finding a face cheaply: look for it in a reduced picture, judge it, cut it out.

Looking for faces in a full frame costs 16 times as much as in one of a quarter's width
and height; the box is good enough for the landmarks that the encoding begins with.
"""

import cv2
import numpy as np

from kiosk.faces.port import Box, Hint, Picture

REDUCTION = 4
MARGIN = 0.6
"""How much around the box the encoding needs, as a fraction of its height."""
NEAREST = 0.80
FARTHEST = 0.16
"""Height of a usable face, as a fraction of the frame's."""
CENTRE = 0.28
"""How far from the middle its centre may be, as a fraction of the frame's width."""
DARKEST = 40
"""Mean brightness of a usable face."""


def reduce(picture: Picture) -> Picture:
    """A grey picture of a quarter of the width and height."""
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (width // REDUCTION, height // REDUCTION), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def judge(boxes: list[Box], small: Picture) -> Hint:
    """Whether the faces found in a reduced picture are one usable face."""
    if not boxes:
        return Hint.NO_FACE
    if len(boxes) > 1:
        return Hint.SEVERAL
    box, (height, width) = boxes[0], small.shape[:2]
    if box.height < FARTHEST * height:
        return Hint.TOO_FAR
    if box.height > NEAREST * height:
        return Hint.TOO_NEAR
    if abs((box.left + box.right) / 2 / width - 0.5) > CENTRE:
        return Hint.OFF_CENTRE
    inside = small[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
    return Hint.TOO_DARK if inside.mean() < DARKEST else Hint.GOOD


def cut_out(picture: Picture, box: Box) -> tuple[Picture, Box]:
    """The face with its surroundings from a full frame (red-green-blue), and its box there."""
    margin = round(box.height * MARGIN)
    height, width = picture.shape[:2]
    top, left = max(0, box.top - margin), max(0, box.left - margin)
    bottom, right = min(height, box.bottom + margin), min(width, box.right + margin)
    part = np.ascontiguousarray(picture[top:bottom, left:right, ::-1])
    inside = Box(box.top - top, box.right - left, box.bottom - top, box.left - left)
    return part, inside
