"""What a camera sees: the plug-ins of the camera's simulator.

A scene is a loop of pictures of one resident who breathes, sways a little and blinks, or
an empty room; a movement is the way of the same resident from looking straight to the
end of a turn, or to shut eyes. Pictures are drawn once and shown again and again, so
that a simulated camera costs no more than a real one.
"""

import math
from collections.abc import Iterator

from sandbox.people.drawing import Picture, Pose, draw_portrait
from sandbox.people.registry import person

SIZE = (1280, 720)
LOOP = 16
"""Pictures in one loop."""
SWAY = 0.03
"""How far who stands still sways, in radians."""
BLINK_AT = 11
WALL = (196, 202, 206)
TURN, STEPS = 0.5, 6
"""How far a head is turned, in radians, and in how many pictures."""


def frames(person_id: str | None) -> Iterator[Picture]:
    """One loop of pictures of a resident, or of an empty room; the first looks straight.

    Raises ValueError for an unknown resident.
    """
    if person_id is None:
        yield _empty_room()
        return
    for step in range(LOOP):
        turn = 2 * math.pi * step / LOOP
        pose = Pose(SWAY * math.sin(turn), 1.0 if step == BLINK_AT else 0.0)
        yield _see(person_id, pose, 0.006 * math.sin(turn), seed=step)


def movements(person_id: str) -> dict[str, list[Picture]]:
    """What a resident can be asked for: each movement's pictures, from its beginning.

    Left and right are the resident's own. Raises ValueError for an unknown resident.
    """
    turns = [TURN * step / STEPS for step in range(1, STEPS + 1)]
    poses = {
        "turn_left": [Pose(yaw) for yaw in turns],
        "turn_right": [Pose(-yaw) for yaw in turns],
        "shut_eyes": [Pose(blink=0.5), Pose(blink=1.0)],
    }
    return {
        name: [_see(person_id, pose, seed=LOOP + step) for step, pose in enumerate(way)]
        for name, way in poses.items()
    }


def _see(person_id: str, pose: Pose, aside: float = 0.0, seed: int = 0) -> Picture:
    place = (0.5 + aside, 0.47, 0.28)
    return draw_portrait(person(person_id).recipe, pose, SIZE, place, WALL, seed)


def _empty_room() -> Picture:
    recipe = person("li-xiulan").recipe  # far below the picture
    return draw_portrait(recipe, Pose(), SIZE, (0.5, 4.0, 0.28), WALL)
