"""A face decision on 1280x720 frames, against `face_encodings` on each full frame.

Both see the same frames of every resident and must decide the same; both are measured
in this process, so that only the work differs.
"""

import time
from typing import Any

import face_recognition
import numpy as np

from kiosk.config import FacesSection
from kiosk.faces.find import REDUCTION, cut_out, judge, reduce
from kiosk.faces.port import Hint, Picture
from kiosk.faces.worker import locate, measure, measure_reference
from sandbox.people.cards import card_image
from sandbox.people.photo import decode
from sandbox.people.registry import people
from sandbox.people.scenes import frames

FRAMES = 3
PEOPLE = 8


def measure_all() -> dict[str, Any]:
    """The cost of both ways on the same frames, and whether they decide the same."""
    names = list(people())[:PEOPLE]
    references = {name: _reference(name) for name in names}
    ours = theirs = 0.0
    decisions = same = 0
    for name in names:
        for picture in list(frames(name))[:FRAMES]:
            began = time.process_time()
            face = _ours(picture)
            ours += time.process_time() - began
            began = time.process_time()
            full = face_recognition.face_encodings(np.ascontiguousarray(picture[:, :, ::-1]))
            theirs += time.process_time() - began
            for other in names:
                decisions += 1
                same += _matches(face, references[other]) == _matches(
                    full[0] if full else None, references[other]
                )
    count = len(names) * FRAMES
    return {
        "ours_ms": round(ours / count * 1000, 1),
        "full_frame_ms": round(theirs / count * 1000, 1),
        "ratio": round(ours / theirs, 3),
        "bound": 0.35,
        "decisions": decisions,
        "same_decisions": same,
    }


def _reference(name: str) -> Any:
    width, height, colours = decode(card_image(name)["photo"])
    return measure_reference(np.frombuffer(colours, np.uint8).reshape(height, width, 3))


def _ours(picture: Picture) -> Any:
    small = reduce(picture)
    boxes = locate(small)
    if judge(boxes, small) is not Hint.GOOD:
        return None
    return measure(*cut_out(picture, boxes[0].scaled(REDUCTION)))


def _matches(face: Any, reference: Any) -> bool:
    return face is not None and bool(np.linalg.norm(face - reference) < FacesSection.threshold)
