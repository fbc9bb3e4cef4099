"""Liveness: simulated attacks and honest visits, through the worker's own landmarks.

Faces are drawn, searched for and measured as in the terminal, at twelve frames a second
of simulated time. An honest visitor breathes, sways, blinks, and does what is asked after
a human time to react; attackers hold up a photo, move and bend one, or play a film of
the right movements in another order. Films in any order are counted apart: by chance one
has the right order at the right moment. Chance is seeded: the run can be repeated.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import cv2
import numpy as np

from kiosk.faces.liveness import Ask, Liveness, Measure
from kiosk.faces.port import Box
from kiosk.faces.worker import locate, look_at
from sandbox.people.drawing import Picture, Pose, Recipe, draw_portrait
from sandbox.people.registry import people

FRAME = 1 / 12
SIZE = (520, 650)
"""The part of a camera's frame around a face at arm's length."""
HONEST = ATTACKS = 200
FILMS = 60
LONGEST = 40.0
MOVEMENT = 1.7
"""Seconds that a movement lasts, there and back."""
TURN = 0.42
"""How far an honest visitor turns the head, in radians."""

Actor = Iterator[Picture]


class Eye:
    """What the terminal would measure: found small, measured in full, followed when lost."""

    def __init__(self) -> None:
        self._box: Box | None = None

    def measure(self, picture: Picture) -> Measure | None:
        """The measure of a frame, or None where no face was seen yet, or several are."""
        colours = np.ascontiguousarray(picture[:, :, ::-1])
        small = cv2.resize(colours, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        boxes = locate(np.asarray(small, np.uint8), enlarge=0)
        if len(boxes) == 1:
            self._box = boxes[0].scaled(2)
        if self._box is None or len(boxes) > 1:
            return None
        return Measure(*look_at(colours, self._box))


class Faces:
    """Draws and measures faces; a pose that was drawn before is not drawn again."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[Recipe, float, float], Picture] = {}

    def draw(self, recipe: Recipe, yaw: float, blink: float) -> Picture:
        """A picture of a face in a pose, to the nearest of a fine grid."""
        key = recipe, round(yaw * 25) / 25, round(blink * 4) / 4
        if key not in self._pictures:
            self._pictures[key] = draw_portrait(recipe, Pose(key[1], key[2]), SIZE)
        return self._pictures[key]


def natural(chance: Random, step: int, since_blink: int) -> tuple[float, float]:
    """How somebody who stands still sways and blinks."""
    yaw = 0.03 * np.sin(step / 7) + chance.gauss(0, 0.008)
    return float(yaw), 1.0 if since_blink < 2 else 0.0


def honest(recipe: Recipe, chance: Random, faces: Faces, questions: Liveness) -> Actor:
    """Does what is asked, 0.4 to 1.6 s after it is asked, at a human speed.

    Who is still asked for a movement that was made makes it again, a little further.
    """
    step, blink, doing, begins, last, reach = 0, 99, None, 0, None, 1.0
    while True:
        step, blink = step + 1, blink + 1
        blink = 0 if blink > 10 and chance.random() < 0.02 else blink
        yaw, shut = natural(chance, step, blink)
        wish = questions.ask
        if wish is not None and (wish is not last or doing is None):
            reach = 1.0 if wish is not last else reach + 0.3
            doing, begins = wish, step + round(chance.uniform(0.4, 1.6) / FRAME)
        last = wish
        if doing is not None and step >= begins:
            into = (step - begins) * FRAME
            yaw, shut = move(doing, into, yaw, shut, reach)
            if into > MOVEMENT:
                doing = None
        yield faces.draw(recipe, yaw, shut)


def move(
    ask: Ask, into: float, yaw: float, shut: float, reach: float = 1.0
) -> tuple[float, float]:
    """Yaw and eyelids so many seconds into a movement."""
    extent = min(1.0, into / 0.5, max(0.0, (MOVEMENT - into) / 0.5)) * TURN * reach
    if ask is Ask.SHUT_EYES:
        return yaw, 1.0 if 0.1 < into < 1.1 else shut
    return yaw + (extent if ask is Ask.TURN_LEFT else -extent), shut


def photo(recipe: Recipe, chance: Random, faces: Faces, questions: Liveness) -> Actor:
    """A still photo held before the camera, with the camera's noise."""
    picture = faces.draw(recipe, 0.0, 0.0)
    while True:
        yield noisy(picture, chance)


def moved_photo(recipe: Recipe, chance: Random, faces: Faces, questions: Liveness) -> Actor:
    """A photo that is shifted, tilted, turned in perspective and squeezed about."""
    picture = faces.draw(recipe, 0.0, 0.0)
    phase = [chance.uniform(0, 6.3) for _ in range(5)]
    speed = [chance.uniform(0.5, 4.0) for _ in range(5)]
    reach = chance.uniform(0.3, 1.0)
    step = 0
    while True:
        step += 1
        waves = [np.sin(p + s * step * FRAME) * reach for p, s in zip(phase, speed, strict=True)]
        yield noisy(bend(picture, *waves), chance)


def bend(
    picture: Picture, shift: float, tilt: float, sideways: float, nod: float, near: float
) -> Picture:
    """A flat picture moved before a camera; all movements from -1 to 1."""
    width, height = SIZE
    scale = 0.9 + 0.08 * near
    wide, high = scale * (1 - 0.35 * abs(sideways)), scale * (1 - 0.35 * abs(nod))
    left, right = 1 - 0.12 * sideways, 1 + 0.12 * sideways
    top, low = 1 - 0.12 * nod, 1 + 0.12 * nod
    corners = [(-wide * top, -high * left), (wide * top, -high * right),
               (wide * low, high * right), (-wide * low, high * left)]
    angle = 0.2 * tilt
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    half = np.array([width / 2, height / 2])
    points = np.array([turn @ np.array(c) * half + half + [20 * shift, 0] for c in corners])
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, points.astype(np.float32))
    bent = cv2.warpPerspective(picture, matrix, SIZE, borderValue=(222, 226, 228))
    return np.asarray(bent, np.uint8)


def film(recipe: Recipe, chance: Random, faces: Faces, questions: Liveness) -> Actor:
    """A film of an honest visit in any order, played in a loop from anywhere.

    A loop of three has two orders, whatever it begins with: by chance it is the right
    one, at the right place, once in six times.
    """
    order = list(Ask)
    chance.shuffle(order)
    return play(order, recipe, chance, faces)


def other_film(recipe: Recipe, chance: Random, faces: Faces, questions: Liveness) -> Actor:
    """A film in another order than the one asked for: no turn of its loop makes it that."""
    return play(list(reversed(questions.order)), recipe, chance, faces)


def play(order: list[Ask], recipe: Recipe, chance: Random, faces: Faces) -> Actor:
    """The movements of a film, again and again, with a pause of its own between them."""
    each = MOVEMENT + chance.uniform(0.5, 2.5)
    at = chance.uniform(0, len(order) * each)
    step = 0
    while True:
        step, at = step + 1, at + FRAME
        index, into = divmod(at % (len(order) * each), each)
        yaw, shut = natural(chance, step, 99)
        if into < MOVEMENT:
            yaw, shut = move(order[int(index)], into, yaw, shut)
        yield noisy(faces.draw(recipe, yaw, shut), chance)


def noisy(picture: Picture, chance: Random) -> Picture:
    """The picture with a camera's noise."""
    cv2.setRNGSeed(chance.randrange(1 << 30))
    grain = np.empty(picture.shape, np.int16)
    cv2.randn(grain, np.zeros(3), np.full(3, 2.0))
    return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)


def attempt(actor: Callable[..., Actor], recipe: Recipe, seed: int, faces: Faces) -> Liveness:
    """One round of questions to an actor."""
    questions = Liveness(Random(seed))
    frames = actor(recipe, Random(seed + 1), faces, questions)
    eye, at = Eye(), 0.0
    while not questions.over and at < LONGEST:
        at += FRAME
        questions.feed(eye.measure(next(frames)), at)
    return questions


def measure(honest_visits: int = HONEST, attacks: int = ATTACKS) -> dict[str, Any]:
    """How many attacks and how many honest visits pass, and why the others do not."""
    faces, recipes = Faces(), [one.recipe for one in people().values()]
    kinds: list[Callable[..., Actor]] = [photo, moved_photo, other_film]
    fooled: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for number in range(attacks):
        actor = kinds[number % len(kinds)]
        outcome = attempt(actor, recipes[number % len(recipes)], 1000 + number, faces)
        fooled[actor.__name__] += outcome.doubt is None
        seen[f"{actor.__name__}: {outcome.doubt}"] += 1
    by_chance = sum(
        attempt(film, recipes[number % len(recipes)], 9000 + number, faces).doubt is None
        for number in range(FILMS)
    )
    passed = 0
    for number in range(honest_visits):
        outcome = attempt(honest, recipes[number % len(recipes)], 5000 + number, faces)
        passed += outcome.doubt is None
        if outcome.doubt is not None:
            refused[str(outcome.doubt)] += 1
    return {
        "attacks": attacks,
        "attacks_passed": sum(fooled.values()),
        "attacks_bound": 0,
        "attacks_by_kind": dict(seen),
        "films_in_any_order": FILMS,
        "films_passed_by_chance": by_chance,
        "honest": honest_visits,
        "honest_passed": passed,
        "honest_share": round(passed / max(1, honest_visits), 3),
        "honest_bound": 0.95,
        "honest_refused": dict(refused),
    }
