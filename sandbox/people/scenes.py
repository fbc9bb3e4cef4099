"""What a camera sees: the plug-in of the camera's simulator.

A scene is a loop of frames of one resident who breathes, sways a little and blinks, or
an empty room. Frames are drawn once and repeated, so that a simulated camera costs no
more than a real one.
"""

import math
from collections.abc import Iterator

from sandbox.people.drawing import Picture, Pose, draw_portrait
from sandbox.people.registry import person

SIZE = (1280, 720)
LOOP = 16
"""Frames in one loop; at 24 frames a second it lasts two thirds of a second."""
WALL = (196, 202, 206)


def frames(person_id: str | None) -> Iterator[Picture]:
    """One loop of frames of a resident, or of an empty room.

    Raises ValueError for an unknown resident.
    """
    if person_id is None:
        yield _empty_room()
        return
    recipe = person(person_id).recipe
    for step in range(LOOP):
        turn = 2 * math.pi * step / LOOP
        pose = Pose(yaw=0.08 * math.sin(turn), blink=1.0 if step in (11, 12) else 0.0)
        place = (0.5 + 0.006 * math.sin(turn), 0.47 + 0.004 * math.cos(turn), 0.28)
        yield draw_portrait(recipe, pose, SIZE, place, WALL, seed=step)


def _empty_room() -> Picture:
    recipe = person("li-xiulan").recipe  # far below the picture
    return draw_portrait(recipe, Pose(), SIZE, (0.5, 4.0, 0.28), WALL)
